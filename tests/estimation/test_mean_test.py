from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.estimation import Design, compare_groups, estimate_change
from workbench.estimation.domains import read_domains
from workbench.estimation.mean_test import SKEWED, MeanSide, mean_sides, means_alike
from workbench.estimation.ratios import fit_ratio
from workbench.estimation.sample import read_sample


def two_groups(first, second, draw, seed=1):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"y": draw(rng, first + second), "g": [0] * first + [1] * second})


def compared(data):
    return compare_groups(data, "y", Design(), by="g", adjust=None, minimum_base=1).pairs.iloc[0]


def test_where_nothing_is_skewed_it_is_students_t_of_the_thinner_group():
    data = two_groups(25, 300, lambda rng, n: rng.normal(size=n))
    pair = compared(data)
    a, b = (data.loc[data["g"] == g, "y"] for g in (0, 1))
    plain = 2 * stats.t.sf(abs(pair["estimate"]) / pair["std_error"], 24)
    assert pair["p_value"] == pytest.approx(plain, rel=1e-12)
    # the whole sample's n / (n - 1), as linearisation has it
    within = (a.var() * 24 / 25**2 + b.var() * 299 / 300**2) * 325 / 324
    assert pair["std_error"] ** 2 == pytest.approx(within, rel=1e-12)


def test_groups_of_one_size_are_students_t_however_skewed():
    pair = compared(two_groups(40, 40, lambda rng, n: rng.lognormal(0, 1.5, n)))
    assert pair["p_value"] == pytest.approx(2 * stats.t.sf(abs(pair["estimate"]) / pair["std_error"], 39), rel=1e-12)


def few_and_many(seed=3):
    """A small group without the rare large amounts that the others have."""
    data = two_groups(30, 400, lambda rng, n: rng.lognormal(0, 1, n), seed)
    small = data["g"] == 0
    return data.assign(y=data["y"].where(~small, data["y"].clip(upper=1.5)))


def test_a_small_group_without_large_amounts_is_no_surer_than_all_answers_together():
    data = few_and_many()
    pair = compared(data)
    a, b = (data.loc[data["g"] == g, "y"] for g in (0, 1))
    pooled = (30 * a.var() + 400 * b.var()) / 430
    effect = pair["std_error"] ** 2 / ((a.var() * 29 / 30**2 + b.var() * 399 / 400**2) * 430 / 429)
    error = (pooled * effect * (1 / 30 + 1 / 400)) ** 0.5
    assert error > 2 * pair["std_error"]
    assert pair["p_value"] == pytest.approx(2 * stats.t.sf(abs(pair["estimate"]) / error, 29), rel=1e-9)
    reach = stats.t.ppf(0.975, 29) * error
    assert pair["ci_low"] == pytest.approx(pair["estimate"] - reach, rel=1e-9)
    none = compare_groups(data, "y", Design(), by="g", minimum_base=31).pairs.iloc[0]
    assert none["verdict"] == "base too small" and none["p_value"] < pair["p_value"] / 50


def test_a_change_is_tested_in_the_same_way():
    data = few_and_many()
    waves = [data[data["g"] == g] for g in (0, 1)]
    row = estimate_change(*waves, "y", Design(), id=None, minimum_base=1).table.iloc[0]
    assert row["p_value"] == pytest.approx(compared(data)["p_value"], rel=0.25)
    by = estimate_change(*(w.assign(h="x") for w in waves), "y", Design(), id=None, by="h", minimum_base=1).table
    assert by["p_value"].item() == pytest.approx(row["p_value"], rel=1e-9), "one rule, whatever the groups"


def test_a_mirrored_scale_gives_the_same():
    data = few_and_many()
    mirrored = data.assign(y=-data["y"])
    assert compared(mirrored)["p_value"] == pytest.approx(compared(data)["p_value"])


@pytest.mark.parametrize(
    ("draw", "sizes"),
    [
        (lambda rng, n: rng.lognormal(0, 1, n), (20, 400)),
        (lambda rng, n: rng.lognormal(0, 1, n), (50, 400)),
        (lambda rng, n: rng.lognormal(0, 1, n), (100, 400)),
        (lambda rng, n: rng.exponential(1, n), (50, 400)),
        (lambda rng, n: rng.choice([100.0, 0.0, -100.0], n, p=[0.85, 0.1, 0.05]), (40, 400)),
        (lambda rng, n: rng.normal(0, 1, n), (20, 400)),
    ],
)
def test_false_alarms_stay_below_six_in_a_hundred(draw, sizes):
    rng, samples = np.random.default_rng(11), 3000
    sides, variances = [], []
    for n in sizes:
        y = np.array([draw(rng, n) for _ in range(samples)])
        off = y - y.mean(axis=1, keepdims=True)
        second = (off**2).sum(axis=1) / (n - 1)
        base = np.full(samples, float(n))
        sides.append(MeanSide(y.mean(axis=1), base, base, second / n, second, (off**3).mean(axis=1)))
        variances.append(second / n)
    df = np.full(samples, min(sizes) - 1.0)
    p = means_alike(sides[0], sides[1], sum(variances), df, np.ones(samples, dtype=bool))[1]
    # three Monte Carlo errors above five
    assert (p < 0.05).mean() < 0.062


def test_sides_hold_what_the_groups_bring():
    data = two_groups(30, 50, lambda rng, n: rng.exponential(1, n)).assign(w=lambda d: 1 + d["g"])
    data.loc[0, "y"] = np.nan
    sample, domains = read_sample(data, Design(weight="w")), read_domains(data, "g")
    seen = data[["y"]].notna().to_numpy()
    fit = fit_ratio(sample, domains, data[["y"]].fillna(0).to_numpy(), seen.astype(float), seen, ["y"])
    side = mean_sides(sample, domains, fit)
    groups = data.dropna().groupby("g")["y"]
    np.testing.assert_allclose(side.second, groups.var())
    np.testing.assert_allclose(side.third, groups.apply(lambda y: ((y - y.mean()) ** 3).mean()))
    assert side.effective.tolist() == [29, 50] and side.take(np.array([1])).mean == groups.mean()[1]
    assert 0 < SKEWED < 1


def test_without_answers_or_freedom_there_is_no_test():
    side = MeanSide(*(np.array([v, np.nan]) for v in (1.0, 10.0, 10.0, 0.1, 1.0, 0.0)))
    error, p = means_alike(side, side, np.array([0.2, np.nan]), np.array([0.5, 9.0]), np.array([True, True]))
    assert np.isnan(error).all() and np.isnan(p).all()
