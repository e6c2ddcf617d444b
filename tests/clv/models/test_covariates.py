import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from workbench.clv import BgNbd, ParetoNbd, fit_bg_nbd, fit_covariates, histories_with
from workbench.core import InputError, use_language


@pytest.fixture(scope="module")
def two_kinds(simulate):
    plain = simulate(4000, seed=1, r=0.6, alpha=8.0, a=0.5, b=3.0, T=52.0).assign(app=0, region="north")
    busy = simulate(4000, seed=2, r=0.6, alpha=8.0 / 1.8, a=0.5 * 1.6, b=3.0, T=52.0).assign(app=1, region="south")
    return pd.concat([plain, busy], ignore_index=True)


def test_recovers_the_effects(two_kinds):
    found = fit_covariates("bg_nbd", two_kinds, rate=["app"], leaving=["app"])
    assert found.converged
    ratio = found.table["ratio"].tolist()
    assert found.table["ci_low"][0] < 1.8 < found.table["ci_high"][0]
    assert found.table["ci_low"][1] < 1.6 < found.table["ci_high"][1]
    assert ratio[0] == pytest.approx(1.8, rel=0.15)
    assert found.p_value < 1e-6
    assert found.log_likelihood > fit_bg_nbd(two_kinds).log_likelihood


@pytest.mark.parametrize("kind", ["bg_nbd", "pareto_nbd"])
def test_the_maximum_against_another_search(two_kinds, kind):
    some = two_kinds.iloc[::16]
    found = fit_covariates(kind, some, rate=["app"], leaving=["app"])
    model = {"bg_nbd": BgNbd, "pareto_nbd": ParetoNbd}[kind]

    def lack(v):
        total = 0.0
        for z in (0, 1):
            logs = v[:4].copy()
            logs[1] -= v[4] * z
            logs[2 if kind == "bg_nbd" else 3] += v[5] * z * (1 if kind == "bg_nbd" else -1)
            own = some[some["app"] == z]
            total -= model.of(np.exp(logs)).log_likelihood(own["x"], own["t_x"], own["T"]).sum()
        return total

    at = np.concatenate([np.log(found.base.theta), list(found.coefficients.values())])
    assert -lack(at) == pytest.approx(found.log_likelihood, rel=1e-10)
    near = minimize(lack, at + 0.05, method="BFGS")
    assert found.log_likelihood >= -near.fun - 1e-5


def test_text_becomes_characteristics_and_the_model_of_each(two_kinds):
    numbers = fit_covariates("bg_nbd", two_kinds, rate=["app"])
    words = fit_covariates("bg_nbd", two_kinds, rate=["region"])
    assert words.table["covariate"].tolist() == ["region=south"]
    assert words.log_likelihood == pytest.approx(numbers.log_likelihood)
    assert numbers.model_for() == numbers.base
    assert numbers.model_for(app=1).alpha == pytest.approx(numbers.base.alpha / numbers.table["ratio"][0])
    with pytest.raises(InputError, match="fitted with"):
        numbers.model_for(ap=1)


def test_an_effect_of_nothing_is_rarely_found(simulate):
    found = 0
    for seed in range(20):
        data = simulate(800, seed=seed, r=0.6, alpha=8.0, a=0.5, b=3.0, T=52.0)
        data["luck"] = np.resize([0, 1], len(data))
        found += fit_covariates("bg_nbd", data, rate=["luck"]).p_value < 0.05
    assert found <= 4


def test_histories_keep_everybody(cdnow):
    people = cdnow.table[["customer_id"]].assign(kind=np.resize(["a", "b"], cdnow.customers))
    rows = histories_with(cdnow, people, ["kind"])
    assert rows["count"].sum() == cdnow.customers
    found = fit_covariates("bg_nbd", rows, rate=["kind"])
    with use_language("zh-CN"):
        assert "特征" in found._repr_html_()


@pytest.mark.parametrize(
    ("kind", "options", "rule"),
    [
        ("nbd", {"rate": ["app"]}, "bg_nbd, pareto_nbd"),
        ("bg_nbd", {}, "for the rate or for leaving"),
        ("bg_nbd", {"rate": ["ap"]}, "'ap' is needed"),
        ("bg_nbd", {"rate": ["gap"]}, "Every customer has"),
        ("bg_nbd", {"rate": ["number"]}, "combinations"),
    ],
)
def test_refuses(two_kinds, kind, options, rule):
    data = two_kinds.assign(gap=[None, *[1.0] * (len(two_kinds) - 1)], number=np.arange(len(two_kinds)))
    with pytest.raises(InputError, match=rule):
        fit_covariates(kind, data, **options)
