import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import (
    Frame,
    SimpleRandom,
    Stratified,
    draw,
    expected_precision,
    overlap,
    sample_size,
    size_by_domain,
)

STRATA = pd.DataFrame(
    {"stratum": ["a", "b", "c"], "region": ["n", "n", "s"], "population": [600, 300, 100], "n": [60, 30, 40]}
)


def test_it_is_the_textbook_variance():
    table = expected_precision(STRATA, domain="region", spread=2.0).table.set_index("domain")
    share = np.array([0.6, 0.3, 0.1])
    variance = (share**2 * 4 * (1 / np.array([60, 30, 40]) - 1 / np.array([600, 300, 100]))).sum()
    assert table.loc["all", "margin"] == pytest.approx(1.959964 * np.sqrt(variance), rel=1e-6)
    assert table.loc["n", "deff"] == pytest.approx(1)
    assert table.loc["all", "deff"] > 1
    assert table.loc["s", "completes"] == 40


def test_simulated_margins_cover():
    rng = np.random.default_rng(6)
    frame = pd.DataFrame({"stratum": np.repeat(["a", "b", "c"], [600, 300, 100]), "y": rng.normal(0, 2, 1000)})
    deviation = frame.groupby("stratum")["y"].std().to_numpy()
    table = expected_precision(STRATA.assign(std_dev=deviation)).table
    groups = [g.to_numpy() for _, g in frame.groupby("stratum")["y"]]
    means = [
        sum(
            w * rng.choice(g, n, replace=False).mean()
            for w, g, n in zip([0.6, 0.3, 0.1], groups, [60, 30, 40], strict=True)
        )
        for _ in range(2000)
    ]
    assert np.mean(np.abs(np.array(means) - frame["y"].mean()) <= table["margin"][0]) == pytest.approx(0.95, abs=0.02)


def test_empty_strata_have_no_margin():
    table = expected_precision(STRATA.assign(n=[60, 30, 0]), domain="region").table
    assert table["margin"].isna().tolist() == [True, False, True]
    assert expected_precision(STRATA).plot("zh-CN").axes
    with pytest.raises(InputError):
        expected_precision(STRATA, domain="nope")


def test_sizes_by_domain():
    domains = pd.DataFrame({"domain": ["n", "s"], "population": [90_000, 800], "response_rate": [0.5, 0.8]})
    table = size_by_domain(domains, {"n": 3, "s": 8}, target="nps")
    assert table["completes"].tolist() == [
        sample_size(3, target="nps", population=90_000).completes,
        sample_size(8, target="nps", population=800).completes,
    ]
    assert (table["invitations"] >= table["completes"]).all()
    with pytest.raises(InputError, match="has a margin"):
        size_by_domain(domains, {"n": 3}, target="nps")


def test_overlap_counts():
    customers = pd.DataFrame({"customer_id": [f"C{i}" for i in range(60)], "region": ["n", "s"] * 30})
    frame = Frame(customers, stratum="region")
    first = draw(frame, Stratified({"n": 5, "s": 5}), salt="s")
    second = draw(frame, Stratified({"n": 10, "s": 10}), salt="s")
    other = draw(customers, SimpleRandom(60), salt="t")
    table = overlap(second, {"q1": first, "q2": other.table}).table
    assert table["shared"].tolist() == [10, 20]
    assert table["shared_share"].tolist() == [0.5, 1.0]
