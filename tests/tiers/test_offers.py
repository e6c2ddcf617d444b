import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.core import InputError
from workbench.core.engine import DuckDBEngine, as_table
from workbench.tiers import next_best_offers

CUT, END = dt.date(2026, 3, 31), dt.date(2026, 6, 30)
ITEMS = ["tea", "cup", "rice", "pot", "oil"]


def shop(seed, together):
    """Customers of two tiers; in tier A tea goes with cup and rice with pot, if at all."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(1600):
        tier = "A" if i % 2 else "B"
        first = rng.choice(ITEMS)
        partner = {"tea": "cup", "rice": "pot"}.get(first) if together and tier == "A" else None
        second = partner if partner and rng.random() < 0.8 else rng.choice([x for x in ITEMS if x != first])
        rows += [
            (f"{i:04d}", "2026-01-05", first),
            (f"{i:04d}", "2026-02-01" if rng.random() < 0.5 else "2026-05-01", second),
        ]
    orders = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "category"]).assign(amount=10.0)
    people = pd.DataFrame(
        {"customer_id": [f"{i:04d}" for i in range(1600)], "tier": ["A" if i % 2 else "B" for i in range(1600)]}
    )
    engine = DuckDBEngine()
    return as_table(orders, engine), as_table(people, engine)


def test_shown_only_where_it_beats_the_most_popular():
    found = next_best_offers(*shop(1, True), group="tier", cut=CUT, until=END)
    table = found.table.set_index("group")
    assert bool(table.loc["A", "beats"]) and not bool(table.loc["B", "beats"])
    assert set(found.offers["group"]) == {"A"}
    told = dict(zip(found.offers["bought"], found.offers["offer"], strict=True))
    assert told["tea"] == "cup" and told["rice"] == "pot"
    assert "no personal suggestion" in str(found.notes[-1].message)
    difference = 100 * (table["hit"] - table["hit_popular"])
    np.testing.assert_allclose(table["difference"].astype(float), difference.astype(float))


def test_by_chance_it_rarely_beats():
    better = sum(
        next_best_offers(*shop(s, False), group="tier", cut=CUT, until=END).table["beats"].sum() for s in range(6)
    )
    assert better <= 2


def test_same_offers_whatever_the_row_order():
    orders, people = shop(1, True)
    turned = as_table(orders.to_frame().sample(frac=1, random_state=1))
    one = next_best_offers(orders, people, group="tier", cut=CUT, until=END)
    other = next_best_offers(turned, as_table(people.to_frame()), group="tier", cut=CUT, until=END)
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.offers, other.offers)


def test_refuses():
    orders, people = shop(1, True)
    with pytest.raises(InputError, match="after the cut"):
        next_best_offers(orders, people, group="tier", cut=END, until=CUT)
    with pytest.raises(InputError, match="three categories"):
        next_best_offers(as_table(orders.to_frame().assign(category="tea")), people, group="tier", cut=CUT, until=END)
    with pytest.raises(InputError, match="'segment' is needed"):
        next_best_offers(orders, people, group="segment", cut=CUT, until=END)
