from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.findings import said
from workbench.nps import nps_by_groups
from workbench.report.chapters.loyalty import words


def row(**given):
    base = {"measure": "nps", "estimate": 30.0, "ci_low": 25.0, "ci_high": 35.0, "n": 900, "change": 5.0}
    moved = {"change_low": 1.0, "change_high": 9.0, "change_error": 2.0, "p_value": 0.01}
    return pd.Series({**base, **moved, **given})


def ids(findings):
    return [f.id for f in said(findings)]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, ["nps.change", "nps.level"]),
        ({"p_value": 0.07}, ["nps.change", "nps.level"]),
        ({"p_value": 0.4}, ["nps.unchanged", "nps.level"]),
        ({"change": np.nan}, ["nps.level"]),
        ({"n": 12}, []),
        ({"ci_low": np.nan, "change": np.nan}, []),
    ],
)
def test_what_is_said_of_the_score_follows_from_the_test(given, kept):
    found = words.headline_findings(row(**given), unit="points", minimum=30)
    assert ids(found) == kept


def test_nothing_is_said_across_a_mark_that_breaks_the_series():
    assert ids(words.headline_findings(row(), unit="points", minimum=30, broken=True)) == ["nps.level"]


def test_a_change_names_its_direction_and_the_smallest_change_that_would_have_shown():
    fell = said(words.headline_findings(row(change=-5.0), unit="points", minimum=30))[0]
    assert fell.tone == "bad" and fell.message.values["points"] == 5.0
    same = said(words.headline_findings(row(p_value=0.5), unit="points", minimum=30))[0]
    assert same.message.values["m"] == pytest.approx(5.6)


def test_shares_are_said_in_percentage_points():
    share = row(measure="satisfied", estimate=0.7, ci_low=0.65, ci_high=0.75, change=0.05, change_error=0.02)
    found = said(words.headline_findings(share, unit="share", minimum=30))
    assert found[0].message.values["points"] == pytest.approx(5.0)


def test_two_waves_are_no_long_run():
    waves = pd.DataFrame({"wave": ["a", "b"], "estimate": [1.0, 9.0], "std_error": [0.1, 0.1], "breaks": [False] * 2})
    assert words.long_run("nps", waves) == []
    more = pd.DataFrame(
        {"wave": list("abcd"), "estimate": [1.0, 5, 9, 13], "std_error": 1.0, "breaks": [False] * 4, "n": 100}
    )
    assert ids(words.long_run("nps", more)) == ["nps.trend"]
    assert ids(words.long_run("nps", more.assign(estimate=[1.0, 1.2, 0.9, 1.1]))) == ["nps.no_trend"]


def answers(seed, regions, n, low=None):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"region": rng.integers(0, regions, n).astype(str), "recommend": rng.choice([3, 8, 10], n)})
    data.loc[data["region"] == low, "recommend"] = 2
    return data


def test_a_region_that_differs_is_said_and_a_small_one_is_not():
    data = answers(1, 4, 800, low="2")
    data = pd.concat([data, pd.DataFrame({"region": "tiny", "recommend": [0] * 9})], ignore_index=True)
    found = words.group_findings(nps_by_groups(data, by=["region"]), {}, {})
    assert "nps.stands:region=2" in ids(found) and not [i for i in ids(found) if "tiny" in i]


@pytest.mark.parametrize("regions", [7, 31])
def test_false_headlines_about_regions_are_rare(regions):
    rng = np.random.default_rng(regions)
    wrong = 0
    rounds = 60
    for _ in range(rounds):
        data = answers(int(rng.integers(1 << 30)), regions, 40 * regions)
        found = words.group_findings(nps_by_groups(data, by=["region"]), {}, {})
        wrong += any(f.is_said and f.state == "clear" for f in found)
    # 5 % of 60 is 3; seven or more would happen by chance in 3 of 100 such tests
    assert wrong <= 7
