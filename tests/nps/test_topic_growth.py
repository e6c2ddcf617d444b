import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.core.errors import InputError
from workbench.estimation import Design
from workbench.nps import code_comments, net_promoter_score, topic_growth, topic_scores


def wave(seed, price=0.2, n=400):
    rng = np.random.default_rng(seed)
    texts = np.where(rng.random(n) < price, "价格太贵", rng.choice(["服务很好", "排队久", "还行"], n)).astype(object)
    texts[:50] = None
    score = np.where(pd.Series(texts) == "价格太贵", rng.integers(0, 8, n), rng.integers(5, 11, n))
    return pd.DataFrame({"c": texts, "recommend": score, "w": rng.uniform(1, 3, n), "customer_id": range(n)})


def coded(data):
    return data, code_comments(data, "c")


def test_growth_is_found_and_agrees_with_two_proportions():
    before, after = coded(wave(1)), coded(wave(2, price=0.4))
    table = topic_growth(before, after).table.set_index("topic")
    row = table.loc["price"]
    assert (
        row["verdict"] == "up"
        and row["n"] == 350
        and row["previous"] == pytest.approx(before[1].codes["price"].sum() / 350)
    )
    p, q = row["previous"], row["current"]
    error = np.sqrt(p * (1 - p) / 350 + q * (1 - q) / 350)
    assert row["std_error"] == pytest.approx(error, rel=0.005)
    together = (p + q) / 2
    pooled = np.sqrt(2 * together * (1 - together) / 350)
    assert np.log(row["p_value"]) == pytest.approx(np.log(2 * stats.norm.sf(abs(q - p) / pooled)), rel=0.1)
    assert (table["p_adjusted"] >= table["p_value"]).all()


def test_without_change_topics_rarely_grow():
    false = sum(
        topic_growth(coded(wave(i)), coded(wave(1000 + i))).table["verdict"].isin(["up", "down"]).any()
        for i in range(60)
    )
    assert false / 60 <= 0.12


def test_frames_must_be_the_same():
    data = wave(1)
    other = code_comments(data, "c", "retail_en")
    short = type(other)(
        table=other.table,
        codes=other.codes,
        frame=type(other.frame)(other.frame.topics[:3], "x"),
        comments=other.comments,
    )
    with pytest.raises(InputError, match="one frame"):
        topic_growth((data, short), coded(data))


def test_scores_of_those_who_mention_a_topic():
    data, comments = coded(wave(3, price=0.3))
    result = topic_scores(data, comments, Design(weight="w"))
    first = result.table.iloc[0]
    assert first["topic"] == "price" and first["verdict"] == "lower"
    said = comments.codes["price"].to_numpy() & (comments.comments != "").to_numpy()
    alone = net_promoter_score(data[said], "recommend", Design(weight="w")).table["nps"].item()
    assert first["nps"] == pytest.approx(alone)
    rare = result.table.set_index("topic").loc["returns"]
    assert np.isnan(rare["nps"]) and rare["verdict"] == "base too small"
    assert "价格" in result.to_html("zh-CN") and "Price" in result.to_html("en") and result.plot("zh-CN").axes
    grown = topic_growth(coded(wave(1)), coded(wave(2)))
    assert grown.plot("en").axes and "商品部" in grown.to_html("zh-CN")
