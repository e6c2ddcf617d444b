from __future__ import annotations

import pytest

from workbench.connect.protocol import Field, Order, Row, typed
from workbench.connect.zoho_shapes import field, verdict


@pytest.mark.parametrize(
    ("value", "kind", "sent"),
    [
        ("7", "whole", 7),
        ("7.0", "whole", 7),
        ("a;b", "several", ["a", "b"]),
        ("55", "link", {"id": "55"}),
        (None, "text", None),
    ],
)
def test_values_have_the_type_of_their_field(value, kind, sent):
    assert typed(value, Field("x", kind)) == sent


def test_a_duplicate_is_refused_with_its_field():
    told = {"code": "DUPLICATE_DATA", "details": {"api_name": "Email", "id": "9"}, "message": "dup", "status": "error"}
    found = verdict(Row("k", id="5"), told, Order("upsert", "Contacts", "Key"))
    assert (found.status, found.id, found.reason.text("en")) == ("refused", "5", "DUPLICATE_DATA Email: dup")


def test_what_the_system_fills_itself_is_not_written():
    assert not field({"api_name": "Modified_Time", "data_type": "datetime", "read_only": True}).writable
    assert field({"api_name": "Key", "data_type": "text", "unique": {"casesensitive": "false"}}).unique
