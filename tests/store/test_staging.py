from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.core.engine import DuckDBEngine
from workbench.core.errors import InputError
from workbench.store.config.parts import Source
from workbench.store.lines import FILE, LINE
from workbench.store.staging import stage

FILES = Path(__file__).resolve().parents[1] / "reference" / "files"


def staged(tmp_path, files, **source):
    place = tmp_path / "out"
    place.mkdir()
    paths = []
    for name, text in files.items():
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        paths.append(path)
    engine = DuckDBEngine()
    found = stage(paths, Source(file=list(files), **source), place, engine, base=tmp_path)
    kept = " AND ".join(f"NOT {sql}" for _, sql in found.left_out) or "true"
    rows = engine.rows(f"SELECT * FROM read_parquet('{found.file}') WHERE {kept}")
    return found, rows


def test_titles_totals_and_a_column_that_counts_are_no_data(tmp_path):
    text = "Sales of the week,,\n,,\n,customer_id,amount\n0,a,1\n1,b,2\n2,c,3\nTotal,,6\n"
    found, rows = staged(tmp_path, {"t.csv": text})
    assert found.columns == ("customer_id", "amount")
    assert rows["amount"].tolist() == ["1", "2", "3"]
    assert [m.text("en") for m, _ in found.left_out] == ["a line that adds the others up"]
    assert rows[LINE].tolist() == [4, 5, 6] and set(rows[FILE]) == {"t.csv"}


def test_wave_yaml_may_say_how_the_table_lies(tmp_path):
    text = "x,y\ncustomer_id,amount\na,1\nnote,\nb,2\nend,\n"
    found, rows = staged(tmp_path, {"t.csv": text}, header_row=2, skip_rows=[4, -1], skip_columns=["amount"])
    assert rows["customer_id"].tolist() == ["a", "b"] and found.columns == ("customer_id",)


def test_the_totals_of_a_long_file_are_found_at_its_end(tmp_path):
    body = "".join(f"c{i},{i}\n" for i in range(20_000))
    found, rows = staged(tmp_path, {"t.csv": "customer_id,amount\n" + body + "合计,1\n\n"})
    assert len(rows) == 20_000 and found.layout.totals == 20_002


def test_a_questionnaire_a_catalogue_and_a_web_page_are_no_tables(tmp_path):
    for i, name in enumerate(("limesurvey_questionnaire.lss", "haven_formats.sas7bcat")):
        with pytest.raises(InputError, match="codebook: "):
            (tmp_path / str(i)).mkdir()
            staged(tmp_path / str(i), {name: (FILES / name).read_bytes()})
    with pytest.raises(InputError, match="web page"):
        staged(tmp_path, {"t.xls": b"<html><table><tr><td>1</td></tr></table></html>"})


def test_numbers_of_a_parquet_file_are_written_as_people_write_them(tmp_path):
    exact = pa.array([Decimal("4.0"), Decimal("2.5"), None], pa.decimal128(5, 1))
    pq.write_table(pa.table({"id": [17850.0, 2.0, None], "points": exact}), tmp_path / "given.parquet")
    _, rows = staged(tmp_path, {"t.parquet": (tmp_path / "given.parquet").read_bytes()})
    assert rows["id"].fillna("-").tolist() == ["17850", "2", "-"]
    assert rows["points"].fillna("-").tolist() == ["4", "2.5", "-"]
