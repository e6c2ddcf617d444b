import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from workbench.clv import ParetoNbd
from workbench.clv.models.pareto_nbd import reach, reach_slopes
from workbench.clv.numerics.hypergeometric import scaled_exponential_integral


def test_extremes(extremes):
    rows = [row for row in extremes if row["model"] == "pnbd"]
    assert len(rows) == 115
    for row in rows:
        model = ParetoNbd.of(row["params"])
        history = row["x"], row["t_x"], row["T"]
        sharp = history == (500, 100, 730)  # the file's own integral is off here; see the next test
        tolerance = 1e-6 if sharp else 1e-9
        assert float(model.log_likelihood(*history)) == pytest.approx(row["loglik"], rel=tolerance, abs=1e-15)
        relative = 2e-4 if sharp else 1e-9
        assert float(model.probability_alive(*history)) == pytest.approx(row["palive"], rel=relative, abs=1e-300)
        found = float(model.expected_purchases(row["t"], *history))
        assert found == pytest.approx(row["cet"], rel=relative, abs=1e-300)


def test_a_sharp_peak_against_forty_digits():
    # mpmath at 40 digits, published form with two 2F1: -249.6104443823240808598...
    model = ParetoNbd(r=1.217, alpha=200.9, s=0.0439, beta=0.3345)
    assert float(model.log_likelihood(500, 100, 730)) == pytest.approx(-249.61044438232408, rel=1e-13)


def test_predictions_of_clvtools_and_btyd(cdnow, reference):
    coef = reference["cdnow_clvtools_970930"]["cdnow_clvtools_970930"]["pnbd"]["coef"]
    known = reference["cdnow_clvtools_970930"]["cdnow_clvtools_970930_pred_p"]
    model, p = ParetoNbd(**coef), cdnow.patterns
    x, t_x, T, n = (p[c].to_numpy(dtype=float) for c in ("x", "t_x", "T", "count"))
    alive = model.probability_alive(x, t_x, T)
    assert alive @ n == pytest.approx(known["sums"]["PAlive"], rel=1e-9)
    assert model.expected_purchases(39, x, t_x, T) @ n == pytest.approx(known["sums"]["CET"], rel=1e-9)
    assert (alive * model.lifetime_if_alive(known["cd"], x, T)) @ n == pytest.approx(known["sums"]["DERT"], rel=1e-9)
    pred = reference["cdnow_btyd"]["pred"]
    other = ParetoNbd.of(reference["cdnow_btyd"]["est"]["pnbd"]["par"])
    assert float(other.expected_purchases(52, 26, 30.86, 31)) == pytest.approx(pred["pnbd_cet"], rel=1e-9)
    assert float(other.probability_alive(26, 30.86, 31)) == pytest.approx(pred["pnbd_palive"], rel=1e-9)
    assert float(other.probability_alive(0, 0, 39)) == pytest.approx(pred["pnbd_palive0"], rel=1e-2)
    assert float(other.new_customer_purchases(52)) == pytest.approx(pred["pnbd_exp52"], rel=1e-9)


@pytest.mark.parametrize("theta", [(0.5, 9.0, 0.4, 8.0), (0.5, 8.0, 0.4, 9.0), (2.0, 5.0, 3.0, 5.0)])
def test_reach_against_its_integral(theta):
    r, alpha, s, beta = theta
    for x, tau in ((0.0, 0.0), (3.0, 7.0), (40.0, 30.0)):
        value = quad(
            lambda u: s * ((alpha + tau) / (alpha + u)) ** (r + x) * ((beta + tau) / (beta + u)) ** s / (beta + u),  # noqa: B023
            tau,
            np.inf,
            epsabs=1e-13,
            limit=500,
        )[0]
        assert reach(np.array(theta), np.array([x]), np.array([tau]))[0] == pytest.approx(value, rel=1e-7)
        log_value, slopes = reach_slopes(np.array(theta), np.array([x]), np.array([tau]))
        assert np.exp(log_value[0]) == pytest.approx(value, rel=1e-7)
        for i in range(4):
            if alpha == beta and i in (1, 3):
                continue  # the two forms meet here
            step = np.eye(4)[i] * 1e-6
            up, down = (np.log(reach(np.array(theta) + e, np.array([x]), np.array([tau]))[0]) for e in (step, -step))
            assert slopes[i][0] == pytest.approx((up - down) / 2e-6, rel=1e-5, abs=1e-8)


positive = st.floats(1e-2, 1e3)


@given(
    positive, positive, positive, positive, st.integers(0, 300), st.floats(0.001, 1), st.floats(0.01, 2000), positive
)
@settings(max_examples=60)
def test_never_nan_infinite_or_negative(r, alpha, s, beta, x, part, T, horizon):
    model = ParetoNbd(r=r, alpha=alpha, s=s, beta=beta)
    t_x = T * part if x else 0.0
    alive = float(model.probability_alive(x, t_x, T))
    bought = float(model.expected_purchases(horizon, x, t_x, T))
    assert 0 <= alive <= 1 + 1e-12
    assert 0 <= bought <= alive * horizon * (r + x) / (alpha + T) * (1 + 1e-9)
    assert np.isfinite(model.log_likelihood(x, t_x, T))


def test_lifetime_is_the_limit_of_discounted_purchases():
    from workbench.clv.models.horizon import discounted_if_alive
    from workbench.clv.models.model import PurchaseModel

    model = ParetoNbd(r=0.55, alpha=10.6, s=0.6, beta=11.7)
    exact = float(model.lifetime_if_alive(0.05, 2, 30.0))
    assert float(discounted_if_alive(model, 400.0, 0.05, 2, 30.0)[1]) == pytest.approx(exact, rel=5e-2)
    assert float(PurchaseModel.lifetime_if_alive(model, 0.05, 2, 30.0)) == pytest.approx(exact, rel=1e-5)


def test_exponential_integral():
    for order, y in ((0.6, 0.1), (2.5, 3.0), (1.0, 40.0)):
        value = quad(lambda t: np.exp(-y * t) * (1 + t) ** -order, 0, np.inf, epsabs=1e-13)[0]  # noqa: B023
        assert scaled_exponential_integral(np.array([order]), np.array([y]))[0] == pytest.approx(value, rel=1e-8)
