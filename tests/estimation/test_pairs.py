import numpy as np
import pandas as pd
import pytest

from workbench.estimation import Design, compare_groups
from workbench.estimation.domains import read_domains
from workbench.estimation.pairs import compare_two, every_pair
from workbench.estimation.ratios import fit_ratio
from workbench.estimation.sample import read_sample


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(9)
    n = 300
    return pd.DataFrame(
        {
            "h": rng.choice(["a", "b"], n),
            "w": rng.uniform(1, 4, n),
            "y": np.where(rng.random(n) < 0.1, np.nan, rng.gamma(1, 2, n)),
            "g": pd.Series(rng.choice(["p", "q", "–"], n)).replace("–", None),
        }
    )


def test_two_groups_of_a_sample_that_was_read_compare_as_by_themselves(rows):
    design = Design(weight="w", stratum="h")
    want = compare_groups(rows, "y", design, by="g", adjust=None)
    first, second = ((rows["g"] == g).to_numpy() for g in ("p", "q"))
    got = compare_two(read_sample(rows, design), rows["y"].to_numpy(), first, second, confidence=0.95, minimum_base=30)
    assert [got["first"], got["second"]] == want.table["estimate"].tolist()
    for name in ("estimate", "std_error", "ci_low", "ci_high", "p_value"):
        assert got[name] == want.pairs[name].item()


def test_every_pair_stands_once(rows):
    sample, domains = read_sample(rows, Design()), read_domains(rows.assign(g=rows["g"].fillna("r")), "g")
    seen = rows["y"].notna().to_numpy()[:, None]
    fit = fit_ratio(sample, domains, rows[["y"]].fillna(0).to_numpy(), seen.astype(float), seen, ["y"])
    pairs = every_pair(sample, domains, fit, domains.labels, 30, share=False)
    assert list(zip(pairs["group"], pairs["other"], strict=True)) == [("p", "q"), ("p", "r"), ("q", "r")]
    np.testing.assert_allclose(
        pairs["estimate"], [fit.estimate[a, 0] - fit.estimate[b, 0] for a, b in ((0, 1), (0, 2), (1, 2))]
    )
