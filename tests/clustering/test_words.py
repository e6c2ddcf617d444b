import pytest

from workbench.clustering.words import joined, label_of, number
from workbench.core.language import message


@pytest.mark.parametrize(("value", "text"), [(1234.4, "1,234"), (12.34, "12.3"), (0.255, "0.26"), (3.0, "3")])
def test_numbers_have_the_decimals_they_need(value, text):
    assert str(number(value)) == text


def test_labels_and_lists():
    assert str(label_of("basket")) == "Amount per purchase" and label_of("x") == "x"
    assert joined([message("Region"), message("Channel")]).text("zh-CN") == "地区；渠道"
