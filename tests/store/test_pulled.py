from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.core.engine import DuckDBEngine
from workbench.store import Wave
from workbench.store.config.parts import Source
from workbench.store.inspection import inspect_wave
from workbench.store.pulled import chain_of, known_ids, lay_over, pulled_files, receipts_of, without_none

SOURCE = Source(pull="crm", kind="Contacts", columns={"customer_id": "Key"})


def put(folder, started, rows, mode="changes", flags=("Opt",), **fields):
    """Write a pulled file: rows of (id, Key, City, Opt, _change)."""
    (folder / "raw").mkdir(exist_ok=True, parents=True)
    name = f"customers-crm-{started}"
    columns = ["_id", "Key", "City", "Opt", "_change"]
    table = {c: pa.array([r[i] for r in rows], pa.string()) for i, c in enumerate(columns)}
    pq.write_table(pa.table({**table, "_into": pa.nulls(len(rows), pa.string())}), folder / "raw" / f"{name}.parquet")
    told = {c: {"kind": "text"} for c in columns[:-1]} | fields
    receipt = {"file": f"{name}.parquet", "table": "customers", "connection": "crm", "mode": mode, "started": started}
    receipt |= {"id_field": "_id", "do_not_contact": list(flags), "fields": told, "zone_minutes": 480}
    (folder / "raw" / f"{name}.json").write_text(json.dumps(receipt))


@pytest.fixture
def wave(tmp_path):
    put(tmp_path, "2026-01-01", [("9", "000", "x", "false", None)], mode="full")
    full = [("1", "001", "上海", "false", None), ("2", "002", "北京", "true", None), ("3", "003", "西安", None, None)]
    put(tmp_path, "2026-01-02", full, mode="full")
    put(tmp_path, "2026-01-03", [("1", "001", "苏州", "false", None), ("3", None, None, None, "deleted")])
    put(tmp_path, "2026-01-04", [("4", "004", "广州", "true", None), ("1", None, None, None, "merged")])
    return tmp_path


def test_what_came_later_counts_and_everything_is_accounted_for(wave, tmp_path):
    files = pulled_files(wave, "customers", "crm")
    assert [f.name[14:24] for f in files] == ["2026-01-02", "2026-01-03", "2026-01-04"]
    engine, target = DuckDBEngine(), tmp_path / "laid.parquet"
    laid = lay_over(files, SOURCE, target, engine)
    rows = engine.rows(f"SELECT Key, City, do_not_contact, _overlaid FROM '{target}' ORDER BY Key, _line")
    assert rows.fillna("").to_numpy().tolist() == [
        ["001", "上海", "false", "newer"],
        ["001", "苏州", "false", "merged"],
        ["002", "北京", "true", ""],
        ["003", "西安", "false", "deleted"],
        ["004", "广州", "true", ""],
    ]
    assert laid.columns == ("_id", "Key", "City", "Opt", "do_not_contact")
    assert known_ids(files) == {"2", "4"}


def test_intake_counts_what_is_left_out_and_why(wave):
    (wave / "wave.yaml").write_text(
        "study: shop\nwave: w1\ntitle: {en: Shop, zh-CN: 商店}\nas_of: 2026-06-30\n"
        "connections: {crm: {system: zoho, secrets: ZOHO}}\n"
        "tables: {customers: {pull: crm, kind: Contacts, columns: {customer_id: Key}}}\n"
    )
    opened = Wave.open(wave)
    report = opened.intake_reports()[0]
    assert (report.read, report.kept, report.left_out) == (5, 2, 3)
    assert {words.text("en"): n for words, n in report.left_out_by} == {
        "a later pull has a newer version of it": 1,
        "deleted in the system it came from": 1,
        "merged into another record in the system it came from": 1,
    }
    assert opened.read("customers").set_index("customer_id")["do_not_contact"].to_dict() == {"002": True, "004": True}
    assert inspect_wave(opened).strays == ()


def test_a_table_that_was_not_pulled_yet_says_so(tmp_path):
    (tmp_path / "wave.yaml").write_text(
        "study: shop\nwave: w1\ntitle: {en: Shop, zh-CN: 商店}\nas_of: 2026-06-30\n"
        "connections: {crm: {system: zoho, secrets: ZOHO}}\ntables: {customers: {pull: crm}}\n"
    )
    assert "workbench pull" in Wave.open(tmp_path).absent["customers"].text("en")
    assert receipts_of(tmp_path, "customers", "crm") == [] == chain_of([])


def test_milliseconds_are_the_day_that_people_see_there(tmp_path):
    midnight = str(1767542400000)  # 2026-01-05 00:00 in Beijing
    put(
        tmp_path,
        "2026-01-02",
        [("1", "001", midnight, midnight, None)],
        mode="full",
        flags=(),
        City={"kind": "date", "milliseconds": True},
        Opt={"kind": "time", "milliseconds": True},
    )
    engine, target = DuckDBEngine(), tmp_path / "laid.parquet"
    lay_over(pulled_files(tmp_path, "customers", "crm"), SOURCE, target, engine)
    row = engine.rows(f"SELECT City, Opt FROM '{target}'").iloc[0]
    assert tuple(row) == ("2026-01-05", "2026-01-05 00:00:00")


def test_no_field_for_do_not_contact_is_no_column():
    none = Source(pull="crm", columns={"do_not_contact": "none"})
    assert without_none(none).columns == {}
    assert without_none(SOURCE) is SOURCE
