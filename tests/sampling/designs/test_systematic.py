import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Frame, Systematic, allocate, draw, stratum_counts
from workbench.sampling.design import PlannedDraw

PEOPLE = pd.DataFrame(
    {
        "customer_id": [f"k{i:02d}" for i in range(77)],
        "place": range(77),
        "region": ["n", "s", "s", "s", "s", "s", "s"] * 11,
    }
)
FRAME = Frame(PEOPLE, stratum="region", order_by="place", carry="place")


def test_a_fractional_interval_always_draws_n():
    for i in range(25):
        places = sorted(draw(FRAME, Systematic(10), salt=f"s{i}").table["place"])
        assert len(places) == 10
        assert set(np.diff(places)) <= {7, 8}


def test_within_strata_and_weights():
    sample = draw(FRAME, Systematic({"n": 4, "s": 9}), salt="s")
    assert sample.table.groupby("stratum")["base_weight"].sum().to_dict() == pytest.approx({"n": 11, "s": 66})
    assert sample.table.groupby("stratum")["order"].max().to_dict() == {"n": 4, "s": 9}


def test_an_interval_instead_of_a_size():
    sizes = {draw(FRAME, Systematic(interval=7.5), salt=f"s{i}").n for i in range(30)}
    assert sizes == {10, 11}
    assert draw(FRAME, Systematic(interval=7.5), salt="s").table["base_weight"].to_numpy() == pytest.approx(7.5)


def test_a_reserve_follows_the_drawn():
    sample = draw(FRAME, Systematic(10, reserve=0.5), salt="s")
    assert len(sample.reserve) == 5
    assert set(sample.reserve["place"] - 1) <= set(sample.table["place"])
    assert sample.reserve["order"].tolist() == [11, 12, 13, 14, 15]


@pytest.mark.parametrize("arguments", [{}, {"n": 3, "interval": 2.0}, {"interval": 0.5}, {"n": 0}])
def test_arguments(arguments):
    with pytest.raises(InputError):
        Systematic(**arguments)


def test_a_sample_of_everybody_has_no_reserve():
    frame = Frame(pd.DataFrame({"customer_id": ["a", "b", "c"], "region": ["n", "n", "s"]}), stratum="region")
    sample = draw(frame, Systematic({"n": 2, "s": 1}, reserve=0.5), salt="s")
    assert len(sample.table) == 3 and sample.reserve.empty


def test_the_place_in_the_list_comes_along_for_the_variance():
    sample = draw(FRAME, Systematic({"n": 4, "s": 9}, reserve=0.5), salt="s")
    both = pd.concat([sample.table, sample.reserve])
    for _, part in both.groupby("stratum"):
        assert (part.sort_values("place")["list_place"].diff().dropna() > 0).all()
    rule = Systematic.variance(Systematic.Settings())
    assert rule.order == "list_place" and set(rule.columns) <= set(sample.table)


def test_a_plan_says_where_cycles_are_looked_for():
    counts = stratum_counts(FRAME)
    settings = Systematic.Settings(order_by=["place"], check_cycles=["place"])
    made = Systematic.of_plan(PlannedDraw(allocate(counts, 10), FRAME, settings, 0.5))
    assert made.check == ("place",) and made.reserve == 0.5
