from __future__ import annotations

import datetime as dt

import pandas as pd

from workbench.tabulation.trend_lines import Asked
from workbench.tabulation.trend_tests import season_before, verdicts_over_waves

from .test_trend_lines import one

DAYS = (dt.date(2025, 6, 20), dt.date(2026, 2, 1), dt.date(2026, 7, 1))


def test_the_same_season_is_about_a_year_ago():
    assert season_before(DAYS) == 0
    assert season_before((None, DAYS[1], DAYS[2])) is None
    assert season_before((*DAYS[:2], None)) is None
    assert season_before((dt.date(2025, 1, 1), DAYS[2])) is None


def test_every_cell_is_tested_against_three_waves_and_along_all():
    found = pd.DataFrame(verdicts_over_waves(one(), Asked(("w0", "w1", "w2"), DAYS)))
    assert found.groupby("test").size().to_dict() == {
        "previous": 6,
        "a year ago": 6,
        "first": 6,
        "slope": 6,
        "any": 6,
    }
    assert found.query("test == 'previous'")["since"].eq("w1").all()
    assert found.query("column == 'total' and test == 'slope'")["waves"].eq(3).all()
    assert set(found["verdict"]) <= {"no clear change", ""}


def test_too_few_waves_and_small_bases_say_so():
    found = pd.DataFrame(verdicts_over_waves(one((False, True, False)), Asked(("w0", "w1", "w2"), (None,) * 3)))
    assert found.query("test == 'slope'")["reason"].eq("too few waves").all()
    assert found.query("test == 'first'")["since"].eq("w1").all()
    small = pd.DataFrame(verdicts_over_waves(one(), Asked(("w0", "w1", "w2"), (None,) * 3, minimum=45)))
    cell = small.query("column == 'x' and row == 'a'").set_index("test")
    assert cell.loc["previous", "verdict"] == "base too small" and cell.loc["slope", "reason"] == "too few waves"
    broken = pd.DataFrame(verdicts_over_waves(one((False, False, True)), Asked(("w0", "w1", "w2"), (None,) * 3)))
    assert broken.query("test == 'previous'")["reason"].eq("the question changed").all()
    assert broken.query("test == 'previous'")["estimate"].isna().all()
