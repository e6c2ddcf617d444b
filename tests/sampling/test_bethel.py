import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from workbench.core.errors import InputError
from workbench.sampling import allocate, allocate_for_targets

STRATA = pd.DataFrame(
    {
        "stratum": list("abcdef"),
        "region": list("nnnsss"),
        "population": [9000, 4000, 1200, 6000, 2500, 300],
        "mean_spend": [10.0, 40, 200, 12, 35, 400],
        "std_dev_spend": [8.0, 25, 150, 9, 30, 300],
        "mean_happy": [0.6, 0.5, 0.4, 0.7, 0.55, 0.3],
        "std_dev_happy": [0.49, 0.5, 0.49, 0.46, 0.5, 0.46],
        "cost": [1.0, 1, 2, 1, 1.5, 3],
    }
)
TARGETS = {"spend": 0.03, "happy": 0.04}


def _lists(strata, targets, domain_targets):
    N = strata["population"].to_numpy(dtype=float)
    rows = []
    for names, inside in [
        (targets, np.ones(len(N))),
        *[(domain_targets, (strata["region"] == r).to_numpy() * 1.0) for r in "ns"],
    ]:
        for v, cv in names.items():
            S = strata[f"std_dev_{v}"].to_numpy() * inside
            rows.append((N**2 * S**2, (N * S**2).sum(), (cv * (inside * N * strata[f"mean_{v}"]).sum()) ** 2))
    return N, rows


@pytest.mark.parametrize("domain_targets", [{}, {"spend": 0.05}, {"spend": 0.04, "happy": 0.03}])
def test_the_continuous_optimum_is_reached_and_every_target_met(domain_targets):
    found = allocate_for_targets(STRATA, TARGETS, domain="region", domain_targets=domain_targets)
    N, rows = _lists(STRATA, TARGETS, domain_targets)
    cost = STRATA["cost"].to_numpy()
    # convex in 1/n: scipy's answer bounds the cost from below
    scale = 1000.0
    constraints = [
        {
            "type": "ineq",
            "fun": lambda y, a=a, b=v + f: 1 - (a / b) @ y / scale,
            "jac": lambda y, a=a, b=v + f: -a / b / scale,
        }
        for a, f, v in rows
    ]
    best = minimize(
        lambda y: (cost / y).sum(),
        2 * scale / N,
        jac=lambda y: -cost / y**2,
        constraints=constraints,
        bounds=[(scale / m, scale / 2) for m in N],
        method="SLSQP",
        options={"maxiter": 2000, "ftol": 1e-14},
    )
    x = 1 / found.table["n"].to_numpy()
    assert all(a @ x <= (v + f) * (1 + 1e-8) for a, f, v in rows)
    assert found.precision["expected_cv"].to_numpy() == pytest.approx(
        [np.sqrt(max(a @ x - f, 0) / v) * cv for (a, f, v), cv in zip(rows, found.precision["target_cv"], strict=True)]
    )
    assert best.success
    assert best.fun * scale * (1 - 1e-3) <= found.cost <= best.fun * scale + cost.sum()


def test_one_target_is_neymans_allocation():
    strata = STRATA.drop(columns="cost")
    found = allocate_for_targets(strata, {"spend": 0.02})
    single = strata.rename(columns={"mean_spend": "mean", "std_dev_spend": "std_dev"})
    neyman = allocate(single, method="neyman", target_cv=0.02)
    assert abs(found.n - neyman.n) <= 2
    assert (np.abs(found.table["n"] - neyman.table["n"]) <= 2).all()


def test_response_rates_raise_the_sizes():
    assert (
        allocate_for_targets(STRATA.assign(response_rate=0.5), {"happy": 0.05}).n
        > allocate_for_targets(STRATA, {"happy": 0.05}).n
    )


@pytest.mark.parametrize(
    ("change", "arguments", "words"),
    [
        ({}, {"targets": {"spend": 0.0}}, "positive"),
        ({"maximum": 5}, {"targets": {"spend": 0.001}}, "within the bounds"),
        ({"population": 0}, {"targets": TARGETS}, "positive"),
        ({}, {"targets": {}}, "There is a target"),
        ({}, {"targets": {"spent": 0.1}}, "did you mean"),
        ({}, {"targets": {}, "domain_targets": {"spend": 0.1}}, "domain"),
    ],
)
def test_what_cannot_be_met_is_said(change, arguments, words):
    with pytest.raises(InputError) as error:
        allocate_for_targets(STRATA.assign(**change), **arguments)
    assert words in str(error.value)


def test_it_reads_in_both_languages():
    found = allocate_for_targets(STRATA, TARGETS)
    assert found.to_html("zh-CN") != found.to_html("en")
    assert found.table["n"].between(2, STRATA["population"]).all()
