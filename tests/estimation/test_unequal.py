import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design, estimate_mean, estimate_proportion, estimate_ratio, estimate_total
from workbench.estimation.freedom import degrees_of_freedom
from workbench.estimation.sample import read_sample
from workbench.estimation.unequal import covariance_by_chances
from workbench.sampling.order_sampling import inclusion_probabilities


def case_of(reference, name):
    case = reference(name)
    return case.results, case.data(name), case.data(f"{name}_joint").to_numpy()


def error(result):
    return float(result.table["std_error"].iloc[0])


@pytest.mark.parametrize("name", ["pps_mu284_takeall", "pps_mu284_sampford"])
def test_totals_with_and_without_joint_probabilities(reference, name):
    results, data, joint = case_of(reference, name)
    hajek = estimate_total(data, "y", Design(probability="pi", without_replacement="hajek"))
    assert error(hajek) ** 2 == pytest.approx(results["by_hand_Hajek_total_y"]["variance"], rel=1e-9)
    brewer = estimate_total(data, "y", Design(probability="pi", without_replacement="brewer"))
    assert error(brewer) ** 2 == pytest.approx(results["by_hand_Brewer_total_y"]["variance_simple"], rel=1e-9)
    pairs = estimate_total(data, "y", Design(probability="pi", without_replacement=joint))
    assert error(pairs) ** 2 == pytest.approx(results["by_hand_SYG_total_y"]["variance"], rel=1e-8)
    assert pairs.table["estimate"].iloc[0] == pytest.approx(results["joint_YG_total_y"]["estimate"]["y"])
    # weights instead of probabilities say the same
    same = estimate_total(data, "y", Design(weight="w", without_replacement="hajek"))
    assert error(same) == pytest.approx(error(hajek), rel=1e-9)


def test_units_taken_for_certain_bring_no_variance_and_no_degrees_of_freedom(reference):
    results, data, _ = case_of(reference, "pps_mu284_takeall")
    take_all = results["population"]["take_all"]
    assert take_all == (data["pi"] == 1).sum()
    found = estimate_total(data, "y", Design(probability="pi", without_replacement="hajek"))
    assert error(found) == pytest.approx(results["population"]["exact_design_se_total_y"], rel=0.02)
    sample = read_sample(data, Design(probability="pi", without_replacement="hajek"))
    square = 1 / data.loc[data["pi"] < 1, "pi"] ** 2
    assert degrees_of_freedom(sample).tolist() == pytest.approx([square.sum() ** 2 / (square**2).sum() - 1])
    assert degrees_of_freedom(sample)[0] < 60 - take_all - 1
    counted = estimate_total(data, "y", Design(probability="pi"))
    assert error(counted) == pytest.approx(results["with_replacement_total_y"]["se"]["y"], rel=1e-6)


def test_ratios_shares_and_domains_go_through_the_same_scores(reference):
    results, data, joint = case_of(reference, "pps_mu284_takeall")
    design = Design(probability="pi", without_replacement=joint)
    # R drops joint probabilities that differ little from the product; hence three digits
    mean = estimate_mean(data, "y", design)
    assert error(mean) == pytest.approx(results["joint_YG_mean_y"]["se"]["y"], rel=2e-3)
    assert error(estimate_ratio(data, "y", "x", design)) == pytest.approx(
        results["joint_YG_ratio_y_x"]["se"]["y/x"], rel=2e-3
    )
    by = estimate_total(data, "y", design, by="g").table.set_index("g")["std_error"]
    for group, expected in results["joint_YG_total_y_by_g"]["se"].items():
        assert by[group] == pytest.approx(expected, rel=2e-3)
    yes = estimate_mean(data, "yes", design)
    assert error(yes) == pytest.approx(results["joint_YG_mean_yes"]["se"]["yes"], rel=2e-3)
    shares = estimate_proportion(data.assign(yes=data["yes"].astype(str)), "yes", design).table
    assert shares["std_error"].tolist() == pytest.approx([error(yes)] * 2, rel=1e-9)


def test_joint_probabilities_follow_the_labels_of_the_rows(reference):
    _, data, joint = case_of(reference, "pps_mu284_takeall")
    labelled = data.set_index("id")
    table = pd.DataFrame(joint, index=labelled.index, columns=labelled.index)
    shuffled = labelled.sample(frac=1, random_state=3)
    a = estimate_total(labelled, "y", Design(probability="pi", without_replacement=table))
    b = estimate_total(shuffled, "y", Design(probability="pi", without_replacement=table))
    assert error(a) == pytest.approx(error(b), rel=1e-12)
    with pytest.raises(InputError, match="symmetric table"):
        estimate_total(shuffled.rename(index={1: 99}), "y", Design(probability="pi", without_replacement=table))


def test_customers_who_decide_alone():
    data = pd.DataFrame({"pi": [0.5, 0.25, 1.0], "y": [2.0, 3.0, 10.0]})
    found = estimate_total(data, "y", Design(probability="pi", without_replacement="poisson"))
    assert error(found) ** 2 == pytest.approx(0.5 * 4**2 + 0.75 * 12**2)


def test_equal_chances_are_a_simple_random_sample():
    """Hájek's form with π = n/N in every stratum is the variance of a stratified sample."""
    rng = np.random.default_rng(4)
    data = pd.DataFrame({"h": np.repeat(["a", "b"], [12, 30]), "N": np.repeat([40, 300], [12, 30])})
    data["y"], data["pi"] = rng.normal(size=42), np.repeat([12 / 40, 30 / 300], [12, 30])
    for rule in ("hajek", "brewer"):
        unequal = estimate_mean(data, "y", Design(stratum="h", probability="pi", without_replacement=rule))
        simple = estimate_mean(data, "y", Design(stratum="h", probability="pi", population="N"))
        assert error(unequal) == pytest.approx(error(simple), rel=1e-12)
        assert unequal.table["ci_low"].iloc[0] == pytest.approx(simple.table["ci_low"].iloc[0], rel=1e-12)


def test_units_of_rows_have_one_chance():
    data = pd.DataFrame({"store": list("aabbcc"), "pi": [0.5, 0.5, 0.25, 0.25, 0.5, 0.5], "y": [1.0, 2, 3, 4, 5, 6]})
    whole = data.groupby("store").agg(y=("y", "sum"), pi=("pi", "first"))
    design = Design(probability="pi", psu="store", without_replacement="hajek")
    assert error(estimate_total(data, "y", design)) == pytest.approx(
        error(estimate_total(whole, "y", Design(probability="pi", without_replacement="hajek")))
    )
    with pytest.raises(InputError, match="one probability"):
        estimate_total(data.assign(pi=[0.5, 0.4, 0.25, 0.25, 0.5, 0.5]), "y", design)


def test_a_stratum_with_one_uncertain_unit():
    z, chance, home = np.array([[1.0], [3.0], [9.0]]), np.array([0.5, 0.5, 0.5]), np.array([0, 0, 1])
    with pytest.raises(InputError, match="not taken for certain"):
        covariance_by_chances(z, chance, home, "hajek", "fail", str)
    by = {r: covariance_by_chances(z, chance, home, "hajek", r, str).item() for r in ("certainty", "average", "adjust")}
    assert by == pytest.approx({"certainty": 2.0, "average": 4.0, "adjust": 2.0 + 0.5 * 81})


@pytest.mark.parametrize(
    "options",
    [
        {"without_replacement": "hayek"},
        {"without_replacement": "hajek", "population": "N"},
        {"without_replacement": np.eye(2), "psu": "store"},
        {"without_replacement": "hajek", "psu": ["store", "row"]},
    ],
)
def test_designs_that_do_not_go_together(options):
    with pytest.raises(InputError):
        Design(probability="pi", **options)
    with pytest.raises(InputError):
        Design(without_replacement="hajek")


def test_intervals_of_groups_cover_under_very_unequal_chances():
    """NPS of a small region in samples by size: 84 to 93 % of intervals held with n - 1 degrees of freedom."""
    rng = np.random.default_rng(3)
    size, region = rng.lognormal(4, 1.0, 6000), rng.choice(3, 6000, p=[0.6, 0.3, 0.1])
    score = rng.choice([100.0, 0.0, -100.0], 6000, p=[0.4, 0.3, 0.3])
    pi = inclusion_probabilities(np.floor(size * 100).astype(np.int64) + 1, 200)
    held = np.zeros(3)
    for _ in range(150):
        u = rng.random(6000)
        drawn = np.argsort(np.where(pi >= 1, -1, u * (1 - pi) / ((1 - u) * pi)))[:200]
        data = pd.DataFrame({"y": score[drawn], "region": region[drawn], "pi": pi[drawn]})
        found = estimate_mean(data, "y", Design(probability="pi", without_replacement="hajek"), by="region").table
        truth = np.array([score[region == g].mean() for g in range(3)])
        held += (found["ci_low"].to_numpy() <= truth) & (truth <= found["ci_high"].to_numpy())
    assert (held / 150 >= 0.90).all()
