import pandas as pd

from workbench.core.engine import DuckDBEngine
from workbench.core.engine.table import as_table
from workbench.privacy.keys import open_key
from workbench.privacy.tombstones import set_tombstone
from workbench.store import Wave
from workbench.store.erased import ERASED, erased_rows


def test_rows_of_who_was_erased_are_left_out_of_every_table_and_counted(make_wave):
    place = make_wave()
    open_key(place.parent, "a key that all may know")
    set_tombstone(place.parent, "001")
    wave = Wave.open(place)
    left = {r.table: (r.read, r.kept, [(m.text("en"), n) for m, n in r.left_out_by]) for r in wave.intake_reports()}
    reason = ERASED.text("en")
    assert left == {
        "customers": (3, 2, [(reason, 1)]),
        "transactions": (3, 1, [(reason, 2)]),
        "responses": (2, 1, [(reason, 1)]),
    }


def test_nobody_erased_or_no_customer_named_costs_nothing(make_wave):
    place = make_wave()
    engine = DuckDBEngine()
    item = as_table(pd.DataFrame({"customer_id": [" 001 ", "002"]}), engine).source
    assert erased_rows(item, "customer_id", place, engine) == []
    open_key(place.parent, "a key that all may know")
    set_tombstone(place.parent, "001")
    assert erased_rows(item, None, place, engine) == erased_rows(item, "customer_id", None, engine) == []
    ((why, condition),) = erased_rows(item, "customer_id", place, engine)
    assert (
        why is ERASED and engine.rows(f"SELECT customer_id FROM {item} WHERE {condition}")["customer_id"][0] == " 001 "
    )
