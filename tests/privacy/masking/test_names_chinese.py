from __future__ import annotations

import pytest

from workbench.privacy.masking.names_chinese import chinese_name_spans


def found(text):
    return {text[s.start : s.end] for s in chinese_name_spans(text)}


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("王先生", "王"),
        ("欧阳经理", "欧阳"),
        ("我叫高兴国", "高兴国"),
        ("前台小李很好", "小李"),
        ("店员陈晓燕很好", "陈晓燕"),
        ("我姓诸葛", "诸葛"),
        ("——林志强", "林志强"),
        ("约翰·史密斯来了", "约翰·史密斯"),
        ("找王姐买", "王姐"),
    ],
)
def test_found(text, detail):
    assert detail in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "高兴",
        "向服务员要",
        "由于经理不在",
        "感谢服务员",
        "门童大叔",
        "周末安静",
        "施工",
        "管子太细",
        "祝大家开心",
        "服务员连英语都不会",
        "空姐很好",
        "行李服务生",
    ],
)
def test_left_alone(text):
    assert found(text) == set()
