from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.engine import as_table
from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.report.chapters.tiers.offers import listed_offers, no_offers, offers_of, shown_offers
from workbench.store import Wave


def bought(categories):
    rng = np.random.default_rng(1)
    rows = []
    for i in range(700):
        first = categories[rng.integers(len(categories))]
        then = categories[(categories.index(first) + 1) % len(categories)]
        rows += [f"{i:04d},2026-01-05,9,{first}", f"{i:04d},2026-0{2 if i % 2 else 5}-05,9,{then}"]
    return "customer_id,ordered_at,amount,category\n" + "\n".join(rows) + "\n"


def test_offers_are_learnt_from_all_but_the_last_quarter(make_wave):
    wave = Wave.open(make_wave(transactions=bought(["tea", "cup", "rice", "pot"])))
    people = as_table(pd.DataFrame({"customer_id": [f"{i:04d}" for i in range(700)], "tier": "A"}))
    found = offers_of(wave, people, "tier")
    assert bool(found.table["beats"].iloc[0])
    assert set(listed_offers(found)["bought"]) == {"tea", "cup", "rice", "pot"}
    assert shown_offers(found, found.columns, message("Suggestions by tier")).kind == "table"


def test_without_categories_there_is_nothing_to_offer(make_wave):
    people = as_table(pd.DataFrame({"customer_id": ["001"], "tier": "A"}))
    assert no_offers(Wave.open(make_wave())) is not None
    few = Wave.open(make_wave(folder="w2", transactions=bought(["tea", "cup"])))
    assert no_offers(few) is None
    with pytest.raises(InputError, match="three categories"):
        offers_of(few, people, "tier")
