import pytest

from workbench.nps.text.wishes import is_wish

WISHES = [
    "希望增加夜间配送",
    "建议多开几个收银台",
    "要是有充电口就好了",
    "应该增加停车位",
    "能不能便宜点",
    "包装有待改进",
]
WISHES += ["you should have more sockets", "would be nice to have a quiet room", "I wish there were showers"]
WISHES += ["please add a vegan option", "needs more staff"]
NONE = ["希望越来越好", "希望继续保持", "服务很好", "不建议购买", "hope to come back", "the staff was kind", "no need"]


@pytest.mark.parametrize("clause", WISHES)
def test_what_is_asked_for(clause):
    assert is_wish(clause)


@pytest.mark.parametrize("clause", NONE)
def test_what_is_not(clause):
    assert not is_wish(clause)
