import numpy as np
import pandas as pd
import pytest

from workbench.estimation import Design
from workbench.nps import code_comments, topic_tone


def answers(seed, angry_share, n=240):
    rng = np.random.default_rng(seed)
    angry = rng.random(n) < angry_share
    slow = rng.random(n) < 0.3
    texts = [
        f"{'价格太贵' if a else '价格不贵'},{'但是送货太慢' if s else '送货很快'}。"
        for a, s in zip(angry, slow, strict=True)
    ]
    score = np.where(angry, 3, np.where(rng.random(n) < 0.7, 10, 8))
    return pd.DataFrame({"c": texts, "recommend": score, "weight": rng.choice([1.0, 2.0], n)}), angry, slow


DESIGN = Design(weight="weight")


@pytest.fixture(scope="module")
def found():
    now, angry, slow = answers(1, 0.4)
    then, _, _ = answers(2, 0.2)
    coded = code_comments(now, "c", design=DESIGN)
    earlier = code_comments(then, "c", coded.frame, DESIGN)
    return topic_tone(now, coded, None, DESIGN, previous=(then, earlier), designs=DESIGN), now, angry, slow


def test_every_clause_counts_for_its_topic(found):
    result, _, angry, slow = found
    rows = result.table.set_index("topic")
    assert rows.loc["price", "complaints"] == angry.sum() and rows.loc["price", "praise"] == (~angry).sum()
    assert rows.loc["delivery", "complaints"] == slow.sum() and rows.loc["delivery", "unclear"] == 0
    assert (result.complaints.codes["price"].to_numpy() == angry).all()


def test_shares_are_weighted_and_lie_in_their_interval(found):
    result, now, angry, _ = found
    row = result.table.set_index("topic").loc["price"]
    assert row["estimate"] == pytest.approx(np.average(angry, weights=now["weight"]))
    assert row["ci_low"] < row["estimate"] < row["ci_high"]


def test_what_a_complaint_costs_holds_the_other_complaints_alike(found):
    result, now, angry, slow = found
    y = np.select([now["recommend"] >= 9, now["recommend"] <= 6], [100.0, -100.0], 0.0)
    x = np.column_stack([np.ones(len(y)), angry, slow]) * np.sqrt(now["weight"].to_numpy())[:, None]
    slopes = np.linalg.lstsq(x, y * np.sqrt(now["weight"].to_numpy()), rcond=None)[0]
    rows = result.table.set_index("topic")
    assert rows.loc["price", "cost"] == pytest.approx(slopes[1]) and rows.loc["price", "cost_p"] < 0.001
    assert rows.loc["delivery", "cost"] == pytest.approx(slopes[2])
    assert rows.loc["delivery", "cost_low"] < 0 < rows.loc["delivery", "cost_high"]


def test_complaints_that_grew_are_told(found):
    rows = found[0].table.set_index("topic")
    assert rows.loc["price", "change"] > 0.1 and rows.loc["price", "change_p"] < 0.01
    assert rows.loc["delivery", "change_p"] > 0.05


def test_a_tone_without_a_topic_belongs_to_the_clause_before():
    data = pd.DataFrame({"c": ["店员,真的很差劲", "价格便宜。真的很差劲", "快递,真的很差劲"]})
    result = topic_tone(data, code_comments(data, "c"), column=None)
    rows = result.table.set_index("topic")
    assert rows.loc["staff", "complaints"] == 1 and rows.loc["delivery", "complaints"] == 1
    assert rows.loc["price", "complaints"] == 0 and rows.loc["price", "praise"] == 1


def test_few_complaints_have_no_price_and_silence_has_no_tone():
    data = pd.DataFrame({"c": ["价格太贵", "服务很好", None, "无"] * 5, "recommend": [1, 10, 9, 9] * 5})
    result = topic_tone(data, code_comments(data, "c"))
    assert result.table["cost"].isna().all() and result.notes[0].severity == "caution"
    assert (result.clauses["tone"] == "nothing").sum() == 1
    assert result.clauses["comment"].isin(range(20)).all()


def test_it_is_drawn_and_named_in_both_languages(found):
    result = found[0]
    assert result.plot("en").axes and "价格" in result.to_html("zh-CN") and "Complain about it" in result.to_html("en")
