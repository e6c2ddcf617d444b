"""Broken input of every kind gives one clear message or a counted quarantine, and every other number is unharmed."""

from __future__ import annotations

import pytest

from tests.conftest import ANSWERS, CUSTOMERS, ORDERS, WAVE
from workbench.core.errors import ConfigError, InputError
from workbench.store import Wave

REFUSED = {
    "missing column": (dict(transactions="customer_id,ordered_at\n001,2026-01-01\n"), InputError, "amount"),
    "renamed column": (dict(transactions=ORDERS.replace("amount", "amuont")), InputError, "did you mean 'amuont'"),
    "empty file": (dict(customers=b""), InputError, "empty file"),
    "two columns of one name": (dict(customers="customer_id,region,region\n1,a,b\n"), InputError, "repeated: region"),
    "column without a name": (dict(customers="customer_id,,region\n1,a,b\n"), InputError, "without a name: column 2"),
    "an encoding of its own": (
        dict(customers="customer_id,region\n1,n\n".encode("utf-32")),
        InputError,
        "binary|UTF-16",
    ),
    "not text at all": (
        dict(customers=b"customer_id,region\n" + b"\xff\xfe\x81\xff,\xff\n" * 9),
        InputError,
        "neither|not UTF-8",
    ),
    "all dates wrong": (dict(transactions=ORDERS.replace("2026-", "2026/13/")), InputError, "3 of 3 rows"),
    "amounts in words": (
        dict(transactions="customer_id,ordered_at,amount\n1,2026-01-01,a thousand\n"),
        InputError,
        "amount: not an amount of money",
    ),
    "wrong delimiter": (dict(customers=CUSTOMERS.replace(",", "^")), InputError, "customer_id"),
    "a wave that follows itself": (dict(wave_yaml=WAVE + "previous: w1\n"), ConfigError, "cannot follow itself"),
    "a wave that follows nobody": (dict(wave_yaml=WAVE + "previous: w0\n"), ConfigError, "no wave 'w0'"),
    "unknown key": (dict(wave_yaml=WAVE + "quetsions: {}\n"), ConfigError, "did you mean 'questions'"),
    "date that does not exist": (dict(wave_yaml=WAVE.replace("06-30", "06-31")), ConfigError, "as_of"),
    "not YAML": (dict(wave_yaml=WAVE + "  tables: [\n"), ConfigError, "must be YAML"),
    "a list instead of keys": (dict(wave_yaml="- study\n"), ConfigError, "must hold keys"),
    "unknown table": (dict(wave_yaml=WAVE + "  customer: {file: x}\n".replace("  ", "", 0)), ConfigError, "customer"),
    "expression that is not SQL": (
        dict(wave_yaml=WAVE.replace("raw/transactions.csv}", "raw/transactions.csv, columns: {amount: '= amount +'}}")),
        ConfigError,
        "is one value of a row",
    ),
    "column named that is not there": (
        dict(wave_yaml=WAVE.replace("raw/transactions.csv}", "raw/transactions.csv, columns: {amount: total}}")),
        InputError,
        "'total' is needed",
    ),
    "top box outside the scale": (dict(wave_yaml=WAVE.replace("top_box: 4", "top_box: 6")), ConfigError, "top_box"),
    "tier names twice": (
        dict(
            wave_yaml=WAVE
            + "tiers:\n- {name: A, label: {en: a, zh-CN: a}, minimum: {amount_12m: 1}}\n- {name: A, label: {en: a, zh-CN: a}}\n"
        ),
        ConfigError,
        "names must differ",
    ),
}

QUARANTINED = {
    "duplicate ids": (dict(customers=CUSTOMERS + "001,east,2025-01-01\n"), "customers", 5, "customer_id", "001"),
    "missing id": (dict(customers=CUSTOMERS + ",east,2025-01-01\n"), "customers", 5, "customer_id", None),
    "a date like 2026/13/01": (
        dict(transactions=ORDERS + "003,2026/13/01,5\n"),
        "transactions",
        5,
        "ordered_at",
        "2026/13/01",
    ),
    "a score of 11": (dict(responses=ANSWERS + "002,2026-06-12,11,3,\n"), "responses", 4, "recommend", "11"),
    "a score of 7.5": (dict(responses=ANSWERS + "002,2026-06-12,7.5,3,\n"), "responses", 4, "recommend", "7.5"),
    "a score in words": (dict(responses=ANSWERS + "002,2026-06-12,十分,3,\n"), "responses", 4, "recommend", "十分"),
    "a rating outside its scale": (
        dict(responses=ANSWERS + "002,2026-06-12,9,6,\n"),
        "responses",
        4,
        "satisfaction",
        "6",
    ),
    "a second answer": (dict(responses=ANSWERS + "001,2026-06-12,1,1,again\n"), "responses", 4, "customer_id", "001"),
    "an amount in words": (dict(transactions=ORDERS + "003,2026-01-01,free\n"), "transactions", 5, "amount", "free"),
    "an amount that is not a number": (
        dict(transactions=ORDERS + "003,2026-01-01,NaN\n"),
        "transactions",
        5,
        "amount",
        "NaN",
    ),
    "a line with too many fields": (
        dict(transactions=ORDERS + "003,2026-01-01,5,6\n"),
        "transactions",
        5,
        "",
        "003,2026-01-01,5,6",
    ),
    "a line with too few fields": (dict(transactions=ORDERS + "003\n"), "transactions", 5, "", "003"),
    "a stray quote": (
        dict(transactions=ORDERS + '"003,2026-01-01,5\n001,2026-04-01,7\n'),
        "transactions",
        5,
        "",
        '"003,2026-01-01,5',
    ),
    "a damaged line": (
        dict(customers=CUSTOMERS.encode() + "004,北,2025-01-01\n".encode() * 2 + b"005,\xff\xfe,2025-01-01\n"),
        "customers",
        7,
        "",
        None,
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_input_that_is_broken_as_a_whole_is_refused(kind, make_wave):
    files, error, says = REFUSED[kind]
    folder = make_wave(**files)
    with pytest.raises(error, match=says) as caught:
        Wave.open(folder)
    text = str(caught.value)
    assert "found:" in text and "fix:" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("kind", QUARANTINED)
def test_rows_that_are_broken_are_quarantined_and_counted(kind, make_wave):
    files, table, line, column, value = QUARANTINED[kind]
    wave = Wave.open(make_wave(**files))
    bad = wave.quarantine(table)
    assert line in bad["line"].tolist()
    row = bad[bad["line"] == line].iloc[0]
    assert (row["file"], row["column"]) == (f"{table}.csv", column)
    if value is not None:
        assert row["value"] == value
    reports = {r.table: r for r in wave.intake_reports()}
    for report in reports.values():
        assert report.read == report.kept + report.quarantined + report.left_out
    # what is only optional costs the value, anything else the row
    assert reports[table].quarantined == bad.loc[bad["costs"] == "row", "line"].nunique()
    assert reports[table].cells == (bad["costs"] == "value").sum()
    optional = column in ("recommend", "satisfaction")
    assert (row["costs"] == "value") == optional
    assert len(wave.read(table)) == reports[table].kept
    for other in {"customers", "transactions", "responses"} - {table}:
        assert reports[other].quarantined == 0


def test_a_declared_code_for_no_answer_is_neither_a_score_nor_a_fault(make_wave):
    wave = Wave.open(make_wave(responses=ANSWERS + "002,2026-06-12,99,3,\n"))
    report = next(r for r in wave.intake_reports() if r.table == "responses")
    assert report.not_answered == {"recommend": 1}
    assert report.quarantined == 0
    assert wave.read("responses")["recommend"].isna().sum() == 1


def test_columns_named_as_those_of_the_intake_are_kept_beside_them(make_wave):
    own = "customer_id,_line,_FILE,Region,region\n1,x,y,N,n\n2,x,y,S,s\n"
    wave = Wave.open(make_wave(customers=own))
    columns = wave.read("customers")
    assert columns["_line (2)"].tolist() == ["x", "x"] and "_FILE (2)" in columns


def test_an_amount_that_would_be_kept_as_nothing_is_none(make_wave):
    wave = Wave.open(make_wave(transactions=ORDERS + "002,2026-03-01,0.00004\n002,2026-03-02,0.0001\n"))
    assert wave.quarantine("transactions")["value"].tolist() == ["0.00004"]


def test_an_id_with_wide_blanks_is_the_same_customer(make_wave):
    wave = Wave.open(make_wave(transactions=ORDERS.replace("\n002,", "\n\u3000002,")))
    assert set(wave.read("transactions")["customer_id"]) <= set(wave.read("customers")["customer_id"])
