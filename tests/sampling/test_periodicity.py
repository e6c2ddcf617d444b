import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError, UntrustedWarning
from workbench.sampling import Frame, Systematic, check_periodicity, draw

PEOPLE = pd.DataFrame(
    {
        "customer_id": [f"k{i:02d}" for i in range(77)],
        "place": range(77),
        "region": ["n", "s", "s", "s", "s", "s", "s"] * 11,
    }
)
FRAME = Frame(PEOPLE, stratum="region", order_by="place", carry="place")


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


def test_cycles_are_looked_for_in_numbers():
    with pytest.raises(InputError, match="numeric"):
        check_periodicity(FRAME, Systematic(5), "region", salt="s")
