from __future__ import annotations

import pytest

from workbench.privacy.personal_columns import PERSONAL, identifying_columns, personal_columns


@pytest.mark.parametrize(
    "column",
    [
        "RecipientLastName",
        "first name",
        "姓名",
        "Email",
        "IPAddress",
        "来自IP",
        "LocationLatitude",
        "phone_2",
        "customer_name",
    ],
)
def test_columns_that_name_or_reach_a_person_are_known_by_their_names(column):
    assert PERSONAL.search(column)


@pytest.mark.parametrize("column", ["region", "tenure", "channel", "ship_days", "trip", "rename", "segment_names"])
def test_others_are_not(column):
    assert not PERSONAL.search(column)


def test_ids_identify_without_naming():
    columns = ["customer_id", "order_no", "会员号", "name", "region", "paid", "identity_shown"]
    assert identifying_columns(columns) == ["customer_id", "order_no", "会员号", "name"]
    assert personal_columns(columns) == ["name"]
