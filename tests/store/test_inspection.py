from __future__ import annotations

import json

import pytest

from tests.conftest import ANSWERS, CUSTOMERS, ORDERS, WAVE
from workbench.core.language import use_language
from workbench.store import Wave
from workbench.store.inspection import inspect_wave


@pytest.fixture
def found(make_wave):
    orders = ORDERS + "009,2026-05-01,4\n009,2026-05-02,free\n001,2026-05-02,free\n"
    folder = make_wave(transactions=orders, customers=CUSTOMERS.replace("south", "North"), responses=ANSWERS)
    (folder / "raw" / "notes.csv").write_text("a\n1\n", encoding="utf-8")
    return inspect_wave(Wave.open(folder))


def test_tables_and_columns_are_counted(found):
    tables = found.tables.set_index("table")
    assert tables.loc["transactions", ["read", "kept", "quarantined"]].tolist() == [6, 4, 2]
    columns = found.columns.set_index(["table", "column"])
    assert columns.loc[("customers", "region"), "values"] == "north (2), North (1)"
    assert columns.loc[("transactions", "amount"), "kind"].text("en") == "amount of money"
    assert columns.loc[("customers", "customer_id"), "values"] == ""  # no list of customers


def test_offending_values_come_with_rule_count_and_first_line(found):
    [row] = found.offences.to_dict("records")
    assert (row["column"], row["value"], row["n"], row["first_line"]) == ("amount", "free", 2, 6)
    assert row["rule"].text("zh-CN") != row["rule"].text("en")


def test_ids_without_a_partner_months_without_a_row_and_strange_files_show(found):
    orphans = found.partners[found.partners["table"] == "transactions"].to_dict("records")
    assert [(r["ids"], r["rows"], r["example"]) for r in orphans] == [(1, 1, "009"), (1, 0, "")]
    months = found.months[found.months["table"] == "transactions"]
    assert months["month"].tolist() == ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05"]
    assert months["rows"].tolist() == [1, 1, 1, 0, 1] and months["amount"].tolist()[0] == 12.5
    assert found.strays == ("raw/notes.csv",)
    assert any("look like one" in hint for hint in found.hints)


def test_it_shows_itself_and_travels_as_json(found):
    with use_language("zh-CN"):
        assert "各月的行数和金额" in found._repr_html_()
    told = json.loads(json.dumps(found.to_json()))
    assert told["offences"][0]["value"] == "free" and told["absent"] == {}
    assert "Ids without a partner" in repr(found)


def test_what_is_not_there_is_said(make_wave):
    folder = make_wave(WAVE.replace("raw/customers.csv", "raw/custmers.csv"))
    found = inspect_wave(Wave.open(folder))
    assert not found.is_whole and "custmers.csv" in found.absent["customers"].text("en")
    assert found.strays == ("raw/customers.csv",)
