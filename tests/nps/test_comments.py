import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design, estimate_proportion
from workbench.nps import code_comments
from workbench.privacy.masking import mask_personal


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("店员态度恶劣", {"staff"}),
        ("停车不方便,排队也久", {"location", "checkout"}),
        ("快递三天没送到", {"delivery"}),
        ("app闪退", {"online"}),
        ("服务器坏了", {"quality"}),
        ("投诉没人处理", {"complaints"}),
        ("会员积分没到账", {"loyalty"}),
    ],
)
def test_chinese_frame(text, topics):
    codes = code_comments(pd.DataFrame({"c": [text]}), "c").codes.iloc[0]
    assert set(codes.index[codes]) == topics


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Rude staff!", {"staff"}),
        ("I will return soon", set()),
        ("wanted a refund", {"returns"}),
        ("PRICEY", {"price"}),
        ("Not clean, long queues", {"store", "checkout"}),
        ("the app crashes", {"online"}),
    ],
)
def test_english_frame(text, topics):
    codes = code_comments(pd.DataFrame({"c": [text]}), "c", "retail_en").codes.iloc[0]
    assert set(codes.index[codes]) == topics


def survey(n=400):
    rng = np.random.default_rng(1)
    pool = ["价格贵", "服务好", "排队久", "质量差,价格也贵", "好", ""]
    data = pd.DataFrame(
        {"c": rng.choice(pool, n), "g": rng.choice(["a", "b"], n), "w": rng.uniform(1, 3, n)}, index=range(5, n + 5)
    )
    data.loc[data.index[:20], "c"] = None
    return data


def test_shares_are_estimated_among_commenters():
    data = survey()
    coded = code_comments(data, "c", design=Design(weight="w"))
    assert coded.codes.index.equals(data.index)
    price = coded.table.set_index("topic").loc["price"]
    commented = data["c"].fillna("") != ""
    marked = data.assign(v=coded.codes["price"].astype(float).where(commented))
    expected = estimate_proportion(marked, "v", Design(weight="w")).table.iloc[0]
    assert price[["estimate", "std_error", "ci_low", "ci_high"]].tolist() == pytest.approx(
        expected[["estimate", "std_error", "ci_low", "ci_high"]].tolist()
    )
    assert price["n"] == commented.sum() and price["mentions"] == coded.codes["price"].sum()
    assert any("fit no topic" in n.message.text("en") for n in coded.notes)


def test_by_group_and_a_group_without_comments():
    data = survey()
    data.loc[data["g"] == "b", "c"] = None
    coded = code_comments(data, "c", by="g")
    assert coded.table["g"].unique().tolist() == ["a"]
    both = code_comments(survey(), "c", by="g").table
    assert both.groupby("g")["mentions"].sum().sum() == code_comments(survey(), "c").codes.to_numpy().sum()
    assert "价格" in coded.to_html("zh-CN") and "Price" in coded.to_html("en") and coded.plot("zh-CN").axes


def test_quotes_are_masked():
    data = pd.DataFrame({"c": ["服务太差,请回电13812345678", "我叫王小明,服务很好", "服务一般"]})
    quotes = code_comments(data, "c").quotes("staff", mask=mask_personal)
    assert len(quotes) == 3
    assert not any("13812345678" in q or "王小明" in q for q in quotes)
    with pytest.raises(InputError, match="topic of the frame"):
        code_comments(data, "c").quotes("stuff", mask=str)


def test_emoji_emptiness_and_100_kb_leave_other_numbers_unharmed():
    data = survey()
    plain = code_comments(data, "c").codes["price"].sum()
    odd = pd.DataFrame({"c": ["😀😡👍", "   ", "\n", "价" * 100_000], "g": "a", "w": 1.0})
    coded = code_comments(pd.concat([data, odd], ignore_index=True), "c")
    assert coded.codes["price"].sum() == plain
    assert any("longer than" in n.message.text("en") for n in coded.notes)


def test_errors():
    with pytest.raises(InputError, match="at least one comment"):
        code_comments(pd.DataFrame({"c": [None, " "]}), "c")
    with pytest.raises(InputError, match="are text"):
        code_comments(pd.DataFrame({"c": ["a", 5]}, dtype=object), "c")
