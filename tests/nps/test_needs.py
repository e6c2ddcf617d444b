import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.nps import code_comments, ranked_needs, spoken_needs, topic_tone
from workbench.nps.needs import EVIDENCE, kano_needs, rating_needs, usage_needs


def comments():
    texts = ["希望增加停车位", "价格太贵", "停车太难,希望扩建停车场", "服务很好"] * 20
    return pd.DataFrame({"c": texts, "segment": [1, 2] * 40})


@pytest.fixture(scope="module")
def spoken():
    data = comments()
    return spoken_needs(data, topic_tone(data, code_comments(data, "c")), by="segment")


def test_complaints_and_wishes_for_everybody_and_by_segment(spoken):
    rows = spoken.set_index(["group", "item", "kind"])["share"]
    assert rows[("", "location", "wish")] == 0.5 and rows[(1, "location", "wish")] == 1.0
    assert rows[(2, "price", "complaint")] == 0.5 and rows[("", "price", "complaint")] == 0.25
    assert list(spoken) == list(EVIDENCE)


def test_kinds_that_agree_come_before_a_loud_one(spoken):
    ratings = pd.DataFrame([("", "location", "rating", 0.3, 0.25, 0.35, 400)], columns=list(EVIDENCE))
    loud = pd.DataFrame([("", "tea", "stopped", 0.9, 0.9, 0.9, 1000)], columns=list(EVIDENCE))
    found = ranked_needs(pd.concat([spoken, ratings, loud]), sizes={"": 1000.0})
    mine = found.table[found.table["group"] == ""]
    assert mine["item"].tolist()[0] == "location" and mine["kinds"].iloc[0].startswith("complaint,wish")
    assert mine["customers"].iloc[0] == pytest.approx(1000 * mine["share"].iloc[0])
    assert mine["rank"].tolist() == list(range(1, len(mine) + 1))
    assert found.plot("en").axes and "有人期望" in found.to_html("zh-CN")


def test_small_bases_and_what_chance_may_be_support_nothing():
    rows = [("", "a", "wish", 0.5, 0.3, 0.7, 10), ("", "b", "wish", 0.02, 0.005, 0.05, 300)]
    found = ranked_needs(pd.DataFrame(rows, columns=list(EVIDENCE)))
    assert found.table.empty and not found.evidence["clear"].any()
    with pytest.raises(InputError, match="ci_low"):
        ranked_needs(found.evidence.drop(columns="ci_low"))


def test_only_features_that_are_clearly_expected_count():
    table = pd.DataFrame(
        {
            "feature": ["a", "b", "c"],
            "M": [60, 30, 5],
            "O": [20, 28, 5],
            "category": ["M", "M", "A"],
            "clear": [True, False, True],
            "n": 100,
        }
    )
    found = kano_needs(table)
    assert found["item"].tolist() == ["a"] and found["ci_low"].iloc[0] < 0.8 < found["ci_high"].iloc[0]


def test_ratings_that_matter_and_are_low():
    drivers = pd.DataFrame(
        {"driver": list("abc"), "share": [0.5, 0.4, 0.1], "performance": [3, 4.5, 2], "clear": [True, True, False]}
    )
    ratings = pd.DataFrame({"question": list("abc"), "top_box": 0.6, "ci_low": 0.5, "ci_high": 0.7, "n": 90})
    assert rating_needs(drivers, ratings)["item"].tolist() == ["a"]


def test_usage_gaps_have_no_uncertainty():
    gaps = pd.DataFrame({"segment": [0, 2], "item": "tea", "active": 100, "stopped": [30, 10], "missing": [0, 40]})
    found = usage_needs(gaps).set_index(["group", "kind"])["share"]
    assert found[("", "stopped")] == 0.3 and found[("2", "missing")] == 0.4
