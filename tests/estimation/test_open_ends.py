from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.core.language import LANGUAGES
from workbench.estimation import Design, estimate_quantile
from workbench.estimation.open_ends import beyond_reach, exact_ranks, is_simple, open_word
from workbench.estimation.sample import read_sample


def test_ranks_are_those_of_the_closed_form(reference):
    found = {n: r for n, r in reference("quantile_exact_coverage").results.items() if n.startswith("exact_")}
    assert len(found) == 9
    for row in found.values():
        lower, upper = exact_ranks(row["n"], row["p"], 0.95)
        assert (lower or None, upper if upper <= row["n"] else None) == (row["lower_rank"], row["upper_rank"])
        assert (lower < 1, upper > row["n"]) == (row["open_below"], row["open_above"])
        n = row["smallest_n_with_closed_upper_end"]
        assert exact_ranks(n, row["p"], 0.95)[1] == n and exact_ranks(n - 1, row["p"], 0.95)[1] == n


def test_intervals_of_single_answers_are_never_narrower_than_their_ranks(reference):
    for row in reference("quantile_exact_coverage").results.values():
        if "tail_below" not in row:
            continue
        data = pd.DataFrame({"y": np.arange(1.0, row["n"] + 1)}).sample(frac=1, random_state=1)
        for interval in ("mean", "beta", "xlogit", "asin"):
            table = estimate_quantile(data, "y", Design(), probabilities=row["p"], interval=interval).table
            low, high = table["ci_low"].item(), table["ci_high"].item()
            assert np.isnan(high) == row["open_above"] and np.isnan(low) == row["open_below"]
            assert table["open"].item() == ("above" if row["open_above"] else "")
            assert np.isnan(table["std_error"].item()) == row["open_above"]
            assert low <= row["lower_rank"] and not high < (row["upper_rank"] or 0)


def test_of_ten_answers_none_is_the_upper_limit_of_the_ninth_decile_and_that_is_said():
    data = pd.DataFrame({"y": np.arange(10.0), "g": ["a"] * 5 + ["b"] * 5})
    found = estimate_quantile(data, "y", Design(), probabilities=[0.5, 0.9])
    assert found.table["open"].tolist() == ["", "above"]
    assert "1 quantile has no limit on a side" in found.notes[0].message.text("en")
    assert {found.shown_table(x)["open"].iloc[1] for x in LANGUAGES} == {"no upper limit", "没有上限"}
    told = [t.get_text() for t in found.plot("en").axes[0].texts]
    assert any("→" in t for t in told)
    closed = estimate_quantile(data, "y", Design(), probabilities=0.5)
    assert "open" not in closed.shown_table("en") and not closed.notes
    five = estimate_quantile(data, "y", Design(), probabilities=0.5, by="g").table
    assert five["open"].tolist() == ["both", "both"]
    assert (
        estimate_quantile(data.head(1), "y", Design(lonely_psu="certainty"), probabilities=0.5)
        .table["ci_low"]
        .isna()
        .all()
    )


@pytest.mark.parametrize(("n", "p"), [(12, 0.5), (20, 0.9), (50, 0.95), (80, 0.95)])
def test_intervals_cover_at_least_what_they_claim(n, p):
    rng = np.random.default_rng(n)
    truth, hit = stats.lognorm.ppf(p, 1.0), 0
    for _ in range(300):
        table = estimate_quantile(pd.DataFrame({"y": rng.lognormal(size=n)}), "y", Design(), probabilities=p).table
        low, high = table["ci_low"].item(), table["ci_high"].item()
        hit += (np.isnan(low) or low <= truth) and (np.isnan(high) or truth <= high)
    # three standard errors below 95 %
    assert hit / 300 > 0.95 - 3 * np.sqrt(0.95 * 0.05 / 300)


def test_weights_and_clusters_shorten_what_a_sample_can_show():
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"y": rng.normal(size=60), "w": rng.uniform(1, 9, 60), "psu": np.arange(60) // 6})
    kinds = [
        estimate_quantile(data, "y", d, probabilities=0.95, interval="beta").table["open"].item()
        for d in (Design(weight="w"), Design(weight="w", psu="psu"))
    ]
    assert kinds == ["above", "above"]
    assert not is_simple(read_sample(data, Design(weight="w")), np.arange(60))
    assert is_simple(read_sample(data, Design()), np.arange(60))
    assert not is_simple(read_sample(data.assign(N=60), Design(population="N")), np.arange(60))


def test_words():
    assert [open_word(*x) for x in ((True, False), (False, True), (True, True))] == ["below", "above", "both"]
    below, above = beyond_reach(np.array([0.01, 0.5]), np.array([np.nan, 5.0]), 0.95)
    assert below.tolist() == [True, True] and above.tolist() == [True, True]
