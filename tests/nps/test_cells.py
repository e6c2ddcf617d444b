import numpy as np
import pandas as pd
import pytest

from workbench.estimation import Design, compare_groups, estimate_total
from workbench.estimation.domains import read_domains
from workbench.estimation.sample import read_sample
from workbench.estimation.scores import read_scale
from workbench.estimation.variance import count_cells
from workbench.nps import net_promoter_score
from workbench.nps.cells import fit_regions


def answers(seed=3, n=600):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "recommend": rng.integers(0, 11, n).astype(float),
            "region": rng.choice(list("abcd"), n),
            "w": rng.uniform(1, 4, n),
            "store": rng.integers(0, 60, n),
            "s": rng.integers(0, 3, n),
        }
    )
    data.loc[rng.random(n) < 0.1, "recommend"] = np.nan
    return data


DESIGNS = {
    "weights": Design(weight="w"),
    "strata": Design(weight="w", stratum="s"),
    "clusters": Design(weight="w", stratum="s", psu="store", psu_labels="within_stratum"),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_regions_and_rest_agree_with_domain_estimates(name):
    data, design = answers(), DESIGNS[name]
    sample, domains = read_sample(data, design), read_domains(data, "region")
    values = read_scale(data, "recommend").points
    cells = count_cells(sample, domains.code, domains.size)
    fit = fit_regions(sample, domains, values, "nps", cells, 0.95, designed=True)
    table = net_promoter_score(data, "recommend", design, by="region").table
    for got, column in ((fit.estimate, "nps"), (fit.error, "std_error"), (fit.low, "ci_low"), (fit.high, "ci_high")):
        np.testing.assert_allclose(got, table[column], rtol=1e-9)
    rest = compare_groups(data, "recommend", design, by="region", statistic="nps", against="rest").pairs
    np.testing.assert_allclose(fit.difference, rest["estimate"], rtol=1e-9)
    np.testing.assert_allclose(fit.difference_error, rest["std_error"], rtol=1e-9)
    every = net_promoter_score(data, "recommend", design).table.iloc[0]
    assert fit.overall == pytest.approx(every["nps"]) and fit.overall_error == pytest.approx(every["std_error"])


def test_pairs_come_from_the_covariance():
    data, design = answers(5), DESIGNS["clusters"]
    sample, domains = read_sample(data, design), read_domains(data, "region")
    fit = fit_regions(sample, domains, read_scale(data, "recommend").points, "nps", None, 0.95, designed=True)
    pairs = compare_groups(data, "recommend", design, by="region", statistic="nps").pairs
    error = np.sqrt(fit.covariance[0, 0] + fit.covariance[1, 1] - 2 * fit.covariance[0, 1])
    assert error == pytest.approx(pairs["std_error"].iloc[0])


def test_totals_agree():
    data = answers(7).fillna({"recommend": 0.0})
    sample, domains = read_sample(data, DESIGNS["strata"]), read_domains(data, "region")
    fit = fit_regions(sample, domains, data["recommend"].to_numpy(), "total", None, 0.95, designed=True)
    table = estimate_total(data, "recommend", DESIGNS["strata"], by="region").table
    np.testing.assert_allclose(fit.estimate, table["estimate"])
    np.testing.assert_allclose(fit.error, table["std_error"])


def test_a_region_without_answers_is_unknown_and_the_others_are_unharmed():
    data = answers(9)
    whole = data[data["region"] != "d"]
    data.loc[data["region"] == "d", "recommend"] = np.nan
    fits = []
    for d in (data, whole):
        sample, domains = read_sample(d, DESIGNS["weights"]), read_domains(d, "region")
        fits.append(fit_regions(sample, domains, read_scale(d, "recommend").points, "nps", None, 0.95, designed=True))
    assert np.isnan(fits[0].estimate[3])
    np.testing.assert_allclose(fits[0].estimate[:3], fits[1].estimate)
