import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError, UntrustedWarning
from workbench.estimation import (
    Design,
    estimate_change,
    estimate_mean,
    estimate_proportion,
    estimate_quantile,
    estimate_ratio,
    estimate_total,
    replicate_weights,
)
from workbench.weighting import calibrate, post_stratify, rake

DESIGNS = {
    "apistrat": {"stratum": "stype"},
    "apiclus1": {"psu": "dnum"},
    "apisrs": {},
}
STYPE = {"E": 4421, "H": 755, "M": 1018}
WIDE = {"No": 1072, "Yes": 5122}
CASES = [(data, fpc) for data in DESIGNS for fpc in ("fpc", "nofpc")]


def read(reference, name, fpc):
    ref = reference(f"{name}_{fpc}")
    design = Design(weight="pw", population="fpc" if fpc == "fpc" else None, **DESIGNS[name])
    data = ref.data(name)
    if fpc == "nofpc":
        weights = ref.results["total_enroll"]["estimate"]["enroll"]
        if abs((data["pw"] * data["enroll"].fillna(0)).sum() - weights) > 1e-6 * weights:
            data = data.assign(pw=1.0)
    return ref, data, design


def agree(got, expected, rtol=1e-8):
    np.testing.assert_allclose(np.ravel(got), np.ravel(list(expected)), rtol=rtol, atol=1e-12)


@pytest.mark.parametrize(("name", "fpc"), CASES)
class TestRSurvey:
    def test_svymean_with_deff_and_vcov(self, reference, name, fpc):
        ref, data, design = read(reference, name, fpc)
        expected = ref.results["mean_api00_enroll"]
        got = estimate_mean(data, ["api00", "enroll"], design, deff="srs")
        agree(got.table["estimate"], expected["estimate"].values())
        agree(got.table["std_error"], expected["se"].values())
        agree(got.table["ci_low"], expected["ci95_t"]["lower"].values())
        agree(got.table["ci_high"], expected["ci95_t"]["upper"].values())
        agree(got.table["deff"], expected["deff"].values())
        if "vcov" in expected:
            agree(got.covariance.to_numpy(), expected["vcov"])
        replace = estimate_mean(data, "api00", design, deff="srswr").table["deff"]
        agree(replace, ref.results["mean_deff_replace"]["deff"].values())

    def test_svytotal(self, reference, name, fpc):
        ref, data, design = read(reference, name, fpc)
        expected = ref.results["total_enroll"]
        got = estimate_total(data, "enroll", design, deff="srs").table
        agree(got["estimate"], expected["estimate"].values())
        agree(got["std_error"], expected["se"].values())
        agree(got["deff"], expected["deff"].values())

    def test_svyratio(self, reference, name, fpc):
        ref, data, design = read(reference, name, fpc)
        expected = ref.results["ratio_apistu_enroll"]
        got = estimate_ratio(data, "api.stu", "enroll", design).table
        agree(got["estimate"], expected["estimate"].values())
        agree(got["std_error"], expected["se"].values())

    @pytest.mark.filterwarnings("ignore::workbench.core.errors.UntrustedWarning")
    @pytest.mark.parametrize(
        ("result", "column", "by"),
        [
            ("by_stype_api00", "api00", "stype"),
            ("nps_by_stype", "nps", "stype"),
            ("nps_by_county", "nps", "county"),
        ],
    )
    def test_svyby_with_covariance(self, reference, name, fpc, result, column, by):
        ref, data, design = read(reference, name, fpc)
        expected = ref.results[result]
        got = estimate_mean(data, column, design, by=by)
        agree(got.table["estimate"], expected["estimate"].values())
        # R prints an error of 0 for a county of a single unit; that is no error
        known = np.array(list(expected["se"].values())) > 0 if by == "county" else np.ones(len(got.table), dtype=bool)
        agree(got.table["std_error"][known], np.array(list(expected["se"].values()))[known])
        assert got.table["std_error"][~known].isna().all()
        if "vcov" in expected:
            here = np.ix_(known, known)
            vcov = np.asarray(expected["vcov"])[here]
            np.testing.assert_allclose(got.covariance.to_numpy()[here], vcov, rtol=1e-8, atol=1e-9)

    def test_totals_of_categories(self, reference, name, fpc):
        ref, data, design = read(reference, name, fpc)
        expected = ref.results["total_stype"]
        shares = data.assign(**{f"stype{level}": (data["stype"] == level).astype(float) for level in "EHM"})
        got = estimate_total(shares, list(expected["estimate"]), design).table
        agree(got["estimate"], expected["estimate"].values())
        np.testing.assert_allclose(got["std_error"], list(expected["se"].values()), rtol=1e-8, atol=1e-9)

    @pytest.mark.parametrize(
        ("result", "before", "after"),
        [
            ("change_api00_minus_api99", "api99", "api00"),
            ("nps_change_paired", "nps99", "nps"),
        ],
    )
    def test_change_of_the_same_schools_is_the_paired_difference(self, reference, name, fpc, result, before, after):
        ref, data, design = read(reference, name, fpc)
        expected = ref.results[result]
        waves = (data.assign(y=data[c]) for c in (before, after))
        got = estimate_change(*waves, "y", design, id="cds").table
        agree(got["estimate"], expected["estimate"].values())
        agree(got["std_error"], expected["se"].values())

    def test_missing_answers_are_a_domain(self, reference, name, fpc):
        ref, data, design = read(reference, name, fpc)
        expected = ref.results["mean_NA_acs.core"]
        got = estimate_mean(data, "acs.core", design)
        agree(got.table["std_error"], expected["se"].values())
        agree(got.table["ci_low"], expected["ci95_t"]["lower"].values())
        assert "no answer to acs.core" in got.notes[0].message.text("en")

    def test_a_domain_is_not_a_subset(self, reference, name, fpc):
        ref, data, design = read(reference, name, fpc)
        expected = ref.results["nps_domain_big"]
        got = estimate_mean(data, "nps", design, by="big").table.iloc[1]
        agree([got["std_error"], got["ci_low"]], [expected["se"]["nps"], expected["ci95_t"]["lower"]["nps"]])
        expected = ref.results["total_domain_bigschools_enroll"]["se"]["enroll"]
        agree(estimate_total(data, "enroll", design, by="big").table["std_error"].iloc[1], [expected])


CALIBRATED = {
    "poststrat_stype": lambda d, a: post_stratify(d, STYPE, by="stype", weight="pw"),
    "calraking_stype_schwide": lambda d, a: rake(d, {"stype": STYPE, "sch.wide": WIDE}, weight="pw", tolerance=1e-12),
    "greg_linear_stype_schwide": lambda d, a: calibrate(d, {"stype": STYPE, "sch.wide": WIDE}, weight="pw"),
    "greg_linear_stype_api99": lambda d, a: calibrate(d, {"stype": STYPE, "api99": a}, weight="pw"),
    "calraking_stype_api99": lambda d, a: calibrate(
        d, {"stype": STYPE, "api99": a}, weight="pw", distance="raking", tolerance=1e-11
    ),
}


@pytest.mark.parametrize("name", sorted(DESIGNS))
@pytest.mark.parametrize("which", sorted(CALIBRATED))
def test_calibrated_variances_of_r_survey(reference, name, which):
    ref = reference(f"{name}_calibration")
    data = ref.data(name)
    weights = CALIBRATED[which](data, float(ref.data("apipop")["api99"].sum()))
    data = data.assign(calibrated=weights.weights)
    design = Design(weight="calibrated", population="fpc", calibration=weights, **DESIGNS[name])
    agree(
        estimate_mean(data, "api00", design).table["std_error"],
        ref.results[f"{which}__mean_api00"]["se"].values(),
        1e-7,
    )
    agree(
        estimate_total(data, "enroll", design).table["std_error"],
        ref.results[f"{which}__total_enroll"]["se"].values(),
        1e-7,
    )
    by = estimate_mean(data, "nps", design, by="awards").table["std_error"]
    agree(by, ref.results[f"{which}__nps_by_awards"]["se"].values(), 1e-7)
    fixed = Design(weight="calibrated", population="fpc", **DESIGNS[name])
    if which == "greg_linear_stype_api99":
        ratio = (
            estimate_mean(data, "api00", fixed).table["std_error"]
            / estimate_mean(data, "api00", design).table["std_error"]
        )
        assert ratio.item() > 1.5


def test_r_rake_projects_without_weights_a_difference_of_definition(reference):
    """R's rake() regresses without weights; Deville and Särndal's estimator, ours, with the weights before raking."""
    from dataclasses import replace

    ref = reference("apistrat_calibration")
    data = ref.data("apistrat")
    weights = rake(data, {"stype": STYPE, "sch.wide": WIDE}, weight="pw", tolerance=1e-12)
    data = data.assign(raked=weights.weights)
    unweighted = replace(weights, calibration=replace(weights.calibration, base=np.ones(len(data))))
    design = Design(weight="raked", stratum="stype", population="fpc", calibration=unweighted)
    agree(estimate_mean(data, "api00", design).table["std_error"], ref.results["rake2__mean_api00"]["se"].values())
    agree(estimate_total(data, "enroll", design).table["std_error"], ref.results["rake2__total_enroll"]["se"].values())


def test_survey_fpc_documentation_example(reference):
    ref = reference("fpc_small")
    data = ref.data("fpc_small")
    design = Design(weight="weight", stratum="stratid", psu="psuid", population="Nh", psu_labels="within_stratum")
    agree(estimate_mean(data, "x", design).table["std_error"], ref.results["mean_fpc"]["se"].values())
    agree(estimate_total(data, "x", design).table["std_error"], ref.results["total_fpc"]["se"].values())
    free = Design(weight="weight", stratum="stratid", psu="psuid", psu_labels="within_stratum")
    agree(estimate_mean(data, "x", free, deff="srs").table["std_error"], ref.results["mean_nofpc"]["se"].values())


def test_lohr_agsrs(reference):
    ref = reference("lohr_agsrs")
    data = ref.data("lohr_agsrs").assign(N=3078, w=3078 / 300)
    design = Design(weight="w", population="N")
    for name, got in {
        "mean_acres92": estimate_mean(data, "acres92", design),
        "total_acres92": estimate_total(data, "acres92", design),
        "ratio_acres92_acres87": estimate_ratio(data, "acres92", "acres87", design),
    }.items():
        agree(got.table["estimate"], ref.results[name]["estimate"].values())
        agree(got.table["std_error"], ref.results[name]["se"].values())


def test_sas_icecream(reference):
    ref = reference("sas_icecream")
    data = ref.data("sas_icecream")
    data["N"] = data["Grade"].map({7: 1824, 8: 1025, 9: 1151})
    data["w"] = data["N"] / data.groupby("Grade")["N"].transform("size")
    design = Design(weight="w", stratum="Grade", population="N")
    expected = ref.results["strat_mean_Spending"]
    got = estimate_mean(data, "Spending", design).table
    agree(got["std_error"], expected["se"].values())
    agree(got["ci_low"], expected["ci95_t"]["lower"].values())
    data["more"] = (data["Spending"] >= 10).astype(int)
    by = estimate_mean(data, "Spending", design, by="more").table["std_error"]
    agree(by, ref.results["strat_domain_by_more"]["se"].values())


def test_census_stratum(reference):
    ref = reference("census_stratum")
    data = ref.data("apistrat_census_stratum")
    design = Design(weight="pw2", stratum="stype", population="fpc2")
    agree(estimate_mean(data, "api00", design).table["std_error"], ref.results["mean_api00"]["se"].values())
    by = estimate_mean(data, "api00", design, by="stype").table["std_error"]
    agree(by, ref.results["by_stype"]["se"].values())
    assert by.iloc[1] == 0


@pytest.mark.parametrize("rule", ["certainty", "adjust", "average"])
def test_lonely_psu_rules(reference, rule):
    ref = reference("lonely_psu_strat")
    data = ref.data("apistrat_lonely")
    design = Design(weight="pw", stratum="st2", lonely_psu=rule)
    agree(estimate_mean(data, "nps", design).table["std_error"], ref.results[f"{rule}_domadjFALSE__nps"]["se"].values())
    agree(
        estimate_total(data, "enroll", design).table["std_error"],
        ref.results[f"{rule}_domadjFALSE__total_enroll"]["se"].values(),
    )
    by = estimate_mean(data, "nps", design, by="awards").table["std_error"]
    agree(by, ref.results[f"{rule}_domadjFALSE__nps_by_awards"]["se"].values())


def test_lonely_psu_fails_by_default_and_names_the_stratum(reference):
    data = reference("lonely_psu_strat").data("apistrat_lonely")
    with pytest.raises(InputError, match=r"st2 = H\.San Diego"):
        estimate_mean(data, "nps", Design(weight="pw", stratum="st2"))


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_rows_as_units_equal_units_of_one_row(seed):
    rng = np.random.default_rng(seed)
    n = 60
    data = pd.DataFrame(
        {
            "y": rng.normal(5, 2, n),
            "x": rng.uniform(1, 2, n),
            "w": rng.uniform(1, 3, n),
            "s": np.repeat(["a", "b", "c"], 20),
            "g": rng.choice(["p", "q"], n),
            "id": np.arange(n),
            "N": 50,
        }
    )
    rows = estimate_mean(data, ["y", "x"], Design(weight="w", stratum="s", population="N"), by="g")
    units = estimate_mean(data, ["y", "x"], Design(weight="w", stratum="s", psu="id", population="N"), by="g")
    np.testing.assert_allclose(rows.covariance, units.covariance, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(rows.degrees_of_freedom, units.degrees_of_freedom)


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.floats(0.5, 20), st.floats(-50, 50))
def test_scale_shift_and_order(seed, factor, shift):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"y": rng.normal(0, 1, 40), "w": rng.uniform(1, 3, 40), "s": np.repeat([1, 2], 20)})
    design = Design(weight="w", stratum="s")
    one = estimate_mean(data, "y", design).table
    moved = data.assign(y=data["y"] * factor + shift, w=data["w"] * 7).sample(frac=1, random_state=seed)
    two = estimate_mean(moved, "y", design).table
    agree(two["estimate"], one["estimate"] * factor + shift, 1e-9)
    agree(two["std_error"], one["std_error"] * factor, 1e-9)


def test_two_stages_by_hand():
    """Two of four units, then two of three rows in each: Lohr (2021), eq. 5.22."""
    data = pd.DataFrame({"p": [1, 1, 2, 2], "y": [1.0, 3.0, 6.0, 10.0], "N1": 4, "N2": 3})
    data["w"] = (4 / 2) * (3 / 2)
    got = estimate_total(data, "y", Design(weight="w", psu=["p"], population=["N1", "N2"])).table
    t = np.array([6.0, 24.0])  # estimated unit totals
    expected = 16 * (1 - 0.5) * t.var(ddof=1) / 2 + (4 / 2) * sum(9 * (1 - 2 / 3) * s / 2 for s in (2.0, 8.0))
    agree(got["std_error"], [np.sqrt(expected)])


def test_large_mean_costs_no_digits():
    rng = np.random.default_rng(4)
    data = pd.DataFrame(
        {"y": rng.normal(0, 1, 300), "s": np.tile([0, 1, 2], 100), "g": np.repeat([0, 1], 150), "w": 1.0}
    )
    design = Design(weight="w", stratum="s")
    small = estimate_mean(data, "y", design, by="g").table["std_error"]
    large = estimate_mean(data.assign(y=data["y"] + 1e7), "y", design, by="g").table["std_error"]
    agree(large, small, 1e-7)


def test_coverage_of_stratified_means_on_a_skewed_population():
    rng = np.random.default_rng(20)
    population = pd.DataFrame({"s": np.repeat([0, 1, 2], [600, 300, 100])})
    population["y"] = rng.gamma(2, 1, 1000) * np.array([1, 3, 10])[population["s"]]
    sizes, truth, hits = {0: 40, 1: 40, 2: 40}, population["y"].mean(), 0
    rows = {s: np.flatnonzero(population["s"] == s) for s in sizes}
    for _ in range(500):
        sample = population.iloc[np.concatenate([rng.choice(rows[s], n, replace=False) for s, n in sizes.items()])]
        population_sizes = sample["s"].map({s: len(r) for s, r in rows.items()})
        sample = sample.assign(N=population_sizes, w=population_sizes / sample["s"].map(sizes))
        row = estimate_mean(sample, "y", Design(weight="w", stratum="s", population="N")).table.iloc[0]
        hits += row["ci_low"] <= truth <= row["ci_high"]
    assert 0.92 <= hits / 500 <= 0.975


def test_bad_input():
    data = pd.DataFrame(
        {"y": [1.0, 2.0], "t": ["a", "b"], "e": [np.nan, np.nan], "g": ["p", "q"], "h": [1.0, np.nan], "w": 1.0}
    )
    design = Design(weight="w")
    with pytest.raises(InputError, match="holds numbers"):
        estimate_mean(data, "t", design)
    with pytest.raises(InputError, match="missing in all rows"):
        estimate_mean(data, "e", design)
    with pytest.raises(InputError, match="did you mean"):
        estimate_mean(data.rename(columns={"y": "amount"}), "amuont", design)
    with pytest.raises(InputError, match="denominator"):
        estimate_ratio(data.assign(z=0.0), "y", "z", design)
    with pytest.raises(InputError, match="between 0 and 1"):
        estimate_mean(data, "y", design, confidence=95)
    with pytest.raises(InputError, match="srs or srswr"):
        estimate_mean(data, "y", design, deff=True)
    with pytest.raises(InputError, match="name of its own"):
        estimate_mean(data.assign(n=1), "y", design, by="n")
    with pytest.warns(UntrustedWarning, match="degrees of freedom"):
        estimate_mean(data.assign(p=1), "y", Design(weight="w", psu="p", lonely_psu="certainty"))


def test_input_unchanged_and_shown_in_both_languages():
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0], "g": ["a", "b", None], "w": 1.0})
    before = data.copy()
    with pytest.warns(UntrustedWarning):
        result = estimate_mean(data, "y", Design(weight="w"), by="g")
    pd.testing.assert_frame_equal(data, before)
    assert "未归入任何组" in result.to_html("zh-CN")
    assert result.plot("en").axes


EMPTY_AND_TINY = pd.DataFrame(
    {
        "g": ["a"] * 4 + ["one"] + ["none"] * 2,
        "y": [1.0, 2.0, 3.0, 6.0, 5.0, np.nan, np.nan],
        "x": [1.0, 1.0, 2.0, 2.0, 1.0, np.nan, np.nan],
        "w": 1.0,
    }
)


@pytest.mark.filterwarnings("ignore::workbench.core.errors.UntrustedWarning")
@pytest.mark.parametrize(
    "estimate",
    [
        lambda d, p: estimate_mean(d, "y", p, by="g"),
        lambda d, p: estimate_ratio(d, "y", "x", p, by="g"),
        lambda d, p: estimate_quantile(d, "y", p, probabilities=0.5, by="g"),
        lambda d, p: estimate_proportion(d.assign(y=d["y"].gt(2).where(d["y"].notna())), "y", p, level=True, by="g"),
    ],
    ids=["mean", "ratio", "quantile", "proportion"],
)
@pytest.mark.parametrize("design", [Design(weight="w"), "bootstrap"], ids=["linearised", "replicates"])
def test_a_group_without_answers_and_a_single_answer(estimate, design):
    """n = 0: everything else missing and a note; one answer: estimate, no interval, no error of 0."""
    if design == "bootstrap":
        design = Design(weight="w", replicates=replicate_weights(EMPTY_AND_TINY, Design(weight="w"), seed=1))
    result = estimate(EMPTY_AND_TINY, design)
    table = result.table.set_index("g")
    assert table["n"].to_dict() == {"a": 4, "none": 0, "one": 1}
    measures = ["estimate", "std_error", "ci_low", "ci_high", "n_effective"]
    assert table.loc["none", measures].isna().all()
    assert table.loc["one", ["std_error", "ci_low", "ci_high"]].isna().all()
    assert np.isfinite(table.loc["one", "estimate"])
    assert any("base of 0" in n.message.text("en") for n in result.notes)
    if design.replicates is None:
        alone = estimate(EMPTY_AND_TINY.assign(g=EMPTY_AND_TINY["g"].where(EMPTY_AND_TINY["g"] == "a")), design)
        np.testing.assert_allclose(
            table.loc["a", measures].astype(float), alone.table.iloc[0][measures].astype(float), rtol=1e-12
        )
        # four answers show no limits of a quantile
        shown = measures if "open" not in table else ["estimate", "n_effective"]
        assert np.isfinite(table.loc["a", shown].astype(float)).all()


@pytest.mark.filterwarnings("ignore::workbench.core.errors.UntrustedWarning")
def test_the_total_of_a_single_row_keeps_its_error():
    table = estimate_total(EMPTY_AND_TINY, "y", Design(weight="w"), by="g").table.set_index("g")
    assert table.loc["one", "std_error"] == pytest.approx(5 * np.sqrt(7 / 6 * (1 - 1 / 7)))
    assert np.isnan(table.loc["one", "ci_low"])
    assert np.isnan(table.loc["none", "estimate"])


@pytest.mark.filterwarnings("ignore::workbench.core.errors.UntrustedWarning")
def test_several_rows_of_one_unit_have_no_error():
    data = pd.DataFrame({"store": [1, 1, 2, 3], "g": ["a", "a", "b", "b"], "y": [1.0, 3.0, 2.0, 4.0]})
    table = estimate_mean(data, "y", Design(psu="store"), by="g").table
    assert np.isnan(table["std_error"][0])
    assert table["std_error"][1] > 0


def test_a_group_whose_denominators_add_up_to_nothing_has_no_ratio():
    data = pd.DataFrame({"g": ["a", "a", "b", "b"], "y": [1.0, 3.0, 2.0, 4.0], "x": [1.0, 1.0, 0.0, 0.0]})
    result = estimate_ratio(data, "y", "x", Design(), by="g")
    assert result.table["estimate"].round(9).tolist()[0] == 2.0
    assert np.isnan(result.table["estimate"][1])
    assert result.table["n"].tolist() == [2, 2]
    assert any("adds up to 0" in n.message.text("en") for n in result.notes)


@pytest.mark.filterwarnings("ignore::workbench.core.errors.UntrustedWarning")
def test_the_note_names_the_group_without_answers():
    notes = [n.message.text("en") for n in estimate_total(EMPTY_AND_TINY, ["y", "x"], Design(), by="g").notes]
    assert sum("g = none" in n for n in notes) == 2


@pytest.mark.parametrize("column", ["N", "rate"])
def test_a_population_may_be_given_as_the_share_drawn(reference, column):
    found = reference("fpc_rate_api")
    data = found.data("fpc_rate_api")
    design = Design(weight="w", stratum="stratum", population=column)
    mean = estimate_mean(data, "y", design)
    assert mean.table["std_error"].item() == pytest.approx(found.results["rate_mean_y"]["se"]["y"], rel=1e-10)
    # the stratum taken whole brings no variance and no degrees of freedom
    assert mean.degrees_of_freedom.tolist() == [151.0]
    assert mean.table["ci_low"].item() == pytest.approx(found.results["df_override_151"]["lower"], rel=1e-10)
    by = estimate_mean(data, "y", design, by="grp").table.set_index("grp")["std_error"]
    for group, error in found.results["rate_mean_y_by_grp"]["se"].items():
        assert by[group] == pytest.approx(error, rel=1e-10)


def test_shares_drawn_that_cannot_be_are_refused(reference):
    data = reference("fpc_rate_api").data("fpc_rate_api")
    zero = Design(weight="w", stratum="stratum", population="rate_zero")
    expected = reference("fpc_rate_api").results["rate_zero_mixed"]["se"]["y"]
    assert estimate_mean(data, "y", zero).table["std_error"].item() == pytest.approx(expected, rel=1e-10)
    mixed = data.assign(f=data["rate"].where(data["stratum"] != "E", data["N"]))
    for wrong in (mixed, data.assign(f=100 * data["rate"]), data.assign(f=-data["rate"])):
        with pytest.raises(InputError, match="stratum"):
            estimate_mean(wrong, "y", Design(weight="w", stratum="stratum", population="f"))
