from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.store.config import WaveConfig
from workbench.store.config.parts import Source
from workbench.store.intake import take_in
from workbench.store.intake_report import IntakeReport

CONFIG = WaveConfig.model_validate(
    {
        "study": "s",
        "wave": "w",
        "title": {"en": "a", "zh-CN": "b"},
        "as_of": "2026-01-01",
        "tables": {},
        "timezone": "Asia/Shanghai",
    }
)


def take(tmp_path, table, files, **source):
    paths = files if isinstance(files, list) else [files]
    given_source = Source(file=[p.name for p in paths], **source)
    report = take_in(
        table, given_source, paths, CONFIG, clean=tmp_path / "c.parquet", quarantine=tmp_path / "q.parquet"
    )
    return report, pq.read_table(tmp_path / "c.parquet").to_pandas(), pd.read_parquet(tmp_path / "q.parquet")


def csv_file(tmp_path, text, name="t.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_columns_are_renamed_and_derived_as_told(tmp_path):
    path = csv_file(tmp_path, "cid,day,qty,price,shop\n01,2026-01-02,3,2.5,x\n")
    columns = {"customer_id": "cid", "ordered_at": "day", "amount": "= CAST(qty AS INTEGER) * CAST(price AS DOUBLE)"}
    _, rows, _ = take(tmp_path, "transactions", path, columns=columns)
    assert rows.loc[0, "customer_id"] == "01"
    assert rows.loc[0, "amount"] == Decimal("7.5000")
    assert rows.loc[0, "shop"] == "x"
    assert "cid" not in rows


def test_float_ids_become_whole_numbers_and_missing_ones_are_quarantined(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"id": [17850.0, None, 12.5], "d": ["2026-01-01"] * 3, "a": [1.0, 2.0, 3.0]}), path)
    report, rows, bad = take(
        tmp_path, "transactions", path, columns={"customer_id": "id", "ordered_at": "d", "amount": "a"}
    )
    assert rows["customer_id"].tolist() == ["17850", "12.5"]
    assert bad[["line", "column"]].to_numpy().tolist() == [[2, "customer_id"]]
    assert (report.read, report.kept, report.quarantined) == (3, 2, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-05", "2026-01-05"),
        ("2026/1/5", "2026-01-05"),
        ("2026/1/5 8:01:02", "2026-01-05"),
        ("20260105", "2026-01-05"),
        ("2026年1月5日", "2026-01-05"),
        ("2026-01-05T23:30:00Z", "2026-01-06"),
    ],
)
def test_dates_are_local_days(tmp_path, text, day):
    _, rows, _ = take(tmp_path, "transactions", csv_file(tmp_path, f"customer_id,ordered_at,amount\n1,{text},1\n"))
    assert str(rows["ordered_at"][0]) == day


def test_dates_that_could_be_in_two_orders_are_asked_about(tmp_path):
    path = csv_file(tmp_path, "customer_id,ordered_at,amount\n1,05/01/2026,1\n")
    _, rows, _ = take(tmp_path, "transactions", path, date_format="%d/%m/%Y")
    assert str(rows["ordered_at"][0]) == "2026-01-05"
    with pytest.raises(InputError, match="none has a day above 12"):
        take(tmp_path, "transactions", path)
    path = csv_file(tmp_path, "customer_id,ordered_at,amount\n1,05/01/2026,1\n2,25/01/2026 7:05 PM,1\n")
    report, rows, _ = take(tmp_path, "transactions", path)
    assert rows["ordered_at"].astype(str).tolist() == ["2026-01-05", "2026-01-25"]
    assert [m.template for m in report.said] == [
        "{column}: the day stands first ({n:int} dates can be read in no other way)"
    ]


def test_one_row_per_keeps_the_first_and_counts_the_rest(tmp_path):
    path = csv_file(tmp_path, "customer_id,region\n1,a\n2,b\n1,c\n,d\n")
    report, rows, _ = take(tmp_path, "customers", path, one_row_per="customer_id")
    assert rows.to_numpy().tolist() == [["1", "a"], ["2", "b"]]
    assert (report.kept, report.quarantined, report.left_out) == (2, 1, 1)


def test_files_of_one_table_are_read_together(tmp_path):
    files = [csv_file(tmp_path, f"customer_id,region\n{i},a\n", f"{i}.csv") for i in (1, 2)]
    report, rows, _ = take(tmp_path, "customers", files)
    assert rows["customer_id"].tolist() == ["1", "2"]
    files.append(csv_file(tmp_path, "customer_id,city\n3,a\n", "3.csv"))
    with pytest.raises(InputError, match=r"3\.csv"):
        take(tmp_path, "customers", files)
    assert report.read == 2


def test_a_workbook_keeps_ids_and_refuses_numbers_that_lost_digits(tmp_path):
    path = tmp_path / "t.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("客户")
    sheet.write_row(0, 0, ["customer_id", "region"])
    sheet.write_string(1, 0, "00000001")
    sheet.write_number(2, 0, 42)
    sheet.write_number(3, 0, 123456789012345678)
    sheet.write_string(5, 0, "123456789012345678")
    book.close()
    report, rows, bad = take(tmp_path, "customers", path)
    assert rows["customer_id"].tolist() == ["00000001", "42", "123456789012345678"]
    assert bad["line"].tolist() == [4]
    assert "lost digits" in bad["rule"][0]
    assert (report.read, report.blank) == (4, 1)
    with pytest.raises(InputError, match="did you mean '客户'"):
        take(tmp_path, "customers", path, sheet="客 户")


def test_an_empty_sheet_is_refused(tmp_path):
    path = tmp_path / "t.xlsx"
    xlsxwriter.Workbook(path).close()
    with pytest.raises(InputError, match="empty sheet|header"):
        take(tmp_path, "customers", path)
    path.write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(InputError, match="whole and as its kind"):
        take(tmp_path, "customers", path)


def test_a_header_without_rows_is_a_table_without_rows(tmp_path):
    report, rows, _ = take(tmp_path, "responses", csv_file(tmp_path, "customer_id,recommend\n"))
    assert (report.read, report.kept, len(rows)) == (0, 0, 0)


def test_a_report_survives_json(tmp_path):
    report, _, _ = take(tmp_path, "responses", csv_file(tmp_path, "customer_id,recommend\n1,9\n2,11\n3,8\n"))
    again = IntakeReport.from_json(dict(report.to_json()))
    assert again.faults[0].message.text("zh-CN") == "0 至 10 的整数"
    assert again.kept == report.kept


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from(["1", "2", "3", ""]), st.sampled_from(["5", "10", "11", "x", ""])), max_size=15)
)
def test_rows_kept_and_quarantined_add_up(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("intake")
    path = csv_file(folder, "customer_id,recommend\n" + "".join(f"{i},{r}\n" for i, r in rows) + "ok,9\n" * 1)
    good = {i for i, r in rows if i} | {"ok"}
    try:
        report, kept, bad = take(folder, "responses", path)
    except InputError as error:
        assert "at least a third" in error.rule.lower() or "scale" in error.rule
        return
    assert report.read == report.kept + report.quarantined == len(rows) + 1
    assert kept["customer_id"].is_unique
    # alone, a row keeps its answers whatever its id is; a bad answer costs the answer
    assert report.quarantined == 0 and good <= set(kept["customer_id"])
    assert report.own_ids == len(rows) + 1 - len(good)
    assert report.cells == len(bad) == sum(r in ("11", "x") for _, r in rows)
    assert kept["recommend"].notna().sum() == sum(r in ("5", "10") for _, r in rows) + 1
    assert set(bad["costs"]) <= {"value"}


def test_a_table_of_regions_keeps_targets_and_refuses_a_region_twice(tmp_path):
    path = csv_file(
        tmp_path,
        "region,staff,market_share,target_nps\nnorth,12,0.2,30\nsouth,x,0.1,20\nnorth,9,0.3,25\nwest,3,0.1,\neast,4,0.4,5\n",
    )
    report, rows, bad = take(tmp_path, "regions", path)
    assert rows[["region", "staff", "target_nps"]].astype(object).fillna("").to_numpy().tolist() == [
        ["north", 12.0, "30"],
        ["south", "", "20"],
        ["west", 3.0, ""],
        ["east", 4.0, "5"],
    ]
    assert bad[["column", "costs"]].to_numpy().tolist() == [["staff", "value"], ["region", "row"]]
    assert (report.kept, report.quarantined, report.cells) == (4, 1, 1)


CONTRACT_LINES = """customer_id,contract_id,started_at,ended_at,kind,amount_per_month,branch
001,a,2025-01-01,,basic,9.90,x
002,b,2025-01-01,2024-12-31,basic,9.90,x
003,c,2025-01-01,2025-01-01,basic,0,x
004,d,,2025-02-01,basic,5,x
005,e,2025-02-30,,basic,5,x
006,f,2025-02-01,,basic,-5,x
007,a,2025-02-01,,basic,5,x
,g,2025-02-01,,basic,5,x
008,h,2025-02-01,2027-02-01,,,x
009,i,2025-02-01,2025-06-01,basic,5,x
"""


def test_contracts_end_after_they_begin_and_cost_nothing_or_more(tmp_path):
    report, rows, bad = take(tmp_path, "contracts", csv_file(tmp_path, CONTRACT_LINES))
    # an end before the beginning costs the row, for without an end the contract would be running
    assert rows["customer_id"].tolist() == ["001", "003", "006", "008", "009"]
    assert rows["ended_at"].isna().tolist() == [True, False, True, False, False]
    assert rows["amount_per_month"].isna().tolist() == [False, False, True, True, False]
    assert "branch" in rows
    broken = set(zip(bad["line"], bad["column"], strict=True))
    assert broken == {
        (3, "ended_at"),
        (5, "started_at"),
        (6, "started_at"),
        (7, "amount_per_month"),
        (8, "contract_id"),
        (9, "customer_id"),
    }
    assert set(bad["rule"]) >= {"not before started_at", "an amount of money, 0 or more"}
    assert (report.read, report.kept, report.quarantined, report.cells) == (10, 5, 5, 1)


def test_contracts_need_neither_ids_nor_ends(tmp_path):
    text = "cid,von,bis\n1,01.02.2025,\n1,01.03.2025,31.03.2025\n"
    columns = {"customer_id": "cid", "started_at": "von", "ended_at": "bis"}
    report, rows, _ = take(tmp_path, "contracts", csv_file(tmp_path, text), columns=columns, date_format="%d.%m.%Y")
    assert report.kept == 2 and list(rows.columns) == ["customer_id", "started_at", "ended_at"]


def config_with(**more):
    return WaveConfig.model_validate({**CONFIG.model_dump(by_alias=True, exclude_unset=True), **more})


def take_answers(tmp_path, lines, **more):
    path = csv_file(tmp_path, lines)
    report = take_in(
        "responses",
        Source(file="t.csv"),
        [path],
        config_with(**more),
        clean=tmp_path / "c.parquet",
        quarantine=tmp_path / "q.parquet",
    )
    return report, pd.read_parquet(tmp_path / "c.parquet"), pd.read_parquet(tmp_path / "q.parquet")


SAT = {"satisfaction": {"label": {"en": "S", "zh-CN": "满"}, "low": 1, "high": 5, "top_box": 4}}


def test_answers_alone_need_no_ids(tmp_path):
    report, rows, _ = take_answers(tmp_path, "recommend,satisfaction\n9,5\n3,1\n", questions=SAT)
    assert rows["customer_id"].tolist() == ["w line 2", "w line 3"]
    assert report.own_ids == 2
    report, rows, _ = take_answers(tmp_path, "customer_id,recommend\na,9\na,8\n,7\nb,6\n")
    assert rows["customer_id"].tolist() == ["a", "w line 3", "w line 4", "b"]
    assert (report.kept, report.own_ids) == (4, 2)


def test_beside_other_tables_an_id_names_a_customer(tmp_path):
    linked = {"customers": {"file": "c.csv"}}
    _, rows, bad = take_answers(tmp_path, "customer_id,recommend\na,9\na,8\nb,7\n", tables=linked)
    assert rows["customer_id"].tolist() == ["a", "b"] and bad["costs"].tolist() == ["row"]
    report, rows, _ = take_answers(tmp_path, "recommend\n9\n", tables=linked)
    assert (len(rows), report.unnamed) == (1, 1)


def test_words_for_numbers_are_read_by_rule(tmp_path):
    lines = "recommend,satisfaction\n10 - extremely likely,满意\n8分,Very dissatisfied\n７,3\n6（一般）,5\nx,非常满意\n1-2,好极了\n"
    report, rows, bad = take_answers(tmp_path, lines, questions=SAT)
    assert rows["recommend"].fillna(-1).tolist() == [10, 8, 7, 6, -1, -1]
    assert rows["satisfaction"].fillna(-1).tolist() == [4, 1, 3, 5, 5, -1]
    assert bad["value"].tolist() == ["x", "1-2", "好极了"] and report.cells == 3
    coded = {"satisfaction": {**SAT["satisfaction"], "codes": {"好极了": 5, "9": 1}}}
    _, rows, _ = take_answers(tmp_path, "satisfaction\n好极了\n9\n", questions=coded)
    assert rows["satisfaction"].tolist()[0] == 5


FIVE = "recommend\n" + "".join(f"{1 + i % 5}\n" for i in range(100))


def test_a_recommendation_on_another_scale_is_refused_or_converted(tmp_path):
    with pytest.raises(InputError, match="scale from 0 to 10") as caught:
        take_answers(tmp_path, FIVE)
    assert "1 (20), 2 (20)" in caught.value.found and "recommend: {scale: [1, 5]" in caught.value.fix
    _, rows, _ = take_answers(tmp_path, FIVE, recommend={"scale": [1, 5]})
    assert rows["recommend"].tolist()[:5] == [0, 3, 6, 8, 10]
    _, rows, _ = take_answers(tmp_path, FIVE, recommend={"codes": {1: 0, 2: 0, 3: 7, 4: 9, 5: 10}})
    assert rows["recommend"].tolist()[:5] == [0, 0, 7, 9, 10]
    _, rows, _ = take_answers(tmp_path, FIVE, recommend={"scale": [0, 10]})
    assert rows["recommend"].tolist()[:5] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "values", [["true", "false"], [-100, 0, 100], list(range(0, 101, 5)), ["Promoter", "Passive", "Detractor"]]
)
def test_what_is_no_recommendation_is_never_a_silent_score(tmp_path, values):
    with pytest.raises(InputError, match=r"recommend"):
        take_answers(tmp_path, "recommend\n" + "".join(f"{values[i % len(values)]}\n" for i in range(90)))


def test_a_rating_that_goes_on_beyond_its_scale_is_refused_codes_are_not(tmp_path):
    with pytest.raises(InputError, match="lie from 1 to 5"):
        take_answers(tmp_path, "satisfaction\n" + "".join(f"{1 + i % 10}\n" for i in range(100)), questions=SAT)
    report, rows, _ = take_answers(
        tmp_path, "satisfaction\n" + "".join(f"{i % 7}\n" for i in range(100)), questions=SAT
    )
    assert report.cells == 29 and rows["satisfaction"].dropna().between(1, 5).all()


def test_texts_are_trimmed_narrowed_merged_and_variants_shown(tmp_path):
    lines = "state,comment,recommend\nMA,ok,9\n ma ,Ｆｉｎｅ！,9\nＭＡ,，好,9\nNY,x,9\nNew York,y,9\n"
    ny = {"state": {"NY": {"en": "New York", "zh-CN": "纽约", "from": ["New York"]}}}
    report, rows, _ = take_answers(tmp_path, lines, values=ny)
    assert rows["state"].tolist() == ["MA", "ma", "MA", "NY", "NY"]
    assert rows["comment"].tolist() == ["ok", "Fine！", "，好", "x", "y"]
    assert report.variants == {"state": [{"MA": 2, "ma": 1}]}


def test_a_size_that_a_sample_goes_by_is_a_number(tmp_path):
    path = csv_file(tmp_path, "customer_id,spend,note\na,10.5,1\nb,9,2\nc,x,3\n")
    report = take_in(
        "customers",
        Source(file="t.csv", columns={"spend": "= CAST(spend AS VARCHAR)"}),
        [path],
        config_with(sample={"design": "proportional_to_size", "size": "spend"}),
        clean=tmp_path / "c.parquet",
        quarantine=tmp_path / "q.parquet",
    )
    rows = pd.read_parquet(tmp_path / "c.parquet")
    assert rows["spend"].tolist()[:2] == [10.5, 9.0] and np.isnan(rows["spend"][2]) and report.cells == 1
    assert rows["note"].tolist() == ["1", "2", "3"]
