import pytest

from workbench.core.language import message
from workbench.tiers.wording import amount, joined


@pytest.mark.parametrize(("value", "text"), [(3000, "3,000"), (3.0, "3"), (0.25, "0.25"), (1234.5, "1,234")])
def test_amounts(value, text):
    assert str(amount(value)) == text


def test_lists():
    assert joined([message("Region"), message("Channel")]).text("zh-CN") == "地区、渠道"
