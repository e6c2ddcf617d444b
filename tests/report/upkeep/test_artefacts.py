import pandas as pd
import pytest

from tests.conftest import WAVE
from tests.core.engine.toy_engine import toy_scheme
from tests.report.upkeep.conftest import CUSTOMER
from workbench.core.engine import as_table
from workbench.core.engine.standin import stand_in
from workbench.privacy.removal import Sought
from workbench.report.upkeep.artefacts import (
    REASON,
    parts_of,
    remove,
    rewrite,
    superseded,
    sweep,
    tables_first,
    theirs_in,
)
from workbench.store import Wave
from workbench.store.manifest import read_manifest
from workbench.store.scratch import kept_for_good

SOUGHT = Sought(frozenset({CUSTOMER}))


@pytest.fixture
def artefacts(study):
    return study / "w1" / "artefacts"


def part(artefacts, name):
    return next(p for p in parts_of(read_manifest(artefacts)) if p.name == name)


def test_an_artefact_is_written_anew_and_the_manifest_says_why_and_not_whom(artefacts):
    before = part(artefacts, "tiers")
    assert rewrite(artefacts, before, SOUGHT).rows == 1
    after = part(artefacts, "tiers")
    assert pd.read_parquet(artefacts / after.entry.file)["customer_id"].tolist() == ["C0005"]
    assert (
        after.entry.rows == 1 and after.entry.run == before.entry.run and not (artefacts / before.entry.file).exists()
    )
    (note,) = read_manifest(artefacts).replacements
    assert (note.name, note.replaces, note.by, note.rows) == ("tiers", before.entry.sha256, after.entry.sha256, 1)
    assert note.reason == REASON and CUSTOMER not in note.model_dump_json()


def test_what_does_not_hold_the_customer_keeps_its_file(artefacts):
    before = part(artefacts, "tier_sizes")
    assert not rewrite(artefacts, before, SOUGHT)
    assert part(artefacts, "tier_sizes") == before and read_manifest(artefacts).replacements == ()


def test_in_a_released_sample_the_draw_stays_and_the_customer_goes(artefacts):
    rewrite(artefacts, part(artefacts, "released_sample"), SOUGHT)
    table = pd.read_parquet(artefacts / part(artefacts, "released_sample").entry.file)
    row = table[table["customer_id"].str.startswith("erased-")].iloc[0]
    assert len(table) == 4 and row["stratum"] == "s" and row["base_weight"] == 3.0
    assert pd.isna(row["region"]) and pd.isna(row["prn"]) and CUSTOMER not in set(table["customer_id"])


def test_files_that_no_manifest_names_are_found(artefacts):
    old = [p.name for p in superseded(artefacts)]
    assert [n for n in old if n.startswith("tiers-")] and not [n for n in old if n.startswith("sample-")]


def test_the_customer_list_comes_last(artefacts):
    names = [p.name for p in tables_first(list(parts_of(read_manifest(artefacts))))]
    assert names[-2:] == ["customers", "quarantine_customers"] and names.index("tiers") < names.index("responses")


def test_what_killed_runs_left_half_written_is_swept(artefacts):
    (artefacts / ".intake-x1").mkdir()
    (artefacts / ".intake-x1" / "staged.parquet").write_bytes(b"PAR1")
    (artefacts / ".tiers.ab.tmp").write_bytes(b"PAR1")
    (artefacts.parent / "raw" / ".customers.csv.erasing.tmp").write_text(CUSTOMER)
    files = {
        p for p in artefacts.parent.rglob("*") if p.is_file() and "intake" not in p.parent.name and p.suffix != ".tmp"
    }
    sweep(artefacts)
    left = {p for p in artefacts.parent.rglob("*") if p.is_file()}
    assert left - {artefacts / ".intake.lock"} == files - {artefacts / ".intake.lock"}
    sweep(artefacts.parent / "nothing")


def test_rows_that_lie_in_a_server_are_written_anew_there_and_the_old_ones_dropped(make_wave):
    folder = make_wave(WAVE + "engine: toy://\n")
    with toy_scheme() as engine:
        wave = Wave.open(folder)
        people = as_table(pd.DataFrame({"customer_id": [CUSTOMER, "C0005"], "tier": ["A", f"not {CUSTOMER}"]}), engine)
        with kept_for_good():
            old = wave.keep("tiers", people)
        held = stand_in(old).table
        superseded_one = wave.artefacts / "reasons-0123456789ab.parquet"
        engine.materialize(f"SELECT * FROM {people.source} LIMIT 1", superseded_one)
        assert theirs_in(old, SOUGHT).rows == 1
        assert rewrite(wave.artefacts, part(wave.artefacts, "tiers"), SOUGHT).rows == 1
        assert wave.read("tiers")["customer_id"].tolist() == ["C0005"]
        assert held not in engine.tables() and not old.exists()
        # a table that nobody names any more, and one that a killed run was making
        note = engine.materialize("SELECT 1 AS one", wave.artefacts / ".tiers.1f2e3d4c.tmp")
        half = stand_in(note).table
        remove(superseded_one)
        sweep(wave.artefacts)
        assert not note.exists() and half not in engine.tables()
        assert not any("_reasons_" in t for t in engine.tables())
        assert len(wave.read("tiers")) == 1
