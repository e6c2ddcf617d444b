import numpy as np
import pandas as pd
import pytest

from workbench.clv import BgBb, fit_bg_bb
from workbench.clv.models.bg_bb import _histories, _objective
from workbench.core import InputError

ORDER = [(x, t) for t in range(6, 0, -1) for x in range(t, 0, -1)] + [(0, 0)]
# donors 1995 to 2001 by number and year of the last donation: Fader, Hardie & Shang (2010), table 1
DONORS = [
    1203,
    728,
    512,
    357,
    234,
    129,
    335,
    284,
    225,
    173,
    119,
    240,
    181,
    155,
    78,
    322,
    255,
    129,
    613,
    277,
    1091,
    3464,
]


@pytest.fixture(scope="module")
def donations(reference):
    known = reference["donations_bgbb"]["cross_check_BTYD"]
    frame = pd.DataFrame(ORDER, columns=["x", "t_x"]).assign(n=6)
    return frame, known


def test_predictions_of_btyd(donations):
    frame, known = donations
    model = BgBb.of(known["par"])
    alive = model.probability_alive(frame["x"], frame["t_x"], frame["n"])
    bought = model.expected_purchases(5, frame["x"], frame["t_x"], frame["n"])
    np.testing.assert_allclose(alive, known["palive"], rtol=1e-9)
    np.testing.assert_allclose(bought, known["cet_n5"], rtol=1e-9)


def test_donations_to_the_last_digit(donations, reference):
    frame, _ = donations
    known = reference["donations_bgbb"]["computed"]
    fit = fit_bg_bb(frame.assign(count=DONORS))
    assert fit.log_likelihood >= known["ll"] - 1e-7
    assert list(fit.parameters.values()) == pytest.approx(list(known["params"].values()), rel=1e-5)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.log_covariance)), known["se_log"], rtol=1e-3)


def test_gradient_and_curvature(donations, derivative):
    frame, _ = donations
    rows, count = _histories(frame["x"], frame["t_x"], frame["n"]), np.arange(1.0, 23.0)
    at = np.array([1.2, 0.8, 0.6, 2.8])
    value, slope, curvature = _objective(at, rows, count)
    assert value == pytest.approx(BgBb.of(at).log_likelihood(*rows) @ count, rel=1e-14)
    np.testing.assert_allclose(derivative(lambda t: _objective(t, rows, count)[0], at), slope, rtol=1e-8)
    np.testing.assert_allclose(derivative(lambda t: _objective(t, rows, count)[1], at), curvature, rtol=1e-8)


def test_what_the_data_cannot_tell_is_said():
    always = pd.DataFrame({"x": [4, 3, 3, 2], "t_x": 4, "n": 4, "count": [10, 12, 11, 9]})
    assert any("No leaving" in str(v) for v in fit_bg_bb(always).verdicts)
    same = fit_bg_bb(pd.DataFrame({"x": [0, 1, 1, 2], "t_x": [0, 1, 2, 2], "n": 2, "count": [24, 26, 25, 25]}))
    assert same.verdicts


def test_all_histories_together_are_certain():
    model = BgBb(alpha=1.2, beta=0.7, gamma=0.6, delta=2.8)
    from math import comb

    rows = [(x, t, 4, comb(t - 1, x - 1)) for t in range(1, 5) for x in range(1, t + 1)] + [(0, 0, 4, 1)]
    x, t, n, ways = np.array(rows).T
    assert (ways * np.exp(model.log_likelihood(x, t, n))).sum() == pytest.approx(1.0, rel=1e-12)


def test_recovers_its_parameters():
    rng = np.random.default_rng(4)
    size, n = 20_000, 6
    p, theta = rng.beta(1.2, 0.75, size), rng.beta(0.66, 2.8, size)
    lived = rng.geometric(theta) - 1
    bought = (rng.random((size, n)) < p[:, None]) & (np.arange(n) < lived[:, None])
    x, last = bought.sum(axis=1), np.where(bought.any(axis=1), n - np.argmax(bought[:, ::-1], axis=1), 0)
    counts = pd.DataFrame({"x": x, "t_x": last, "n": n}).value_counts().rename("count").reset_index()
    fit = fit_bg_bb(counts)
    for name, true in {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.8}.items():
        assert abs(fit.parameters[name] - true) < 4 * fit.std_errors[name]


def test_refuses():
    with pytest.raises(InputError, match="whole periods"):
        BgBb(alpha=1, beta=1, gamma=1, delta=1).log_likelihood(3, 2, 6)
    with pytest.raises(InputError, match="'n' is needed"):
        fit_bg_bb(pd.DataFrame({"x": [1], "t_x": [1]}))
