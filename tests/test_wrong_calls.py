"""Calls as people get them wrong: each is answered with the rule, what was found and a way out, never with a traceback.

Every public function that takes names of columns, a design, or both, is called with the usual mistakes in each of these
places. It may understand one (a Series of names is a list of names), or refuse it in words.
"""

from __future__ import annotations

import inspect
import warnings
from decimal import Decimal
from functools import cache

import numpy as np
import pandas as pd
import pytest

import workbench.clustering as clustering
import workbench.clv as clv
import workbench.estimation as estimation
import workbench.nps as nps
import workbench.sampling as sampling
import workbench.tiers as tiers
import workbench.weighting as weighting
from workbench.core.errors import WorkbenchError

ROWS = 90


@cache
def people() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"customer_id": [f"c{i:03d}" for i in range(ROWS)], "w": rng.uniform(1, 3, ROWS)})
    table["h"], table["store"] = np.repeat(["a", "b", "c"], ROWS // 3), np.arange(ROWS) // 5
    table["N"], table["g"] = 400, rng.choice(["x", "y"], ROWS)
    table["y"], table["z"] = rng.normal(5, 2, ROWS), rng.normal(size=ROWS)
    for column in ("a", "b", "satisfaction"):
        table[column] = rng.integers(1, 6, ROWS)
    table["recommend"] = np.clip(table["a"] * 2 + rng.integers(-2, 3, ROWS), 0, 10)
    table["yes"], table["responded"] = (table["a"] > 3).astype(int), rng.random(ROWS) < 0.6
    table["comment"] = rng.choice(["too expensive", "friendly staff", "slow delivery"], ROWS)
    table["seconds"], table["base_weight"] = rng.uniform(60, 300, ROWS), 4.0
    table["wave"], table["joined_wave"] = "w2", rng.choice(["w1", "w2"], ROWS)
    return table


DESIGN = estimation.Design(weight="w", stratum="h")
CONTACTS = pd.DataFrame({"customer_id": ["c000", "c001"], "disposition": ["completed", "refused"], "h": ["a", "b"]})
LISTED = pd.DataFrame({"promoter": ["a"], "other": ["b"]})

# function, the table it takes first, its other arguments; names and designs among them are replaced by mistakes
CALLS = {
    estimation.estimate_mean: {"variables": "y", "design": DESIGN, "by": "g"},
    estimation.estimate_total: {"variables": ["y", "z"], "design": DESIGN, "by": ["g"]},
    estimation.estimate_ratio: {"numerator": "y", "denominator": "w", "design": DESIGN, "by": "g"},
    estimation.estimate_proportion: {"variable": "yes", "design": DESIGN, "by": "g"},
    estimation.estimate_quantile: {"variable": "y", "design": DESIGN, "by": "g"},
    estimation.regression: {"outcome": "y", "predictors": ["z", "g"], "design": DESIGN},
    estimation.compare_groups: {"column": "y", "design": DESIGN, "by": "g"},
    estimation.estimate_change: {"current": people(), "column": "y", "designs": DESIGN, "id": "customer_id", "by": "g"},
    estimation.replicate_weights: {"design": DESIGN, "replicates": 5, "seed": 1},
    weighting.adjust_nonresponse: {"classes": "h", "weight": "w", "responded": "responded", "minimum": 1},
    weighting.post_stratify: {"totals": pd.Series({"x": 100.0, "y": 80.0}), "by": "g", "weight": "w"},
    weighting.rake: {"margins": {"g": {"x": 100.0, "y": 80.0}}, "weight": "w"},
    weighting.calibrate: {"totals": {"z": 3.0}, "weight": "w", "within": None},
    weighting.trim: {"weight": "w", "upper": 2.0, "within": "h", "times": None},
    weighting.response_propensity: {"predictors": ["h"], "responded": "responded", "weight": "w"},
    weighting.weighting_classes: {"columns": ["h"], "minimum": 1},
    weighting.outcome_rates: {"by": "h"},
    nps.net_promoter_score: {"column": "recommend", "design": DESIGN, "by": "g"},
    nps.nps_comparison: {"design": DESIGN, "by": "g", "column": "recommend"},
    nps.nps_change: {"current": people(), "designs": DESIGN, "column": "recommend", "id": "customer_id", "by": "g"},
    nps.nps_by_groups: {"design": DESIGN, "by": ["g"], "column": "recommend"},
    nps.mix_effect: {"current": people(), "designs": DESIGN, "by": "g", "column": "recommend", "id": "customer_id"},
    nps.satisfaction: {"column": "satisfaction", "design": DESIGN, "by": "g"},
    nps.key_drivers: {"outcome": "recommend", "drivers": ["a", "b"], "design": DESIGN, "bootstrap": 20, "seed": 1},
    nps.driver_worth: {"outcome": "recommend", "drivers": ["a", "b"], "design": DESIGN, "bootstrap": 20, "seed": 1},
    nps.penalty_reward: {"outcome": "recommend", "drivers": ["a", "b"], "design": DESIGN},
    nps.scale_reliability: {"items": ["a", "b", "satisfaction"], "design": DESIGN},
    nps.answer_quality: {"items": ["a", "b", "satisfaction", "recommend"], "seconds": "seconds"},
    nps.code_comments: {"column": "comment", "frame": "retail", "design": DESIGN, "by": "g"},
    nps.scorecard: {"by": "g"},
    clustering.battery_score: {"items": ["a", "b", "satisfaction"]},
    clustering.build_features: {"columns": ["y", "z"], "categories": ["g"], "keep": ["w"]},
    clv.profit_contribution: {"revenue": "y", "costs": ["w"], "by": ["g"]},
    sampling.compare_with_frame: {"chosen": people().head(30), "variables": "g", "weight": "w"},
    sampling.bin_strata: {"column": "y"},
    sampling.crossed: {"columns": ["h", "g"]},
    sampling.conditioning_check: {"value": "y", "wave": "w2", "joined": "joined_wave"},
    sampling.earlier_shares: {"score": "recommend", "weight": "w"},
}
TABLES = {
    weighting.outcome_rates: CONTACTS,
    nps.scorecard: nps.Scored(people(), {"nps": nps.Measure("recommend", label="NPS", statistic="nps")}),
    sampling.crossed: people()[["h", "g"]],
}
DESIGNS = {"design", "designs"}
# what they take besides is the result of another method
OF_RESULTS = {
    *("reweight", "topic_growth", "topic_scores", "word_of_mouth"),
    *("spoken_needs", "spoken_portraits", "topic_tone"),
}
NAMES = {
    *("variables", "by", "numerator", "denominator", "variable", "outcome", "predictors", "column", "id", "classes"),
    *("weight", "responded", "within", "times", "columns", "drivers", "items", "seconds", "categories", "keep"),
    *("revenue", "costs", "score", "value", "joined"),
}
WRONG_NAMES = {
    "no such column": "nowhere",
    "a number": 7,
    "a numpy integer": np.int64(3),
    "a dict": {"y": 1},
    "a table": people()[["y"]],
    "a list in a list": [["y"]],
    "a list with a number": ["y", 3],
    "a Series of values": people()["y"],
    "an array of names": np.array(["g"]),
    "an index of names": pd.Index(["g"]),
    "a Series of names": pd.Series(["g"]),
    "an empty list": [],
    "an empty text": "",
    "a function": len,
}
WRONG_DESIGNS = {
    "a column": "w",
    "a list": ["w"],
    "a dict": {"weight": "w"},
    "an empty dict": {},
    "a number": 0,
    "a Series": people()["w"],
    "a sampling design": sampling.SimpleRandom(10),
    "the class": estimation.Design,
    "a missing column": estimation.Design(weight="nowhere"),
}


def called(function, **changed):
    """Call a function with some of its arguments changed; what it says in its own words is fine."""
    first = changed.pop("first", None)
    table = TABLES.get(function, people()) if first is None else first
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(table, **{**CALLS[function], **changed})


def places(kind):
    for function, given in CALLS.items():
        for name in given:
            if name in kind:
                yield pytest.param(function, name, id=f"{function.__name__}-{name}")


@pytest.mark.parametrize("function", CALLS, ids=lambda f: f.__name__)
def test_the_call_is_right_to_begin_with(function):
    assert called(function) is not None


def test_no_public_function_with_names_or_a_design_is_left_out():
    rooms = (estimation, weighting, nps)
    for room in rooms:
        for name in room.__all__:
            function = getattr(room, name)
            if not inspect.isfunction(function) or function in CALLS:
                continue
            takes = DESIGNS & inspect.signature(function).parameters.keys()
            assert not takes or name in OF_RESULTS, name


@pytest.mark.parametrize(("function", "name"), list(places(NAMES)))
def test_names_that_are_none_are_refused_in_words(function, name):
    for what, wrong in WRONG_NAMES.items():
        try:
            called(function, **{name: wrong})
        except WorkbenchError as error:
            assert error.fix and error.found, what
        except Exception as error:  # noqa: BLE001
            pytest.fail(f"{function.__name__}({name}={what}): {type(error).__name__}: {error}")


@pytest.mark.parametrize(("function", "name"), list(places(DESIGNS)))
def test_what_is_no_design_is_refused_in_words(function, name):
    for what, wrong in WRONG_DESIGNS.items():
        with pytest.raises(WorkbenchError) as refused:
            called(function, **{name: wrong})
        assert refused.value.fix, what


@pytest.mark.parametrize("table", [people().to_dict("list"), people().to_numpy(), [1, 2], None, people()["y"]])
def test_what_is_no_table_is_refused_in_words(table):
    for function in (estimation.estimate_mean, nps.net_promoter_score, nps.key_drivers, estimation.replicate_weights):
        with pytest.raises(WorkbenchError, match="table of pandas"):
            called(function, first=table) if table is not None else function(None, **CALLS[function])


def test_numbers_of_a_database_and_of_numpy_are_numbers():
    table = people().assign(
        y=[Decimal(str(round(v, 3))) for v in people()["y"]], w=[Decimal("2.5")] * ROWS, N=np.int32(400)
    )
    plain = people().assign(y=people()["y"].round(3), w=2.5)
    design = estimation.Design(weight="w", stratum="h", population="N")
    found = estimation.estimate_mean(table, "y", design, by="g").table
    pd.testing.assert_frame_equal(found, estimation.estimate_mean(plain, "y", design, by="g").table)
    share = estimation.estimate_proportion(table, "a", design, level=np.int64(4)).table["estimate"].item()
    assert share == pytest.approx((people()["a"] == 4).mean())
    made = estimation.replicate_weights(plain, design, replicates=np.int64(8), seed=np.int64(1))
    assert made.weights.shape == (ROWS, 8)
    coded = people().assign(recommend=people()["recommend"].where(people()["g"] == "x", 99))
    score = nps.net_promoter_score(coded, "recommend", not_answered=np.array([99]), minimum_base=np.int64(1)).table
    assert score["n"].item() == (people()["g"] == "x").sum()


def test_a_column_that_occurs_twice_is_refused_in_words():
    twice = pd.concat([people(), people()[["g", "y", "w", "h"]]], axis=1)
    for function in (estimation.estimate_mean, nps.net_promoter_score, weighting.adjust_nonresponse):
        with pytest.raises(WorkbenchError, match="occurs once"):
            called(function, first=twice)


def test_labels_that_occur_twice_never_lead_to_another_row():
    doubled = people().set_axis(np.arange(ROWS) // 2)
    design = estimation.Design(weight="w", stratum="h")
    plain = estimation.estimate_mean(people(), "y", design).table
    pd.testing.assert_frame_equal(estimation.estimate_mean(doubled, "y", design).table, plain)
    made = estimation.replicate_weights(doubled, design, replicates=20, seed=1)
    same = estimation.Design(weight="w", replicates=made)
    for changed in (doubled, doubled.iloc[::-1], doubled.head(40)):
        with pytest.raises(WorkbenchError, match="by their labels"):
            estimation.estimate_mean(changed, "y", same)
    raked = weighting.rake(doubled, {"g": {"x": 100.0, "y": 80.0}}, weight="w")
    with pytest.raises(WorkbenchError, match="each once"):
        estimation.estimate_mean(doubled, "y", estimation.Design(weight="w", calibration=raked))


def test_replicates_follow_the_labels_of_the_rows():
    design = estimation.Design(weight="w", stratum="h")
    made = estimation.replicate_weights(people(), design, replicates=30, seed=1)
    same = estimation.Design(weight="w", replicates=made)
    whole = estimation.estimate_mean(people(), "y", same, by="g").table
    mixed = estimation.estimate_mean(people().sample(frac=1, random_state=2), "y", same, by="g").table
    pd.testing.assert_frame_equal(whole, mixed)


@pytest.mark.parametrize(
    "given",
    [
        {"weight": ["w"]},
        {"weight": 3},
        {"stratum": people()["h"]},
        {"psu": 5},
        {"psu": [["store"]]},
        {"population": {}},
    ],
)
def test_a_design_of_anything_but_names_is_refused_in_words(given):
    with pytest.raises(WorkbenchError, match="column"):
        estimation.Design(**given)


def test_a_design_takes_names_in_many_forms():
    plain = estimation.Design(weight="w", psu=("store", "customer_id"))
    for several in (pd.Index(["store", "customer_id"]), np.array(["store", "customer_id"])):
        assert estimation.Design(weight=np.str_("w"), psu=several) == plain


def test_no_two_rooms_call_different_things_by_one_name():
    found: dict[str, object] = {}
    for room in (sampling, weighting, estimation, nps, clv, clustering, tiers):
        for name in room.__all__:
            assert found.setdefault(name, getattr(room, name)) is getattr(room, name), name
