import datetime as dt
import os
from contextlib import nullcontext
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import WAVE
from tests.core.engine.toy_engine import toy_scheme
from workbench.core.engine import open_engine
from workbench.core.engine.standin import stand_in
from workbench.core.errors import ConfigError, InputError
from workbench.privacy.keys import open_key
from workbench.privacy.tombstones import set_tombstone
from workbench.store import Wave, read_wave_file
from workbench.store.config.parts import Source
from workbench.store.engine_intake import source_item
from workbench.store.engine_screening import MOST_SHOWN
from workbench.store.inspection import inspect_wave
from workbench.store.scratch import kept_for_good

PEOPLE = pd.DataFrame(
    {
        "id": [1, 2, 3, 3, None, 5],
        "area": ["north", "N.", "south", "west", "south", " "],
        "joined": pd.to_datetime(["2025-01-31", "2025-02-01", None, "2025-03-01", "2025-03-01", "2025-04-01"]),
        "refuses": ["yes", "no", None, "no", "no", "perhaps"],
        "spend": [1.5, 2.0, None, 3.0, 4.0, 5.0],
    }
)
ORDERS = pd.DataFrame(
    {
        "customer_id": ["1", "2", "9", None],
        "ordered_at": ["2026-01-05", "2026-02-30", "2026-02-01", "2026-02-01"],
        "amount": [12.5, 99.0, 3.0, 4.0],
        "state": ["paid", "paid", "void", "paid"],
    }
)
TABLES = """\
engine: toy://
tables:
  customers: {table: crm.people, columns: {customer_id: id, region: area, signup_date: joined, do_not_contact: refuses}}
  transactions: {query: SELECT * FROM crm.orders, keep_where: "state <> 'void'"}
  responses: {file: raw/responses.csv}
values:
  region: {north: {en: North, zh-CN: 北, from: [N.]}}
"""
TEXT = WAVE[: WAVE.index("tables:")] + TABLES + WAVE[WAVE.index("questions:") :]


@pytest.fixture
def lake():
    with toy_scheme() as engine:
        run = engine.inner._cursor("").execute
        run("CREATE SCHEMA crm")
        for name, frame in (("people", PEOPLE), ("orders", ORDERS)):
            held = engine.register(frame)
            engine.inner._cursor(held).execute(f"CREATE TABLE crm.{name} AS SELECT * FROM {held}")
        yield engine


def test_tables_of_the_engine_are_checked_and_stay_there(make_wave, lake):
    folder = make_wave(TEXT)
    wave = Wave.open(folder)
    assert stand_in(wave.path("customers")).engine == "toy" and stand_in(wave.path("transactions")) is not None
    people = wave.read("customers").set_index("customer_id").sort_index()
    assert people["region"].tolist() == ["north", "north", "south"] and list(people.index) == ["1", "2", "3"]
    assert people["do_not_contact"].tolist() == [True, False, None]
    reports = {r.table: r for r in wave.intake_reports()}
    made = reports["customers"]
    # one id twice, one none, and one whose refusal cannot be read
    assert (made.read, made.kept, made.quarantined, made.left_out) == (6, 3, 3, 0)
    orders = reports["transactions"]
    assert (orders.read, orders.kept, orders.quarantined, orders.left_out) == (4, 1, 2, 1)
    refused = wave.quarantine("transactions")
    assert set(zip(refused["column"], refused["value"].fillna("-"), strict=True)) == {
        ("ordered_at", "2026-02-30"),
        ("customer_id", "-"),
    }
    assert "stays" in made.said[0].text("en") and "toy" in made.said[0].text("zh-CN")


def test_it_is_read_again_when_the_table_has_changed_and_not_before(make_wave, lake):
    folder = make_wave(TEXT)
    first = Wave.open(folder).manifest
    assert Wave.open(folder).manifest == first
    lake.inner._cursor("").execute("INSERT INTO crm.people VALUES (7, 'west', NULL, NULL, NULL)")
    with kept_for_good():  # a chapter reads what its run has taken in
        assert Wave.open(folder).manifest == first
    later = Wave.open(folder)
    assert len(later.read("customers")) == 4
    assert later.manifest.tables["transactions"] == first.tables["transactions"]


def test_what_a_killed_intake_left_is_removed(make_wave, lake):
    folder = make_wave(TEXT)
    left = folder / "artefacts" / ".intake-killed"
    left.mkdir(parents=True)
    (left / "answers.parquet").touch()
    Wave.open(folder)
    assert not left.exists()


def test_contacts_that_name_invitations_wait_for_the_sample(make_wave, lake):
    call = {"invitation_id": ["a1"], "attempted_at": ["2026-06-01"], "mode": ["phone"], "disposition": ["complete"]}
    calls = lake.register(pd.DataFrame(call))
    wave = Wave.open(
        make_wave(TEXT.replace("  responses:", f"  contacts: {{query: SELECT * FROM {calls}}}\n  responses:"))
    )
    assert "has drawn the sample" in wave.absent["contacts"].text("en") and len(wave.read("customers")) == 3


def test_the_inspection_looks_into_the_engine(make_wave, lake):
    found = inspect_wave(Wave.open(make_wave(TEXT)))
    months = found.months[found.months["table"] == "transactions"]
    assert months["month"].tolist() == ["2026-01"] and months["amount"].tolist() == [12.5]
    assert set(found.columns["table"]) == {"customers", "transactions", "responses"}
    assert "toy" in found.tables.to_string() or found.is_whole


def test_customers_who_were_erased_do_not_come_back(make_wave, lake):
    folder = make_wave(TEXT)
    open_key(folder.parent, "a key that all may know")
    set_tombstone(folder.parent, "2")
    wave = Wave.open(folder)
    assert sorted(wave.read("customers")["customer_id"]) == ["1", "3"]
    report = next(r for r in wave.intake_reports() if r.table == "customers")
    assert report.left_out == 1 and report.read == report.kept + report.quarantined + report.left_out


def test_what_is_not_there_is_told_in_words(make_wave, lake):
    with pytest.raises(InputError, match="may be read"):
        Wave.open(make_wave(TEXT.replace("crm.people", "crm.nobody")))
    with pytest.raises(InputError, match="'area2' is needed"):
        Wave.open(make_wave(TEXT.replace("region: area", "region: area2")))
    with pytest.raises(InputError, match="customer_id"):
        Wave.open(make_wave(TEXT.replace("customer_id: id, ", "")))


def test_a_table_most_of_which_is_broken_is_refused(make_wave, lake):
    with pytest.raises(InputError, match="At least a third"):
        Wave.open(make_wave(TEXT.replace("signup_date: joined, do_not_contact: refuses", "do_not_contact: area")))


def test_no_more_than_a_sample_leaves(make_wave, lake):
    lake.inner._cursor("").execute(
        "INSERT INTO crm.orders SELECT CAST(i AS VARCHAR), CASE WHEN i % 3 = 0 THEN 'x' ELSE '2026-01-05' END, 1, 'paid' "
        "FROM range(6000) AS r(i)"
    )
    wave = Wave.open(make_wave(TEXT))
    report = next(r for r in wave.intake_reports() if r.table == "transactions")
    assert report.quarantined == 2002
    assert (
        pq.read_metadata(wave.artefacts / wave.manifest.tables["transactions"].quarantine.file).num_rows <= MOST_SHOWN
    )


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("{table: crm.people, file: raw/customers.csv}", "one of file, pull, table and query"),
        ("{table: crm.people, delimiter: ';'}", "goes with 'file'"),
        ("{query: DROP TABLE crm.people}", "begins with SELECT"),
        ("{query: SELECT 1; DROP TABLE crm.people}", "one statement"),
        ("{table: 'crm.people; x'}", "table"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(make_wave, entry, why):
    text = TEXT.replace(TEXT[TEXT.index("{table: crm.people") : TEXT.index("\n  transactions")], entry)
    with pytest.raises(ConfigError, match=why):
        read_wave_file(make_wave(text))


ENGINES = [
    pytest.param("postgresql", marks=pytest.mark.engine("postgresql")),
    pytest.param("spark", marks=pytest.mark.engine("spark")),
]


def url_of(name):
    """Return an engine's address; skipped where it is not here."""
    pytest.importorskip({"postgresql": "adbc_driver_postgresql", "spark": "pyspark"}.get(name, name))
    if name == "postgresql" and "WORKBENCH_POSTGRESQL" not in os.environ:
        pytest.skip("WORKBENCH_POSTGRESQL names no server")
    default = {"spark": "spark://local[2]"}.get(name, f"{name}://")
    return os.environ.get(f"WORKBENCH_{name.upper()}", default)


@pytest.mark.parametrize("name", ENGINES)
def test_every_engine_reads_the_same(name, make_wave):
    """The tables above, and one whose days and refusals are texts, in the engine's own words."""
    url = url_of(name)
    engine = open_engine(url)
    people, orders = (engine.register(f) for f in (PEOPLE, ORDERS))
    text = TEXT.replace("toy://", f'"{url}"').replace("crm.people", people).replace("crm.orders", f"{orders} AS o")
    wave = Wave.open(make_wave(text))
    assert stand_in(wave.path("customers")).engine == name
    found = wave.read("customers").set_index("customer_id").sort_index()
    assert found["region"].tolist() == ["north", "north", "south"] and list(found.index) == ["1", "2", "3"]
    assert [str(d)[:10] for d in found["signup_date"]] == ["2025-01-31", "2025-02-01", "None"]
    assert found["do_not_contact"].tolist() == [True, False, None]
    reports = {r.table: (r.read, r.kept, r.quarantined, r.left_out) for r in wave.intake_reports()}
    assert reports["customers"] == (6, 3, 3, 0) and reports["transactions"] == (4, 1, 2, 1)
    assert wave.read("transactions")["amount"].tolist() == [12.5]
    assert Wave.open(wave.folder).manifest == wave.manifest, "nothing changed, nothing read"
    assert inspect_wave(wave).months["rows"].tolist()[-1] >= 1


AT = [dt.datetime(2026, 6, d, 20, 30, tzinfo=dt.UTC) for d in (10, 11, 12, 13)]
TYPED = {
    "responses": pa.table(
        {
            "WHO": pa.array([1.0, 2.0, 3.0, 4.0]),
            "submitted_at": pa.array(AT, pa.timestamp("us", "UTC")),
            "recommend": pa.array([9.0, 99.0, float("nan"), 7.0]),
            "satisfaction": pa.array([Decimal(4), Decimal(2), None, Decimal(5)], pa.decimal128(3, 1)),
            "shelf": pa.array([3.0, float("nan"), 2.5, None]),
            "Seen At": pa.array(AT, pa.timestamp("us", "UTC")),
            "member": pa.array([True, False, None, True]),
        }
    ),
    # of two rows of a customer the first counts, capitals before small letters, whatever the database's collation
    "customers": pa.table(
        {
            "CUST": pa.array([Decimal(1), Decimal(2), Decimal(2), Decimal(3)], pa.decimal128(12, 0)),
            "Area": ["A", "B", "a", "-3"],
            "joined": ["2025/01/31", "2025-02-01", "2025-02-02", None],
            "points": pa.array([1.5, 2.0, 3.0, 1e9], pa.float32()),
            "SIGNUP_DATE": ["not", "the", "same", "column"],
        }
    ),
}
TYPED_WAVE = """\
timezone: Asia/Shanghai
tables:
  customers: {CUSTOMERS, columns: {customer_id: CUST, signup_date: joined}, one_row_per: customer_id, missing: ["-3"]}
  responses: {RESPONSES, columns: {customer_id: WHO}, not_answered: {recommend: ["99"]}}
"""


@pytest.mark.parametrize("name", ["toy", *ENGINES, pytest.param("datafusion", marks=pytest.mark.engine("datafusion"))])
def test_a_table_of_types_is_read_as_a_file_of_them(name, make_wave):
    """Ids and codes kept as numbers, numbers that are none, capitals, instants."""
    text = WAVE[: WAVE.index("tables:")] + TYPED_WAVE + WAVE[WAVE.index("questions:") :]
    with toy_scheme() if name == "toy" else nullcontext() as toy:
        url = "toy://" if name == "toy" else url_of(name)
        engine = toy or open_engine(url)
        told = f'engine: "{url}"\n{text}'
        for table, rows in TYPED.items():
            told = told.replace(table.upper(), f"query: SELECT * FROM {engine.register(rows)} AS t")
        wave = Wave.open(make_wave(told, folder="kept"))
        found = {t: wave.read(t).sort_values("customer_id", ignore_index=True) for t in TYPED}
    filed = make_wave(text.replace("CUSTOMERS", "file: raw/c.parquet").replace("RESPONSES", "file: raw/r.parquet"))
    for table, rows in TYPED.items():
        pq.write_table(rows, filed / "raw" / f"{table[0]}.parquet")
    here = Wave.open(filed)
    for table in TYPED:
        pd.testing.assert_frame_equal(found[table][list(here.read(table))], here.read(table), check_dtype=False)
    counts = [
        {r.table: (r.read, r.kept, r.cells, r.left_out, r.types) for r in w.intake_reports()} for w in (here, wave)
    ]
    assert counts[0] == counts[1]
    assert found["customers"]["Area"].tolist()[:2] == ["A", "B"] and found["customers"]["Area"].isna()[2]
    assert found["customers"]["SIGNUP_DATE (2)"].tolist() == ["not", "the", "column"]
    assert found["responses"]["shelf"].fillna("-").tolist() == ["3", "-", "2.5", "-"]
    assert found["responses"]["recommend"].fillna(-1).tolist() == [9, -1, -1, 7]
    assert found["responses"]["Seen At"][0] == "2026-06-10 20:30:00+00"
    assert str(found["responses"]["submitted_at"][0])[:10] == "2026-06-11"


NAMELESS = pd.DataFrame(
    {
        "recommend": pd.array([10, 9, 10, 3, None, 10], "Int64"),
        "渠道": [
            "店┋App (iOS)",
            "App (iOS)",
            None,
            "店",
            "无┋店",
            "店┋App (iOS)",
        ],
        "a": pd.array([1, 0, None, 1, 0, 1], "Int64"),
        "none": pd.array([0, 1, None, 1, 0, 0], "Int64"),
    }
)
SETS = """\
tables:
  responses: {ANSWERS}
sets:
  seen: {choices: {a: a}, none: none}
  used: {column: 渠道, separator: ┋, none: 无}
"""


@pytest.mark.parametrize("name", ["toy", *ENGINES, pytest.param("datafusion", marks=pytest.mark.engine("datafusion"))])
def test_answers_without_ids_and_several_answers_in_one_cell(name, make_wave):
    """They count by their place, as in a file by their line; 'none' beside an answer is no answer."""
    text = WAVE[: WAVE.index("tables:")] + SETS
    with toy_scheme() if name == "toy" else nullcontext() as toy:
        url = "toy://" if name == "toy" else url_of(name)
        rows = (toy or open_engine(url)).register(NAMELESS)
        told = f'engine: "{url}"\n' + text.replace("ANSWERS", f"query: SELECT * FROM {rows} AS t")
        kept = Wave.open(make_wave(told, folder="kept"))
        found, book = kept.read("responses"), kept.codebook()
    filed = make_wave(text.replace("ANSWERS", "file: raw/r.csv"))
    NAMELESS.to_csv(filed / "raw" / "r.csv", index=False)
    here = Wave.open(filed)
    assert book.to_yaml() == here.codebook().to_yaml() and [s.name for s in book.sets] == ["渠道"]
    counts = [
        [(r.read, r.kept, r.cells, r.own_ids, sorted(f.rule for f in r.faults)) for r in w.intake_reports()]
        for w in (here, kept)
    ]
    assert counts[0] == counts[1] and counts[0][0][:4] == (6, 6, 2, 6)
    assert sorted(found["customer_id"]) == [f"{kept.config.wave} line {i}" for i in range(1, 7)]
    of_file = here.read("responses")
    told = [
        [
            tuple("-" if v is None or v != v else v for v in row)
            for row in f.drop(columns="customer_id").astype(object).itertuples(index=False)
        ]
        for f in (found, of_file)
    ]
    assert sorted(told[0], key=str) == sorted(told[1], key=str) and list(found) == list(of_file)
    assert [
        quarantined["column"].tolist() for quarantined in (kept.quarantine("responses"), here.quarantine("responses"))
    ] == [["none", "渠道"]] * 2


def test_an_embedded_engine_has_no_tables(make_wave):
    with pytest.raises(ConfigError, match="server or a cluster"):
        read_wave_file(make_wave(TEXT.replace("engine: toy://\n", "")))


def test_where_the_rows_are():
    with toy_scheme() as engine:
        assert source_item(Source(table="a.b"), engine) == '"a"."b"'
        assert source_item(Source(table="s3://lake/people"), engine) == 'parquet."s3://lake/people"'
        assert source_item(Source(query="SELECT 1"), engine) == "(SELECT 1)"
