import numpy as np
import pandas as pd
import pytest

from workbench.core.engine import as_table
from workbench.core.errors import InputError
from workbench.core.language import LANGUAGES, catalogue
from workbench.estimation import Design
from workbench.report.chapters.response import chapter as chapter
from workbench.report.chapters.response import weights as weights
from workbench.report.chapters.response.design import with_drawn_probabilities
from workbench.sampling import Frame
from workbench.store.config.response import ResponsePlan
from workbench.store.config.sample import SamplePlan
from workbench.weighting import weight_report


@pytest.fixture(scope="module")
def customers():
    rng = np.random.default_rng(1)
    people = pd.DataFrame({"customer_id": [f"c{i:05d}" for i in range(4000)]})
    people["region"] = rng.choice(["north", "south"], 4000, p=[0.6, 0.4])
    people["size"] = rng.choice(["large", "small"], 4000, p=[0.3, 0.7])
    people["channel"] = rng.choice(["shop", "web"], 4000)
    return people


@pytest.fixture(scope="module")
def frame(customers):
    return Frame(customers, stratum=["region", "size"])


@pytest.fixture(scope="module")
def sample(customers):
    population = customers.groupby(["region", "size"])["customer_id"].transform("size")
    drawn = customers.assign(
        stratum=customers["region"] + " | " + customers["size"], stratum_population=population, u=0.0
    ).sample(1000, random_state=2)
    return drawn.assign(reserve=np.arange(1000) >= 800).reset_index(drop=True)


@pytest.fixture(scope="module")
def contacts(sample):
    rng = np.random.default_rng(3)
    chance = np.where(sample["region"] == "north", 0.6, 0.2) + np.where(sample["size"] == "large", 0.2, 0)
    words = np.where(rng.random(1000) < chance, "completed", "no answer")
    made = pd.DataFrame({"customer_id": sample["customer_id"], "disposition": words, "mode": "phone"})
    return made[~sample["reserve"]].reset_index(drop=True)


@pytest.fixture(scope="module")
def asked(sample, contacts):
    rng = np.random.default_rng(4)
    done = contacts.loc[contacts["disposition"] == "completed", ["customer_id"]]
    responses = done.assign(recommend=rng.integers(0, 11, len(done)), satisfaction=rng.integers(1, 6, len(done)))
    return with_drawn_probabilities(weights.asked_and_answered(sample, contacts, responses), SamplePlan())


def test_asked_are_those_contacted(asked, contacts):
    assert len(asked) == 800
    assert asked["responded"].sum() == (contacts["disposition"] == "completed").sum()
    assert asked["inclusion_probability"].between(0, 1).all()


def test_reached_table_adds_up(asked, contacts):
    table = chapter.reached_table(contacts, asked, ["region", "size"])
    assert table["variable"].unique().tolist() == ["mode", "region", "size"]
    assert (table.groupby("variable")["asked"].sum() == 800).all()
    assert (table.groupby("variable")["answered"].sum() == asked["responded"].sum()).all()
    assert (table["RR1"] <= table["CON1"]).all()


def test_progress_against_the_planned_response_rate(sample, contacts):
    progress = chapter.fieldwork_progress(contacts, sample, SamplePlan(response_rate=0.5))
    drawn = sample[~sample["reserve"]].groupby("stratum").size()
    np.testing.assert_allclose(progress.table["target"], (drawn * 0.5).round())
    states = progress.table.set_index("stratum")["state"]
    assert states["north | large"] == "target reached" and states["south | small"] == "will fall short"


@pytest.mark.parametrize("method", ["classes", "propensity", "raking"])
def test_weighting_closes_the_gap_on_what_it_used(asked, frame, method):
    columns = ["region", "size"]
    weighted = weights.weigh(asked, ResponsePlan(method=method), columns, 10, frame)
    respondents = chapter.respondents_table(weighted.asked, weight_report(weighted.steps).weights)
    assert len(respondents) == asked["responded"].sum()
    bias = chapter.bias_table(frame, respondents, [*columns, "channel"], columns)
    used = bias[bias["used"]]
    assert used["gap_before"].abs().max() > 0.1
    assert used["gap_after"].abs().max() < 1e-9
    assert bias.loc[~bias["used"], "variable"].unique().tolist() == ["channel"]
    assert weighted.adjustment is not None


def test_trimming_is_a_step_of_its_own(asked, frame):
    weighted = weights.weigh(asked, ResponsePlan(trim=1.2), ["region", "size"], 10, frame)
    report = weight_report(weighted.steps)
    assert report.table["step"].tolist() == ["base", "response", "trimmed"]
    assert report.table["max"].iloc[-1] < report.table["max"].iloc[-2]
    assert report.table["sum"].iloc[-1] == pytest.approx(4000)


def test_raking_needs_a_frame(asked):
    with pytest.raises(InputError, match="totals of the frame"):
        weights.weigh(asked, ResponsePlan(method="raking"), ["region"], 10)


def test_classes_too_small_are_combined_and_said_so(asked):
    weighted = weights.weigh(asked, ResponsePlan(), ["region", "size"], 150)
    assert weighted.asked["weighting_class"].nunique() < 4
    assert "combined with their neighbours" in weighted.notes[0].message.text("en")


def test_cost_table_compares_with_a_simple_random_sample(asked):
    weighted = weights.weigh(asked, ResponsePlan(), ["region", "size"], 10)
    respondents = chapter.respondents_table(weighted.asked, weight_report(weighted.steps).weights)
    costs = chapter.cost_table(
        respondents, Design(weight="weight"), {"recommend": chapter.message("R"), "none": chapter.message("N")}
    )
    assert len(costs) == 1
    assert costs["deff"].item() == pytest.approx(costs["n"].item() / costs["n_effective"].item(), rel=1e-9)
    assert costs["unweighted"].item() == respondents["recommend"].mean()


def test_answers_of_strangers_are_counted(asked):
    responses = pd.DataFrame({"customer_id": ["x", asked["customer_id"].iloc[0]]})
    note = weights.stranger_note(asked, responses)
    assert note is not None and note.message.values["n"] == 1
    assert weights.stranger_note(asked, responses.iloc[1:]) is None


def test_weights_and_units_of_the_answers_are_kept():
    responses = pd.DataFrame({"customer_id": ["a", "b"], "flight": ["f", "g"]})
    kept = chapter.respondents_table(responses, pd.Series([1.0, 3.0]), psu="flight")
    assert kept["weight"].tolist() == [1.0, 3.0]
    assert kept["psu"].tolist() == ["f", "g"]
    assert kept["stratum"].tolist() == ["all", "all"]


def test_chapter_has_a_title_in_every_language():
    assert all(chapter.CHAPTER.title.text(language) for language in LANGUAGES)
    assert chapter.CHAPTER.title.template in catalogue("zh-CN")


@pytest.mark.parametrize("method", ["classes", "propensity", "raking"])
def test_customers_without_a_region_are_weighted_as_a_group_of_their_own(method, customers):
    some = customers.assign(region=customers["region"].mask(np.arange(4000) % 10 == 0))
    frame = Frame(some, stratum=["region"])
    drawn = some.sample(1000, random_state=5).assign(
        stratum=some["region"].fillna("(missing)"), inclusion_probability=0.25
    )
    asked = drawn.assign(responded=np.arange(1000) % 3 == 0).reset_index(drop=True)
    weighted = weights.weigh(asked, ResponsePlan(method=method), ["region"], 5, frame)
    without = weighted.adjustment.weights[asked["region"].isna()].sum()
    assert weighted.adjustment.weights.sum() == pytest.approx(4000)
    drawn_of_them, all_of_them = 4 * asked["region"].isna().sum(), some["region"].isna().sum()
    expected = {"classes": drawn_of_them, "raking": all_of_them, "propensity": drawn_of_them}
    assert without == pytest.approx(expected[method], rel=1e-6 if method != "propensity" else 0.15)


def test_columns_that_only_capitals_tell_apart_get_names_of_their_own():
    asked = pd.DataFrame({"customer_id": ["a", "b"], "WEIGHT": [3.0, 1.0], "Stratum": ["x", "y"], "stratum": "all"})
    made = chapter.respondents_table(asked, pd.Series([1.0, 2.0]))
    assert list(made) == ["customer_id", "WEIGHT (2)", "Stratum (2)", "stratum", "weight", "psu"]
    assert made["weight"].tolist() == [1.0, 2.0] and made["WEIGHT (2)"].tolist() == [3.0, 1.0]
    assert list(as_table(made).columns) == list(made)
