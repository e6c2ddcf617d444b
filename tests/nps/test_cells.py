import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.estimation import Design, compare_groups, estimate_change, estimate_total
from workbench.estimation.domains import read_domains
from workbench.estimation.sample import read_sample
from workbench.estimation.scores import read_scale
from workbench.estimation.variance import count_cells
from workbench.nps import Measure, Scored, net_promoter_score, scorecard
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


def card_of(y, measure, sizes=(36, 60, 300, 300)):
    data = pd.DataFrame({"region": np.repeat(list("abcd"), sizes), "y": y})
    card = scorecard(Scored(data, {"y": Measure("y", label="y", statistic=measure)}, Design()), adjust=None)
    return data, card.table.set_index("region")


def test_a_rare_answer_in_a_small_region_is_tested_as_shares_are_everywhere():
    rng = np.random.default_rng(3)
    data, found = card_of((rng.random(696) < 0.03).astype(float), "share")
    how = {"statistic": "proportion", "against": "rest", "adjust": None, "level": 1.0}
    pairs = compare_groups(data, "y", Design(), by="region", **how).pairs.set_index("group")
    errors = pairs.loc["a", "estimate"] / stats.t.isf(pairs.loc["a", "p_value"] / 2, 35)
    t = found.loc["a", "difference"] / errors
    # the scorecard has Welch's degrees of freedom, the comparison those of the smaller group
    assert found.loc["a", "p_value"] == pytest.approx(2 * stats.t.sf(abs(t), 35), abs=0.02)
    assert found.loc["a", "p_value"] > 0.05


@pytest.mark.parametrize(
    ("measure", "draw"),
    [
        ("share", lambda rng, n: (rng.random(n) < 0.03).astype(float)),
        ("nps", lambda rng, n: rng.choice([100.0, 0.0, -100.0], n, p=[0.85, 0.1, 0.05])),
    ],
)
def test_small_regions_that_do_not_differ_raise_few_false_alarms(measure, draw):
    rng, p = np.random.default_rng(6), []
    data = pd.DataFrame({"region": np.repeat(list("abcd"), (36, 60, 300, 300))})
    sample, domains = read_sample(data, Design()), read_domains(data, "region")
    for _ in range(500):
        fit = fit_regions(sample, domains, draw(rng, 696), measure, None, 0.95, designed=True)
        p.append(2 * stats.t.sf(np.abs(fit.difference) / fit.tested_error, fit.df)[:2])
    # linearised alone: 26 and 7 in a hundred
    assert (np.array(p) < 0.05).mean() < 0.062


def test_shares_that_change_are_tested_as_shares():
    rng = np.random.default_rng(9)
    now, before = (pd.DataFrame({"region": "a", "y": (rng.random(n) < 0.05).astype(float)}) for n in (40, 300))
    measures = {"y": Measure("y", label="y", statistic="share")}
    both = [t.assign(region=np.repeat(["a", "b"], len(t) // 2)) for t in (before, now)]
    card = scorecard(Scored(both[1], measures, Design(), both[0], Design(), None)).table.set_index("region")
    change = estimate_change(*both, "y", Design(), id=None, by="region", statistic="proportion", adjust=None).table
    assert card["change_p"].tolist() == pytest.approx(change["p_value"].tolist())


@pytest.mark.parametrize("statistic", ["nps", "mean", "share"])
@pytest.mark.filterwarnings("error")
def test_a_question_that_nobody_answered_is_not_known_of_anybody(statistic):
    data = answers()
    sample, domains = read_sample(data, DESIGNS["strata"]), read_domains(data, "region")
    cells = count_cells(sample, domains.code, domains.size)
    fit = fit_regions(sample, domains, np.full(len(data), np.nan), statistic, cells, 0.95, designed=True)
    assert np.isnan([*fit.estimate, *fit.difference, fit.overall, fit.overall_error]).all() and fit.n.sum() == 0
