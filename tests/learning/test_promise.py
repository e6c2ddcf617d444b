from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.learning import check_promise, check_promise_by


def drawn(n=4000, off=0.0, seed=1):
    rng = np.random.default_rng(seed)
    p = pd.Series(rng.random(n))
    return p, pd.Series((rng.random(n) < np.clip(p + off, 0, 1)).astype(float))


def test_true_chances_keep_their_promise_and_bold_ones_do_not():
    found = check_promise(*drawn(seed=2))
    assert len(found.table) == 10 and found.table["customers"].sum() == found.n == 4000
    inside = found.table["told"].between(found.table["ci_low"], found.table["ci_high"])
    assert inside.sum() >= 9 and found.p_value > 0.05
    assert check_promise(*drawn(off=-0.1)).p_value < 1e-6


def test_p_is_small_as_rarely_as_it_says():
    small = [check_promise(*drawn(300, seed=s)).p_value < 0.05 for s in range(80)]
    assert np.mean(small) <= 0.11


def test_customers_told_the_same_stay_together():
    told = pd.Series([0.3] * 90 + [0.6] * 10)
    found = check_promise(told, pd.Series([1.0] * 100)).table
    assert found["told"].round(2).tolist() == [0.3, 0.6] and found["customers"].tolist() == [90, 10]


def test_a_group_told_wrongly_is_found_among_fair_ones():
    p, y = drawn()
    told = pd.DataFrame({"probability": p, "bought": y, "region": np.tile(["a", "b", "c", "d"], 1000)})
    told.loc[told["region"] == "d", "bought"] = 0.0
    few = told.assign(region=np.where(told.index < 5, "few", told["region"]))
    found = check_promise_by(few, ["region"])
    assert found.table.set_index("group")["p_adjusted"].lt(0.05).to_dict() == {
        "a": False,
        "b": False,
        "c": False,
        "d": True,
    }
    assert len(found.notes) == 1
    with pytest.raises(InputError, match="tier"):
        check_promise_by(told, ["tier"])
