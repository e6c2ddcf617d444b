from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import (
    allocate,
    by_group,
    earlier_shares,
    expected_precision,
    group_minimum,
    group_sizes,
    margins_by,
    nps_spread,
    sample_size,
)

STRATA = pd.DataFrame(
    {
        "stratum": ["n | low", "n | high", "s | low", "s | high"],
        "region": ["n", "n", "s", "s"],
        "population": [6000, 3000, 700, 300],
        "std_dev": [80.0, 90.0, 70.0, 95.0],
        "response_rate": [0.5, 0.4, 0.5, 0.25],
    }
)


def test_spread_is_that_of_answers_counted_100_0_and_minus_100():
    answers = np.repeat([100.0, 0.0, -100.0], [45, 35, 20])
    assert float(nps_spread(0.45, 0.20)) == pytest.approx(answers.std())
    assert nps_spread(pd.Series([0.5, 1.0]), pd.Series([0.5, 0.0])).tolist() == [100.0, 0.0]
    for wrong in ((0.6, 0.5), (-0.1, 0.2)):
        with pytest.raises(InputError, match="at most 1"):
            nps_spread(*wrong)


def test_shares_of_an_earlier_wave_count_weights_and_leave_out_the_silent():
    answers = pd.DataFrame({"score": [10, 9, 7, 2, None], "w": [1.0, 1.0, 4.0, 2.0, 50.0]})
    assert earlier_shares(answers, "score", weight="w").tolist() == [0.25, 0.25, 4]
    assert earlier_shares(answers, "score").tolist() == [0.5, 0.25, 4]
    with pytest.raises(InputError, match="no score"):
        earlier_shares(answers.tail(1), "score")


def test_numbers_by_group():
    assert by_group(STRATA, {"region": {"s": 0.1}}, 0.5).tolist() == [0.5, 0.5, 0.1, 0.1]
    later = by_group(STRATA, {"region": {"s": 0.1}, "stratum": {"s | high": 0.3}}, 0.5)
    assert later.tolist() == [0.5, 0.5, 0.1, 0.3]
    with pytest.raises(InputError, match="soth"):
        by_group(STRATA, {"region": {"soth": 0.1}}, 0.5)
    with pytest.raises(InputError, match="town"):
        by_group(STRATA, {"town": {"x": 1}}, 1)


def test_a_group_has_the_size_of_its_pooled_spread_and_rate():
    row = group_sizes(STRATA, "region", {"s": 6}).iloc[0]
    spread = math.sqrt((700 * 70**2 + 300 * 95**2) / 1000)
    rate = (700 * 0.5 + 300 * 0.25) / 1000
    by_hand = sample_size(6, target="mean", std_dev=spread, population=1000, response_rate=rate)
    assert (row["completes"], row["invitations"]) == (by_hand.completes, by_hand.invitations)
    assert row["maximum"] == 1000
    assert group_sizes(STRATA, "region", 6)["domain"].tolist() == ["n", "s"]
    assert group_sizes(STRATA, "region", 6, confidence=0.8)["completes"].max() < row["completes"]
    with pytest.raises(InputError, match="west"):
        group_sizes(STRATA, "region", {"west": 6})


def test_minimum_gives_a_group_its_size_in_proportion_and_no_more_than_there_is():
    strata = STRATA.assign(maximum=[6000, 3000, 200, 150])
    floor = group_minimum(strata, "region", {"s": 20}, confidence=0.95)
    assert floor[:2].tolist() == [0, 0]
    assert floor.sum() == group_sizes(strata, "region", {"s": 20})["invitations"].iloc[0]
    assert group_minimum(strata, "region", {"s": 1}).tolist() == [0, 0, 200, 150]
    assert group_minimum(STRATA.drop(columns="response_rate"), "region", {"s": 20}).sum() < floor.sum()


def test_a_missing_group_is_a_group():
    strata = STRATA.assign(region=["n", "n", None, None])
    assert group_sizes(strata, "region", 8)["domain"].tolist() == ["(missing)", "n"]
    assert group_minimum(strata, "region", {"(missing)": 10})[2:].min() > 0


def test_expected_margins_stand_beside_those_wanted():
    strata = STRATA.assign(n=allocate(STRATA, 900).table["n"])
    table = margins_by(strata, ["region", "stratum"], {"region": {"s": 9}, "stratum": 20}, margin=5, confidence=0.9)
    assert table["variable"].tolist() == ["all"] + ["region"] * 2 + ["stratum"] * 4
    assert table["wanted"].fillna(-1).tolist() == [5, -1, 9, 20, 20, 20, 20]
    alone = expected_precision(strata, domain="region", confidence=0.9).table
    assert table["margin"].head(3).tolist() == alone["margin"].tolist()
