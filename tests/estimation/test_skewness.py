import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from workbench.estimation import Design, estimate_mean, estimate_proportion
from workbench.estimation.domains import read_domains
from workbench.estimation.sample import read_sample
from workbench.estimation.skewness import skewness_of_totals


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_simple_random_sample_is_g1_over_root_n(seed):
    y = np.random.default_rng(seed).lognormal(0, 1, 80)
    got = skewness_of_totals(read_sample(pd.DataFrame({"y": y}), Design()), y[:, None])
    assert got.item() == pytest.approx(stats.skew(y) / np.sqrt(80), rel=1e-9)


def test_rows_as_clusters_and_groups_one_by_one():
    rng = np.random.default_rng(1)
    data = pd.DataFrame(
        {
            "y": rng.gamma(1, 1, 90),
            "g": rng.choice(["a", "b"], 90),
            "s": np.repeat([0, 1, 2], 30),
            "p": np.arange(90),
            "w": rng.uniform(1, 3, 90),
        }
    )
    domains = read_domains(data, "g")
    y = data[["y"]].to_numpy()
    rows = skewness_of_totals(read_sample(data, Design(weight="w", stratum="s")), y, domains.code, 2)
    units = skewness_of_totals(read_sample(data, Design(weight="w", stratum="s", psu="p")), y, domains.code, 2)
    np.testing.assert_allclose(rows, units)
    part = data[data["g"] == "b"]
    alone = skewness_of_totals(read_sample(part, Design(weight="w", stratum="s")), part[["y"]].to_numpy())
    assert rows[1].item() == pytest.approx(alone.item())


def test_symmetry_and_constants_have_none():
    data = pd.DataFrame({"y": [1.0, 2.0, 3.0], "c": 5.0})
    got = skewness_of_totals(read_sample(data, Design()), data[["y", "c"]].to_numpy())
    np.testing.assert_allclose(got, 0, atol=1e-12)


def test_large_samples_are_not_examined():
    y = np.zeros((200_001, 1))
    y[0] = 1e9
    assert skewness_of_totals(read_sample(pd.DataFrame({"y": y[:, 0]}), Design()), y).item() == 0


def test_the_reader_is_told():
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"amount": rng.lognormal(0, 1.5, 100), "score": rng.normal(0, 1, 100)})
    said = [n.message.text("en") for n in estimate_mean(data, "amount", Design()).notes]
    assert any("a few large values" in s for s in said)
    assert not estimate_mean(data, "score", Design()).notes
    rare = data.assign(hit=[1] * 6 + [0] * 94)
    for interval, expected in (("mean", True), ("logit", False)):
        notes = estimate_proportion(rare, "hit", Design(), interval=interval).notes
        assert any("a few large values" in n.message.text("en") for n in notes) == expected
