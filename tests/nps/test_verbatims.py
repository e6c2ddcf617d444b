import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.nps import code_comments, topic_tone, verbatims

DATA = pd.DataFrame(
    {
        "c": ["价格不贵,但是排队太久。打13812345678", None, "没有排队", "店员热情", "无", "排队太久", "没有排队"],
        "recommend": [8, 10, 10, 9, 5, 2, 3],
        "region": ["n", "n", "s", "s", "n", "s", "n"],
    }
)


@pytest.fixture(scope="module")
def found():
    tones = topic_tone(DATA, code_comments(DATA, "c"))
    return verbatims(DATA, tones, mask=lambda t: t.replace("13812345678", "[…]"), groups=["region"])


def test_all_comments_stand_masked_with_score_topic_and_tone(found):
    assert len(found) == 6 and not found.table["words"].str.contains("138").any()
    first = found.table.iloc[0]
    assert first["topics"] == "price,checkout" and first["tone"] == "mixed" and first["class"] == "passives"
    assert found.table["tone"].tolist() == ["mixed", "praise", "praise", "nothing", "complaint", "praise"]


def test_tone_is_that_of_the_topic_where_one_is_asked_for(found):
    blamed = found.filter(topic="checkout", tone="complaint").table
    assert blamed["score"].tolist() == [8, 2]
    assert found.filter(topic="checkout", tone="praise").table["score"].tolist() == [10, 3]
    assert len(found.filter(topic=["price", "staff"])) == 2 and len(found.filter(tone=["mixed", "nothing"])) == 2


def test_score_group_and_words(found):
    assert found.filter(score="detractors").table["score"].tolist() == [5, 2, 3]
    assert found.filter(score=[8, "detractors"], group={"region": "n"}).table["score"].tolist() == [8, 5, 3]
    assert found.filter(words="没有").filter(group={"region": ["s"]}).table["score"].tolist() == [10]
    assert len(found.filter(score=0)) == 0


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"topic": "prize"}, "price"),
        ({"tone": "angry"}, "complaint"),
        ({"score": "fans"}, "promoters"),
        ({"group": {"city": "x"}}, "region"),
    ],
)
def test_what_is_not_there_is_named(found, asked, match):
    with pytest.raises(InputError, match=match):
        found.filter(**asked)


def test_without_a_score():
    plain = DATA.drop(columns="recommend")
    found = verbatims(plain, topic_tone(plain, code_comments(plain, "c")), mask=str)
    assert "score" not in found.table
    with pytest.raises(InputError, match="no scores"):
        found.filter(score=3)
    assert found.to_html("en")


def test_it_is_shown_in_words(found):
    assert "排队结账" in found.to_html("zh-CN") and "Queue and checkout" in found.to_html("en")
    assert found.plot("en").axes and found.filter(score=0).plot("en").axes
