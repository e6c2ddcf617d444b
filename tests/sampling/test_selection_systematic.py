import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError, UntrustedWarning
from workbench.sampling import Frame, Systematic, check_periodicity, draw
from workbench.sampling.drawing import Draw
from workbench.sampling.selection_systematic import random_start

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


def test_every_start_is_possible_and_equally_likely():
    hits = np.zeros(7)
    small = Frame(PEOPLE.head(7), order_by="place", carry="place")
    rounds, places = 2000, np.arange(7)
    for i in range(rounds):
        chosen = (places * 3 + random_start(Draw(small, f"s{i}"), "all", 7)) % 7 < 3
        hits += chosen
        if i < 10:
            assert sorted(draw(small, Systematic(3), salt=f"s{i}").table["place"]) == places[chosen].tolist()
    assert (np.abs(hits / rounds - 3 / 7) < 4 * np.sqrt(3 / 7 * 4 / 7 / rounds)).all()


def test_within_strata_and_weights():
    sample = draw(FRAME, Systematic({"n": 4, "s": 9}), salt="s")
    assert sample.table.groupby("stratum")["base_weight"].sum().to_dict() == pytest.approx({"n": 11, "s": 66})
    assert sample.table.groupby("stratum")["order"].max().to_dict() == {"n": 4, "s": 9}


def test_an_interval_instead_of_a_size():
    sizes = {draw(FRAME, Systematic(interval=7.5), salt=f"s{i}").n for i in range(30)}
    assert sizes == {10, 11}
    assert draw(FRAME, Systematic(interval=7.5), salt="s").table["base_weight"].to_numpy() == pytest.approx(7.5)


def test_implicit_order_is_the_strata():
    frame = Frame(PEOPLE, stratum="region", carry="region")
    regions = draw(frame, Systematic(7), salt="s").table["region"].value_counts()
    assert regions.to_dict() == {"n": 1, "s": 6}


def test_a_reserve_follows_the_drawn():
    sample = draw(FRAME, Systematic(10, reserve=0.5), salt="s")
    assert len(sample.reserve) == 5
    assert set(sample.reserve["place"] - 1) <= set(sample.table["place"])
    assert sample.reserve["order"].tolist() == [11, 12, 13, 14, 15]


def test_the_classic_failure_is_warned_of():
    days = pd.DataFrame({"customer_id": [f"d{i:04d}" for i in range(7000)], "day": range(7000)})
    rng = np.random.default_rng(1)
    days["visits"] = 5 + 2 * (days["day"] % 7 >= 5) + rng.normal(0, 0.3, 7000)
    frame = Frame(days, order_by="day")
    with pytest.warns(UntrustedWarning, match="cycle"):
        draw(frame, Systematic(100, check="visits"), salt="s")  # an interval of ten weeks
    clean = draw(frame, Systematic(103, check="visits"), salt="s")
    assert not any(n.severity == "warning" for n in clean.notes)
    table = check_periodicity(frame, Systematic(100), "visits", salt="s")
    # by hand: the variance of the means of all 70 samples over that of simple random sampling
    means = days.groupby(days["day"] % 70)["visits"].mean()
    by_hand = means.var() * 100 / days["visits"].var()
    assert table["design_effect"][0] == pytest.approx(by_hand, rel=1e-9)


def test_an_order_that_helps_has_an_effect_below_one():
    frame = Frame(PEOPLE.assign(x=np.arange(77.0)), order_by="place")
    assert check_periodicity(frame, Systematic(11), ["x"], salt="s")["design_effect"][0] < 0.5


def test_ties_are_resolved_by_the_random_number_and_said():
    frame = Frame(PEOPLE.assign(same=1), order_by="same")
    notes = [n.message.text("en") for n in draw(frame, Systematic(5), salt="s").notes]
    assert any("same order value" in n for n in notes)
    assert any("not checked for cycles" in n for n in notes)


@pytest.mark.parametrize("arguments", [{}, {"n": 3, "interval": 2.0}, {"interval": 0.5}, {"n": 0}])
def test_arguments(arguments):
    with pytest.raises(InputError):
        Systematic(**arguments)


def test_cycles_are_looked_for_in_numbers():
    with pytest.raises(InputError, match="numeric"):
        check_periodicity(FRAME, Systematic(5), "region", salt="s")


def test_a_sample_of_everybody_has_no_reserve():
    frame = Frame(pd.DataFrame({"customer_id": ["a", "b", "c"], "region": ["n", "n", "s"]}), stratum="region")
    sample = draw(frame, Systematic({"n": 2, "s": 1}, reserve=0.5), salt="s")
    assert len(sample.table) == 3 and sample.reserve.empty
