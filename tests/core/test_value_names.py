from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.language import message
from workbench.core.tables import html_table
from workbench.core.value_names import in_named_order, named_value, show_value_names
from workbench.store.config.parts import ValueName


def words(en: str, zh: str) -> ValueName:
    return ValueName.model_validate({"en": en, "zh-CN": zh})


@pytest.fixture(autouse=True)
def named():
    show_value_names(
        {
            "region": {"N": words("North", "北方"), "S": words("South", "南方")},
            "gender": {"N": words("Not said", "未填")},
        }
    )
    yield
    show_value_names({})


def test_a_value_has_its_name_in_sentences_and_tables():
    assert message("{group} leads", group="S").text("zh-CN") == "南方 leads"
    table = html_table(pd.DataFrame({"region": ["S", "W"]}), caption="c", columns={}, language="en")
    assert ">South<" in table and ">W<" in table


def test_a_value_that_two_columns_name_differently_stays_as_it_is():
    assert named_value("N", "en") == "N"


def test_a_crossed_value_is_named_part_by_part():
    assert named_value("S | > 3000", "zh-CN") == "南方 | > 3000"


def test_the_same_name_in_two_columns_is_no_doubt():
    show_value_names({"region": {"S": words("South", "南方")}, "area": {"S": words("South", "南方")}})
    assert named_value("S", "en") == "South"


def test_groups_come_in_the_order_in_which_they_are_named():
    show_value_names({"size": {"small": words("S", "小"), "large": words("L", "大")}})
    rows = [("b", "large"), ("b", "medium"), ("b", "small"), ("a", "small"), ("a", "large | x"), ("a", "large | small")]
    table = pd.DataFrame(rows, columns=["breakdown", "group"])
    found = in_named_order(table, "group", within="breakdown")
    assert found["group"].tolist() == ["small", "large", "medium", "small", "large | small", "large | x"]
    assert found["breakdown"].tolist() == ["b"] * 3 + ["a"] * 3 and table["group"][0] == "large"
    other = pd.DataFrame({"group": ["z", "a", None]})
    assert in_named_order(other, "group") is other
