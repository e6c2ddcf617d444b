import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.nps.masking import mask_personal


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("请联系13812345678", "13812345678"),
        ("请联系 138-1234-5678 谢谢", "1234"),
        ("座机010-62345678", "62345678"),
        ("身份证110101199003071234", "110101199003071234"),
        ("卡号6222 0212 3456 7890 123", "6222"),
        ("邮箱zhang.san@example.com", "zhang.san"),
        ("微信号: zhangsan_88", "zhangsan_88"),
        ("我叫王小明,请回电", "王小明"),
        ("店员叫李娜,态度很差", "李娜"),
        ("收银的张女士很热情", "张"),
        ("住在中山北路88号3单元502室", "88号"),
        ("送到5栋2单元301室", "301"),
        ("my name is John Smith", "John"),
        ("Mrs. O'Neill was rude", "O'Neill"),
        ("a clerk named Maria Lopez", "Maria"),
        ("I live at 42 Old Mill Road, come by", "Mill"),
        ("call 415-555-0123 please", "555"),
        ("see https://example.com/u/123", "example.com"),
    ],
)
def test_personal_data_disappears(text, hidden):
    masked = mask_personal(text)
    assert hidden not in masked and "[" in masked


@pytest.mark.parametrize(
    "text", ["服务很好,价格便宜", "等了30分钟", "买了3件,满200减50", "Great store, 5 stars!", "2026年5月1日"]
)
def test_harmless_text_stays(text):
    assert mask_personal(text) == text


@given(st.text(max_size=200))
def test_any_text_survives_and_masking_twice_changes_nothing(text):
    once = mask_personal(text)
    assert isinstance(once, str) and mask_personal(once) == once
