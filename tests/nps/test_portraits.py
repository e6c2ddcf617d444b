import pandas as pd
import pytest

from workbench.nps import code_comments, spoken_portraits, topic_tone


@pytest.fixture(scope="module")
def found():
    texts = ["价格太贵", "服务很好", "希望增加停车位", "送货很快"] * 30
    data = pd.DataFrame({"c": texts, "recommend": [2, 10, 8, 9] * 30, "segment": [1, 2] * 60})
    return spoken_portraits(data, topic_tone(data, code_comments(data, "c")), by="segment")


def test_each_segment_has_its_score_praise_complaints_and_wishes(found):
    rows = found.table.set_index("segment")
    assert rows.loc[1, ["praise", "complaint", "wish"]].tolist() == ["", "price", "location"]
    assert set(rows.loc[2, "praise"].split(",")) == {"staff", "delivery"} and rows.loc[2, "complaint"] == ""
    assert rows.loc[1, "nps"] == -50 and rows.loc[2, "nps"] == 100 and rows.loc[1, "n"] == 60


def test_few_comments_name_no_topic():
    data = pd.DataFrame({"c": ["价格太贵", "服务很好"] * 10, "recommend": [2, 10] * 10, "segment": [1, 2] * 10})
    rows = spoken_portraits(data, topic_tone(data, code_comments(data, "c")), by="segment").table
    assert (rows[["praise", "complaint", "wish"]] == "").all().all()


def test_it_is_shown_in_both_languages(found):
    assert "价格" in found.to_html("zh-CN") and "Wish for" in found.to_html("en") and found.plot("en").axes
