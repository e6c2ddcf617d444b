import datetime as dt

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.estimation import Design, estimate_mean
from workbench.report.chapters.response.design import survey_design, with_drawn_probabilities
from workbench.sampling import Frame, ProportionalToSize, SimpleRandom, Stratified, TwoStage, draw, limit_burden
from workbench.store import Wave
from workbench.store.config.sample import SamplePlan
from workbench.weighting import base_weights

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
