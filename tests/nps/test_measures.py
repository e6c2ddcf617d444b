import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.nps import MEASURES, Figures, Measure, Scored, measures_in, scorecard
from workbench.nps.measures import measured


def test_ready_measures_follow_the_columns():
    data = pd.DataFrame({"clv": [1.0], "recommend": [9]})
    assert list(measures_in(data)) == ["nps", "clv"] == list(Scored(data).chosen())
    assert list(measures_in(data, "clv", "revenue")) == ["clv"]
    with pytest.raises(InputError, match="did you mean 'churn'"):
        measures_in(data, "churm")


def test_a_measure_says_what_it_is():
    with pytest.raises(InputError, match="statistic is one of"):
        Measure("x", message("NPS"), "median")
    assert MEASURES["nps"].signed == "signed1" and MEASURES["clv"].signed == "money"


def test_shares_come_from_zeros_and_ones():
    data = pd.DataFrame({"satisfied": [0, 1, np.nan, 2]})
    with pytest.raises(InputError, match="2 \\(1 rows\\)"):
        measured(data, "satisfied", MEASURES["satisfied"], where="data")


@pytest.mark.parametrize("change", [{"measure": "other"}, {"region": "a"}, {"std_error": -1.0}])
def test_figures_are_checked(change):
    table = pd.DataFrame({"region": ["a", "b"], "measure": "clv", "estimate": 1.0, "std_error": 1.0, "n": 50})
    table.loc[1, list(change)] = list(change.values())
    with pytest.raises(InputError, match="one row per region"):
        scorecard(Figures(table, {"clv": MEASURES["clv"]}))
