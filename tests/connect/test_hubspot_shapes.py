from __future__ import annotations

from workbench.connect.hubspot_shapes import field, verdicts
from workbench.connect.protocol import Order, Row


def test_rows_are_told_apart_without_our_number_too():
    rows = [Row("k1"), Row("k2", id="9"), Row("k3")]
    told = {
        "results": [{"id": "9", "properties": {}}, {"id": "4", "properties": {"key": "k1"}, "new": True}],
        "errors": [{"category": "X", "message": "m", "context": {"id": ["k3"]}}],
    }
    found = verdicts(rows, told, Order("upsert", "contacts", "key"))
    assert [(v.key, v.status, v.id) for v in found] == [
        ("k1", "created", "4"),
        ("k2", "updated", "9"),
        ("k3", "refused", None),
    ]
    assert found[2].reason.text("en") == "X m"


def test_what_the_system_fills_itself_cannot_be_written():
    read_only = {"name": "a", "type": "number", "modificationMetadata": {"readOnlyValue": True}}
    assert not field(read_only).writable and not field({"name": "b", "calculated": True}).writable
    assert field({"name": "c", "hasUniqueValue": True}).unique
