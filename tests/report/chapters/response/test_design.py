import datetime as dt

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from tests.estimation.conftest import Reference
from workbench.core.errors import InputError
from workbench.estimation import Design, estimate_mean
from workbench.nps import net_promoter_score, nps_change
from workbench.report.chapters.loyalty import chapter as loyalty
from workbench.report.chapters.response import chapter, weights, words
from workbench.report.chapters.response.design import survey_design, with_drawn_probabilities
from workbench.sampling import Frame, ProportionalToSize, SimpleRandom, Stratified, TwoStage, draw, limit_burden
from workbench.store import Wave
from workbench.store.column_types import type_lines
from workbench.store.config.sample import SamplePlan
from workbench.weighting import base_weights, weight_report

PEOPLE = pd.DataFrame({"customer_id": [f"c{i:04d}" for i in range(1200)]})
PEOPLE["store"] = [f"s{i % 40:02d}" for i in range(1200)]
PEOPLE["size"] = 1 + np.arange(1200) % 7
FRAME = Frame(PEOPLE, psu="store", size="size")


def asked_of(design, called=0):
    sample = draw(FRAME, design, salt="s")
    return pd.concat([sample.table, sample.reserve.head(called)], ignore_index=True)


def test_reserve_called_in_shares_the_probability_of_its_stratum():
    asked = with_drawn_probabilities(asked_of(SimpleRandom(100, reserve=0.5), called=20), SamplePlan())
    assert asked["inclusion_probability"].tolist() == [0.1] * 120


def test_reserve_called_in_shares_the_probability_of_its_cluster():
    asked = asked_of(TwoStage(8, 10, clusters="equal", reserve=0.5), called=25)
    found = with_drawn_probabilities(asked, SamplePlan(design="two_stage", psu="store", per_psu=10))
    many = asked.groupby("psu")["customer_id"].transform("size")
    assert (many > 10).any()
    np.testing.assert_allclose(found["inclusion_probability"], 8 / 40 * many / 30)
    # each asked customer speaks for the silent ones of the cluster, each cluster for those not drawn
    assert (1 / found["inclusion_probability"]).sum() == pytest.approx(1200)


def test_probabilities_by_size_stay_and_have_no_finite_population():
    asked = asked_of(ProportionalToSize(100))
    found = with_drawn_probabilities(asked, SamplePlan(design="proportional_to_size", size="size"))
    pd.testing.assert_series_equal(found["inclusion_probability"], asked["inclusion_probability"])
    assert "stratum_population" not in found


@pytest.mark.parametrize("design", [Stratified({"n": 100, "s": 60}, reserve=0.5), SimpleRandom(160, reserve=0.5)])
@pytest.mark.parametrize("months", [None, 3])
def test_base_weights_add_up_where_customers_rest_and_reserve_is_called_in(design, months):
    """Customers of an earlier wave are spared by exclusion or by a time of rest, and some of the reserve is asked."""
    frame = Frame(PEOPLE.assign(region=["n", "n", "s"] * 400), stratum="region")
    first = draw(frame, design, salt="s").table.assign(attempted_at="2026-05-01")
    burden = limit_burden(frame, first, as_of=dt.date(2026, 7, 1), months=months)
    sample = burden.unconditional(draw(burden.frame, design, salt="s"))
    called = pd.concat([sample.table, sample.reserve.groupby("stratum").head(20)], ignore_index=True)
    assert set(called["customer_id"]).isdisjoint(first["customer_id"])
    asked = with_drawn_probabilities(called, SamplePlan())
    weights = base_weights(asked)
    assert weights.weights.sum() == pytest.approx(1200)
    assert weights.table["sum"].tolist() == pytest.approx(sample.strata["population"].tolist())
    used = dict.fromkeys(sample.strata["stratum"], 20)
    assert sample.with_reserve(used).table["base_weight"].sum() == pytest.approx(1200)


def opened(make_wave, sample="", extra="", **columns):
    wave = Wave.open(make_wave(WAVE + sample + extra))
    answers = pd.DataFrame({"customer_id": ["a", "b"], "weight": [1.0, 1.0], "stratum": "all", "psu": ["x", "y"]})
    wave.keep("respondents", answers.assign(**columns), made_by="20_response")
    return wave


def test_the_design_follows_how_the_sample_was_drawn(make_wave):
    assert survey_design(opened(make_wave)).population is None
    assert survey_design(opened(make_wave, stratum_population=500)).population == "stratum_population"
    clustered = survey_design(opened(make_wave, extra="response: {psu: comment}\n", stratum_population=500))
    assert clustered.psu == "psu" and clustered.population is None
    facts = {"psu_population": 40, "elements": 30}
    by_size = survey_design(opened(make_wave, "sample: {design: cluster, psu: store}\n", **facts))
    assert by_size.psu == "psu" and by_size.population is None
    equal = survey_design(opened(make_wave, "sample: {design: cluster, psu: store, psu_chance: equal}\n", **facts))
    assert equal.psu == ["psu", "customer_id"] and equal.population == ["psu_population", "elements"]


def test_two_stages_agree_with_the_closed_form():
    """Mean of a two-stage sample with equal chances: Cochran (1977), eq. 10.14, clusters of one size."""
    sample = draw(FRAME, TwoStage(12, 6, clusters="equal"), salt="t")
    y = (
        pd.Series(np.random.default_rng(1).normal(size=len(sample.table)))
        + sample.table["psu"].str[1:].astype(int) / 10
    )
    data = sample.table.assign(y=y, weight=sample.table["base_weight"])
    design = Design(
        weight="weight",
        stratum="stratum",
        psu=["psu", "customer_id"],
        population=["psu_population", "elements"],
        psu_labels="within_stratum",
    )
    found = estimate_mean(data, "y", design).table["std_error"].iloc[0]
    groups = data.groupby("psu")["y"]
    between, within = groups.mean().var(ddof=1), groups.var(ddof=1).mean()
    variance = (1 - 12 / 40) * between / 12 + 12 / 40 * (1 - 6 / 30) * within / (12 * 6)
    assert found == pytest.approx(variance**0.5, rel=1e-9)


def replicated(make_wave, data, rules, folder="w1", more=""):
    """Return a wave whose answers brought replicate weights, with its respondents kept as chapter 20 keeps them."""
    text = WAVE.replace("wave: w1", f"wave: {folder}").replace("study: shop\n", f"study: shop\n{more}")
    answers = data.to_csv(index=False)
    wave = Wave.open(make_wave(f"{text}response: {rules}\n", folder=folder, responses=answers))
    plan, responses = wave.config.response, wave.read("responses")
    weighted = weights.weighted_answers(wave, responses, 10)
    kept = chapter.respondents_table(weighted.asked, weight_report(weighted.steps).weights, replicated=True)
    wave.keep("respondents", kept, made_by="20_response")
    assert words.replicates_note(weighted.asked, plan.replicates)[0].message.values["n"] > 1
    return wave


def test_replicate_weights_that_came_along_carry_the_errors(make_wave):
    found = Reference("repw_sdr80_api")
    data = found.data("repw_sdr80_api").rename(columns={"id": "customer_id", "score": "recommend"})
    data["recommend"] = data["recommend"].astype("Int64")
    wave = replicated(make_wave, data, '{weight: PWGTP, replicates: {columns: "PWGTP{r}", type: sdr}}')
    assert wave.manifest.tables["responses"].clean.rows == 240, "rows of weight 0 stay"
    respondents, design = wave.read("respondents"), survey_design(wave)
    score = net_promoter_score(respondents, "recommend", design).table.iloc[0]
    expected = found.results["mseTRUE_mean_nps"]
    assert score["std_error"] == pytest.approx(expected["se"]["nps"], rel=1e-8)
    assert score["ci_low"] == pytest.approx(expected["ci95_t"]["lower"]["nps"], rel=1e-8)
    groups = net_promoter_score(respondents, "recommend", design, by="grp", minimum_base=1).table.set_index("grp")
    for group, error in found.results["mseTRUE_nps_by_g"]["se"].items():
        assert groups.loc[group, "std_error"] == pytest.approx(error, rel=1e-8)
    report = next(r for r in wave.intake_reports() if r.table == "responses")
    assert type_lines("responses", report.types) == ["responses.PWGTP1 to PWGTP80: read as 80 replicate weights"]


def test_replicates_of_two_waves_show_what_these_have_in_common(make_wave):
    found = Reference("waves_rotation_replicates")
    data = found.data("waves_rotation_replicates").rename(columns={"id": "customer_id"})
    data["recommend"] = data["nps"].map({-100: 3, 0: 8, 100: 10})
    rules = '{weight: w, replicates: {columns: "rw{r}", type: jk1}}'
    for wave, more in ((1, ""), (2, "previous: w1\n")):
        rows = data[data["wave"] == wave].drop(columns=["wave", "nps"])
        last = replicated(make_wave, rows, rules, f"w{wave}", more)
    asked = loyalty.opened(last)
    change = nps_change(asked.before, asked.answers, asked.designs, id=asked.shared).table.iloc[0]
    assert change["std_error"] == pytest.approx(found.results["replicates_mseFALSE_nps"]["se"], rel=1e-8)
    other = replicated(make_wave, rows, rules.replace("jk1", "jk1, centre: estimate"), "w2", more)
    assert loyalty.opened(other).shared is None, "replicates made otherwise do not span both waves"


def test_replicate_weights_that_are_not_there_are_said_at_once(make_wave):
    plan = 'response: {weight: satisfaction, replicates: {columns: "rw{r}", type: jk1}}\n'
    with pytest.raises(InputError, match="0 columns like"):
        Wave.open(make_wave(WAVE + plan))
