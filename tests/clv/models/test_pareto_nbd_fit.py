import numpy as np
import pandas as pd
import pytest

from workbench.clv import ParetoNbd, fit_pareto_nbd
from workbench.clv.models.pareto_nbd_curvature import Places
from workbench.clv.models.pareto_nbd_fit import gradient
from workbench.clv.purchases.patterns import as_patterns
from workbench.core import InputError

TRUE = {"r": 0.8, "alpha": 9.0, "s": 0.7, "beta": 30.0}


def simulated(n, seed, T=80.0):
    rng = np.random.default_rng(seed)
    rate = rng.gamma(TRUE["r"], 1 / TRUE["alpha"], n)
    end = np.minimum(rng.exponential(1 / rng.gamma(TRUE["s"], 1 / TRUE["beta"], n)), T)
    x = rng.poisson(rate * end)
    last = end * rng.random(n) ** (1 / np.maximum(x, 1))
    return pd.DataFrame({"x": x, "t_x": np.where(x > 0, last, 0), "T": T})


def test_cdnow_to_the_last_digit(cdnow, reference):
    known = reference["cdnow_sample_exact_weeks"]["computed"]
    fit, count = fit_pareto_nbd(cdnow), cdnow.patterns["count"].to_numpy(dtype=float)
    assert fit.converged
    assert fit.log_likelihood >= known["pnbd"]["ll"] - 1e-9
    for name, value in known["pnbd"]["params"].items():
        assert fit.parameters[name] == pytest.approx(value, rel=1e-5)
        assert fit.std_errors[name] == pytest.approx(known["pnbd"]["se"][name], rel=1e-3)
    assert fit.probability_alive() @ count == pytest.approx(known["predictions"]["pnbd"]["palive_sum"], rel=1e-6)
    rate = np.expm1(known["predictions"]["pnbd"]["dert"]["delta"] * 365.25 / 7)
    lifetime = fit.expected_lifetime_purchases(rate) @ count
    assert lifetime == pytest.approx(known["predictions"]["pnbd"]["dert"]["sum"], rel=1e-6)


@pytest.mark.parametrize("theta", [(0.5, 9.0, 0.4, 8.0), (0.5, 8.0, 0.4, 9.0), (3.0, 1.0, 0.05, 100.0)])
def test_gradient(theta):
    p = as_patterns(simulated(300, 1).round(1).query("x == 0 or t_x > 0"))
    at, places = np.array(theta), Places.of(p)
    value, slope = gradient(at, p, places)
    assert value == pytest.approx(float(ParetoNbd.of(at).log_likelihood(p.x, p.t_x, p.T) @ p.count), rel=1e-12)
    for i in range(4):
        step = np.eye(4)[i] * at[i] * 1e-5
        up, down = gradient(at + step, p, places)[0], gradient(at - step, p, places)[0]
        assert slope[i] == pytest.approx((up - down) / (2 * step[i]), rel=1e-5, abs=1e-6)


def test_intervals_cover_the_truth():
    runs, inside = 25, dict.fromkeys(TRUE, 0)
    for seed in range(runs):
        table = fit_pareto_nbd(simulated(600, seed)).table.set_index("parameter")
        for name, value in TRUE.items():
            inside[name] += table["ci_low"][name] <= value <= table["ci_high"][name]
    # binomial(25, 0.95): fewer than 20 has a chance under 0.002
    assert min(inside.values()) >= 20, inside


def test_a_thinned_start_ends_at_the_same_place(monkeypatch):
    data = simulated(3000, 3)
    whole = fit_pareto_nbd(data)
    monkeypatch.setattr("workbench.clv.models.pareto_nbd_fit._THINNED", 400)
    thinned = fit_pareto_nbd(data)
    assert thinned.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-7)
    for name in TRUE:
        assert thinned.parameters[name] == pytest.approx(whole.parameters[name], rel=1e-5)
        assert thinned.std_errors[name] == pytest.approx(whole.std_errors[name], rel=1e-3)


def test_nobody_bought_twice():
    with pytest.raises(InputError, match="second time"):
        fit_pareto_nbd(pd.DataFrame({"x": [0], "t_x": [0.0], "T": [9.0]}))
