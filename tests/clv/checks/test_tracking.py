import numpy as np
import pytest

from workbench.clv import BgNbd, purchase_summary
from workbench.clv.checks.tracking import calibrate, track
from workbench.core import InputError

MODEL = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)


def test_periods_meet_at_the_cut(cdnow):
    found = track(cdnow, MODEL)
    assert cdnow.observed_until in list(found["end"].dt.date if hasattr(found["end"], "dt") else found["end"])
    np.testing.assert_allclose(found["actual"].cumsum(), found["actual_cumulated"])
    np.testing.assert_allclose(found["predicted"].cumsum(), found["predicted_cumulated"], rtol=1e-9)
    assert 10 < len(found) <= 42


def test_tenths_are_about_equal(cdnow):
    found = calibrate(cdnow, MODEL, 39.0)
    assert found["customers"].between(200, 270).all()


def test_refuses_without_a_holdout(cdnow_orders):
    import datetime as dt

    bare = purchase_summary(cdnow_orders, observed_until=dt.date(1998, 6, 30), unit="week")
    with pytest.raises(InputError, match="Tracking needs a holdout"):
        track(bare, MODEL)
