import numpy as np
import pandas as pd
import pytest

from workbench.clv import BgNbd, fit_bg_nbd, fit_mbg_nbd
from workbench.core import InputError


def test_a_thinned_start_ends_at_the_same_place(simulate, monkeypatch):
    data = simulate(4000, seed=9, r=0.7, alpha=9.0, a=0.8, b=3.0, T=70)
    whole = fit_bg_nbd(data)
    monkeypatch.setattr("workbench.clv.models.beta_geometric_fit._THINNED", 300)
    thinned = fit_bg_nbd(data)
    for name, value in whole.parameters.items():
        assert thinned.parameters[name] == pytest.approx(value, rel=1e-6)


def test_start_can_be_given_and_does_not_matter(simulate):
    data = simulate(2000, seed=2, r=0.7, alpha=9.0, a=0.8, b=3.0, T=70)
    far = fit_bg_nbd(data, start=BgNbd(r=9, alpha=1, a=5, b=0.5))
    assert far.log_likelihood == pytest.approx(fit_bg_nbd(data).log_likelihood, abs=1e-8)


def test_equal_chance_to_leave_and_equal_rates_are_said():
    rng = np.random.default_rng(3)
    gaps = rng.exponential(5.0, (4000, 40)).cumsum(axis=1)
    leaves = rng.geometric(0.2, 4000)
    x = np.minimum((gaps <= 60).sum(axis=1), leaves)
    last = np.where(x > 0, gaps[np.arange(4000), np.maximum(x, 1) - 1], 0)
    fit = fit_bg_nbd(pd.DataFrame({"x": x, "t_x": last, "T": 60.0}))
    said = " ".join(str(v) for v in fit.verdicts)
    assert fit.converged
    p = fit.parameters["a"] / (fit.parameters["a"] + fit.parameters["b"])
    assert p == pytest.approx(0.2, abs=0.01)
    assert "run to infinity" in said or fit.parameters["a"] > 20


def test_nobody_bought_twice():
    with pytest.raises(InputError, match="second time"):
        fit_mbg_nbd(pd.DataFrame({"x": [0, 0], "t_x": [0.0, 0.0], "T": [5.0, 9.0]}))
