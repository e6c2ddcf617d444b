import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.nps import post_voices
from workbench.nps.code_frame import read_frame

FRAME = read_frame("retail")


@pytest.fixture(scope="module")
def found():
    n = 60
    posts = pd.DataFrame(
        {
            "customer_id": [str(i) for i in range(n)],
            "posted_at": ["2026-01-10"] * 30 + ["2026-02-10"] * 30,
            "platform": ["微博", "点评"] * 30,
            "stars": [1, 5] * 30,
            "text": [f"京東更便宜,送货太慢{i}" if i % 2 == 0 else f"店员热情{i}" for i in range(n)],
            "competitor": [None] * 59 + ["天猫"],
        }
    )
    posts = pd.concat([posts, posts.head(2)], ignore_index=True)
    scores = pd.DataFrame({"customer_id": [str(i) for i in range(0, n, 3)], "recommend": [3, 10] * 10})
    answers = pd.DataFrame({"topic": ["delivery", "staff"], "mentions": [10, 100], "n": 200})
    return post_voices(posts, FRAME, competitors=["京东", "拼多多"], responses=scores, answers=answers)


def test_a_copy_counts_once_and_is_said(found):
    assert found.table["n"].iloc[0] == 60
    assert any("2 copies" in n.message.text("en") for n in found.notes)


def test_topics_with_tone_against_the_survey(found):
    rows = found.table.set_index("topic")
    assert rows.loc["delivery", "posts"] == 30 and rows.loc["delivery", "complaints"] == 0.5
    assert rows.loc["staff", "praise"] == 0.5 and rows.loc["staff", "complaints"] == 0
    assert rows.loc["delivery", "answers"] == 0.05 and rows.loc["delivery", "p_adjusted"] < 0.001
    assert rows.loc["staff", "p_adjusted"] == 1.0 and pd.isna(rows.loc["price", "p_adjusted"])


def test_rivals_are_found_in_either_writing_and_in_their_column(found):
    rows = found.rivals.set_index("competitor")["posts"]
    assert rows["京东"] == 30 and rows["天猫"] == 1 and rows["拼多多"] == 0


def test_platforms_months_and_classes(found):
    platforms = found.platforms.set_index("platform")
    assert platforms.loc["微博", "stars"] == 1 and platforms.loc["微博", "complaints"] == 1
    assert platforms.loc["点评", "ci_high"] < 0.2
    assert found.months["posts"].tolist() == [30, 30] and found.months["month"].is_monotonic_increasing
    classes = found.classes.set_index("class")
    assert set(classes.index) == {"promoters", "detractors"} and classes.loc["detractors", "complaints"] == 1


def test_text_alone_is_enough_and_no_text_is_refused():
    alone = post_voices(pd.DataFrame({"text": ["价格太贵", None]}), FRAME)
    assert alone.platforms.empty and alone.months.empty and alone.rivals.empty and alone.classes.empty
    assert alone.plot("en").axes and "价格" in alone.to_html("zh-CN")
    with pytest.raises(InputError, match="no text"):
        post_voices(pd.DataFrame({"text": ["", None]}), FRAME)
