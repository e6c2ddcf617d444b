import pytest

from workbench.nps.text.clauses import clauses, sentences


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("房间干净 服务热情", ["房间干净", "服务热情"]),
        ("位置不错,就是太吵", ["位置不错", "就是太吵"]),
        ("虽然贵但是值得", ["虽然贵", "但是值得"]),
        ("食物,饮料,淋浴都很好", ["食物,饮料,淋浴都很好"]),
        ("早餐丰富,房间", ["早餐丰富,房间"]),
        ("Food was great, however the queue was long", ["Food was great", "however the queue was long"]),
        ("Drinks, snacks and showers were great", ["Drinks, snacks and showers were great"]),
        ("butter and button", ["butter and button"]),
        ("ok", ["ok"]),
    ],
)
def test_clauses(text, cut):
    assert [c.replace(", ", ",") for c in clauses(text)] == [c.replace(", ", ",") for c in cut]


def test_sentences_keep_decimals_and_drop_nothing_but_marks():
    assert sentences("Cost 3.5 USD. Fine!!好。") == ["Cost 3.5 USD", "Fine", "好"]
    assert sentences("...") == []
