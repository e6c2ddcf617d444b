import pandas as pd
import pytest

from workbench.core.bulk import BulkResult, in_engine, keep_rows, scratch_file
from workbench.core.engine import as_table, open_engine
from workbench.core.errors import EngineError
from workbench.core.language import message
from workbench.core.results import Note


def made():
    rows = as_table(pd.DataFrame({"customer_id": ["secret"], "amount": [1.0]}))
    return BulkResult(source=rows, summary=pd.DataFrame({"customers": [1]}))


def test_rows_are_read_when_first_asked_for_and_kept():
    result = made()
    assert "table" not in vars(result)
    assert result.table["customer_id"].tolist() == ["secret"]
    assert result.table is result.table


def test_shows_the_summary_only():
    result = made()
    assert "secret" not in result._repr_html_() + repr(result)
    assert "Customers" in result.to_html("en")


def test_more_notes_make_a_new_result():
    result = made()
    more = result.with_notes([Note(message("Region"))])
    assert (len(result.notes), len(more.notes)) == (0, 1)
    assert more.table.equals(result.table)


def test_other_names_are_not_there():
    with pytest.raises(AttributeError, match="nothing"):
        made().nothing  # noqa: B018


def test_rows_are_written_once(tmp_path):
    table = keep_rows(open_engine(), "SELECT 1 AS one", stem="rows", path=tmp_path / "rows.parquet")
    assert table.to_frame()["one"].tolist() == [1]
    assert (tmp_path / "rows.parquet").exists()
    assert scratch_file("x") != scratch_file("x")


def test_a_file_is_read_where_it_lies_and_anything_else_is_moved():
    here, there = open_engine(), open_engine()
    kept = keep_rows(here, "SELECT 1 AS one", stem="it's")
    assert in_engine(kept, there).source == kept.source
    some = as_table(pd.DataFrame({"one": [1]}), here)
    for table in (some, type(kept)(here, f"(SELECT one FROM {kept.source} JOIN {some.source} USING (one))")):
        moved = in_engine(table, there)
        assert moved.source != table.source
        assert moved.to_frame()["one"].tolist() == [1]


def test_a_list_for_people_is_read_in_its_order_whatever_a_report_collects(monkeypatch):
    monkeypatch.setenv("WORKBENCH_ROWS_COLLECTED_MOST", "100")
    rows = keep_rows(
        as_table(pd.DataFrame({"v": range(500)})).engine,
        "SELECT range AS v FROM range(500) ORDER BY 1 DESC",
        stem="many",
    )
    result = BulkResult(source=rows, summary=pd.DataFrame())
    assert result.first(300)["v"].tolist() == list(range(499, 199, -1))
    with pytest.raises(EngineError, match="At most 100 rows"):
        _ = result.table
