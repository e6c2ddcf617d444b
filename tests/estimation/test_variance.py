import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design, Replicates, estimate_mean, estimate_total, replicate_weights
from workbench.estimation.freedom import degrees_of_freedom
from workbench.estimation.sample import read_sample
from workbench.estimation.variance import covariance_of_totals, unit_totals


def sampled(seed=0, n=90):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"s": np.repeat([0, 1, 2], n // 3), "p": np.arange(n) // 5, "w": rng.uniform(1, 4, n), "N": 20})
    return data, rng.normal(0, 1, (n, 2)), rng.integers(-1, 3, n)


@pytest.mark.parametrize("psu", [None, "p"])
def test_domains_equal_scores_of_zero(psu):
    data, scores, domain = sampled()
    data["N"] = 60
    sample = read_sample(data, Design(weight="w", stratum="s", psu=psu, population="N"))
    fast = covariance_of_totals(sample, scores, domain, 3)
    wide = np.hstack([np.where((domain == d)[:, None], scores, 0.0) for d in range(3)])
    np.testing.assert_allclose(fast, covariance_of_totals(sample, wide), rtol=1e-10, atol=1e-10)


def test_one_domain_of_some_rows():
    data, scores, _ = sampled()
    sample = read_sample(data, Design(weight="w", stratum="s", psu="p", population="N"))
    domain = np.where(np.arange(90) % 2, 0, -1)
    expected = covariance_of_totals(sample, np.where((domain == 0)[:, None], scores, 0.0))
    np.testing.assert_allclose(covariance_of_totals(sample, scores, domain, 1), expected)


def test_closed_form_of_a_stratified_sample():
    data, scores, _ = sampled()
    sample = read_sample(data, Design(weight="w", stratum="s"))
    z = scores * data["w"].to_numpy()[:, None]
    expected = sum(30 * np.cov(z[data["s"] == s].T) for s in range(3))
    np.testing.assert_allclose(covariance_of_totals(sample, scores), expected)


def test_unit_totals_add_up():
    data, scores, domain = sampled()
    sample = read_sample(data, Design(weight="w", stratum="s", psu="p"))
    totals = unit_totals(sample, scores[:, :1], domain, 3)
    for d in range(3):
        assert totals[:, d].sum() == pytest.approx((scores[:, 0] * data["w"])[domain == d].sum())


def test_successive_differences_in_closed_form():
    """Wolter (2007), eq. 8.2.3: (1 - f) N²/n Σ (y_{i+1} - y_i)² / (2 (n - 1)) for a total."""
    rng = np.random.default_rng(8)
    y = np.arange(25.0) + rng.normal(0, 1, 25)
    data = pd.DataFrame({"y": y, "place": np.arange(25) * 4 + 3, "N": 100, "w": 4.0}).sample(frac=1, random_state=2)
    got = estimate_total(data, "y", Design(weight="w", population="N", order="place")).table["std_error"].item()
    expected = (1 - 0.25) * 100**2 / 25 * (np.diff(y) ** 2).sum() / (2 * 24)
    assert got == pytest.approx(np.sqrt(expected), rel=1e-12)
    random = estimate_total(data, "y", Design(weight="w", population="N")).table["std_error"].item()
    assert got < random / 3


def test_successive_differences_of_clusters_and_domains_match_their_definition():
    rng = np.random.default_rng(9)
    data = pd.DataFrame(
        {
            "s": np.repeat([0, 1], 30),
            "p": np.repeat(np.arange(20), 3),
            "y": rng.normal(0, 1, 60),
            "g": rng.choice(["a", "b"], 60),
            "w": 2.0,
        }
    )
    data["place"] = rng.permutation(20)[data["p"]]
    design = Design(weight="w", stratum="s", psu="p", order="place")
    got = estimate_total(data, "y", design, by="g")
    expected = np.zeros((2, 2))
    for _, stratum in data.groupby("s"):
        value = stratum.assign(z=stratum["y"] * 2).pivot_table(
            index=["place", "p"], columns="g", values="z", aggfunc="sum", fill_value=0
        )
        step = np.diff(value.to_numpy(), axis=0)
        expected += 10 / (2 * 9) * step.T @ step
    np.testing.assert_allclose(got.covariance, expected, rtol=1e-10, atol=1e-12)


def test_systematic_samples_of_a_sorted_list_by_simulation():
    """On a list with a trend, successive differences come near the truth; the random formula is far too large."""
    rng = np.random.default_rng(10)
    y = np.sort(rng.gamma(2, 10, 2000)) + rng.normal(0, 5, 2000)
    means, neighbours, random = [], [], []
    for start in range(20):
        sample = pd.DataFrame({"y": y[start::20], "place": np.arange(start, 2000, 20), "N": 2000, "w": 20.0})
        row = estimate_mean(sample, "y", Design(weight="w", population="N", order="place")).table.iloc[0]
        means.append(row["estimate"])
        neighbours.append(row["std_error"])
        random.append(estimate_mean(sample, "y", Design(weight="w", population="N")).table["std_error"].item())
    truth = np.std(means)
    assert np.sqrt(np.mean(np.square(neighbours))) == pytest.approx(truth, rel=0.3)
    assert np.sqrt(np.mean(np.square(random))) > 2 * truth


def test_order_is_checked():
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0], "p": [1, 1, 2], "place": [1, 2, 3], "twice": [1, 1, 1], "w": 1.0})
    with pytest.raises(InputError, match="own position"):
        estimate_mean(data, "y", Design(psu="p", order="place"))
    with pytest.raises(InputError, match="positions that occur twice"):
        estimate_mean(data, "y", Design(order="twice"))
    with pytest.raises(InputError, match="no order"):
        replicate_weights(data, Design(order="place"), method="jk1")
    with pytest.raises(InputError, match="no unequal chances"):
        replicate_weights(data, Design(weight="w", without_replacement="hajek"), method="jk1")
    assert len(replicate_weights(data, Design(order="place").as_random(), method="jk1").weights) == 3
    with pytest.raises(InputError, match="no order"):
        Design(order="place", replicates=replicate_weights(data, Design(), method="jk1"))
    with pytest.raises(InputError, match="two units in every stratum"):
        estimate_mean(data, "y", Design(stratum="p", order="place", lonely_psu="adjust"))


def test_a_stratum_with_one_unit_of_a_list_counts_as_the_others_do():
    data = pd.DataFrame({"y": [1.0, 2, 4, 8, 9], "p": [1, 1, 2, 2, 3], "place": [1, 2, 1, 2, 1], "w": 1.0})
    pairs = 2 * ((2 - 1) ** 2 + (8 - 4) ** 2) / 2
    alone, averaged = (
        estimate_total(data, "y", Design(weight="w", stratum="p", order="place", lonely_psu=rule)).table["std_error"][0]
        for rule in ("certainty", "average")
    )
    assert alone**2 == pytest.approx(pairs)
    assert averaged**2 == pytest.approx(1.5 * pairs)


def test_replicates_give_the_covariance_of_totals(reference):
    found = reference("repw_sdr80_api")
    data = found.data("repw_sdr80_api")
    sample = read_sample(data, Design(weight="PWGTP", replicates=Replicates(columns="PWGTP{r}", type="sdr")))
    scores = data[["y", "yes"]].to_numpy(dtype=float)
    errors = np.sqrt(np.diag(covariance_of_totals(sample, scores)))
    expected = [found.results[f"mseTRUE_total_{c}"]["se"][c] for c in ("y", "yes")]
    assert errors == pytest.approx(expected, rel=1e-9)
    code, levels = pd.factorize(data["grp"], sort=True)
    by_group = np.sqrt(np.diag(covariance_of_totals(sample, scores[:, :1], code.astype(np.int64), len(levels))))
    assert by_group == pytest.approx([found.results["mseTRUE_total_y_by_g"]["se"][g] for g in levels], rel=1e-9)
    assert degrees_of_freedom(sample, code.astype(np.int64), 3).tolist() == [79.0] * 3
