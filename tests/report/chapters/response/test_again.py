import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.errors import ConfigError
from workbench.estimation import Design, ReplicateWeights, estimate_mean, reweight
from workbench.report.chapters.response import chapter, weights
from workbench.report.chapters.response.again import keep_replicates, steps_again
from workbench.report.chapters.response.design import survey_design
from workbench.sampling import Frame
from workbench.store import Wave
from workbench.store.config.response import ResponsePlan
from workbench.weighting import weight_report

PEOPLE = 1500


@pytest.fixture(scope="module")
def asked():
    rng = np.random.default_rng(7)
    table = pd.DataFrame({"customer_id": [f"c{i:04d}" for i in range(300)]})
    table["region"] = np.repeat(["north", "south"], [180, 120])
    table["size"] = rng.choice(["large", "small"], 300)
    table["stratum"], table["stratum_population"] = table["region"], np.repeat([900, 600], [180, 120])
    table["inclusion_probability"] = 0.2
    table["responded"] = rng.random(300) < np.where(table["size"] == "large", 0.8, 0.4)
    table["recommend"] = np.where(table["responded"], rng.integers(0, 11, 300), np.nan)
    return table


@pytest.fixture(scope="module")
def frame():
    people = pd.DataFrame({"customer_id": [f"c{i:04d}" for i in range(PEOPLE)]})
    people["region"] = np.repeat(["north", "south"], [900, 600])
    people["size"] = np.where(np.arange(PEOPLE) % 3, "small", "large")
    return Frame(people, stratum="region")


def weighted_by(asked, plan, frame):
    made = weights.weigh(asked, plan, ["region", "size"], 10, frame)
    return weights.replace(made, frame=frame, columns=("region", "size"))


@pytest.mark.parametrize("method", ["classes", "propensity", "raking"])
@pytest.mark.parametrize("trim", [None, 2.2])
def test_steps_weigh_the_whole_sample_as_the_chapter_does(asked, frame, method, trim):
    plan = ResponsePlan(method=method, trim=trim)
    weighted = weighted_by(asked, plan, frame)
    final = weight_report(weighted.steps).weights
    design = Design(weight="base_weight", stratum="stratum", population="stratum_population")
    made = reweight(weighted.asked, design, steps_again(weighted, plan), replicates=8, seed=1)
    np.testing.assert_allclose(made.answers["weight"], final[final > 0], rtol=1e-9)
    assert made.design.replicates.weights.std(axis=1).min() > 0, "every weight varies, those that were cut too"


def test_replicates_are_kept_for_the_chapters_that_estimate(make_wave, asked, frame):
    wave = Wave.open(make_wave(WAVE + "response: {variance: replicates}\n"))
    weighted = weighted_by(asked, wave.config.response, frame)
    respondents = chapter.respondents_table(weighted.asked, weight_report(weighted.steps).weights)
    wave.keep("respondents", respondents, made_by="20_response")
    said = keep_replicates(wave, weighted, replicates=150)
    assert said[0].message.values["n"] == 150
    design = survey_design(wave)
    assert isinstance(design.replicates, ReplicateWeights) and design.replicates.alone
    found = estimate_mean(wave.read("respondents"), "recommend", design).table["std_error"].item()
    # two phases in closed form: classes of those asked, respondents drawn from each
    parts = respondents.groupby(["region", "size"])["recommend"].agg(["mean", "var", "size"])
    n = weighted.asked.groupby(["region", "size"]).size()
    share = n / n.sum()
    grand = float(share @ parts["mean"])
    within = float((share**2 * parts["var"] / parts["size"]).sum())
    between = float(share @ (parts["mean"] - grand) ** 2) / n.sum()
    assert found == pytest.approx((within + between) ** 0.5, rel=0.15)


def test_without_being_asked_for_there_are_none(make_wave, asked, frame):
    wave = Wave.open(make_wave())
    assert keep_replicates(wave, weighted_by(asked, wave.config.response, frame)) == []
    assert not wave.has("weight_replicates")
    with pytest.raises(ConfigError, match="given weights are not made again"):
        Wave.open(make_wave(WAVE + "response: {variance: replicates, weight: w}\n"))


def test_a_sample_that_can_not_be_weighed_again_is_weighted_all_the_same(make_wave, asked, frame):
    wave = Wave.open(make_wave(WAVE + "response: {variance: replicates}\n"))
    weighted = weighted_by(asked, wave.config.response, frame)
    twice = pd.concat([weighted.asked, weighted.asked.head(1)])
    said = keep_replicates(wave, weights.replace(weighted, asked=twice), replicates=5)
    assert "one label each" in said[0].message.text("en") and not wave.has("weight_replicates")
