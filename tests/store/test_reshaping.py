from __future__ import annotations

import pytest

from workbench.core.engine import DuckDBEngine
from workbench.core.errors import InputError
from workbench.store.config.parts import Source
from workbench.store.lines import LINE
from workbench.store.reshaping import require_one_id, reshaped
from workbench.store.staging import stage


def shape(tmp_path, text, **source):
    (tmp_path / "out").mkdir()
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    engine, entry = DuckDBEngine(), Source(file="t.csv", **source)
    staged = reshaped(stage([path], entry, tmp_path / "out", engine, base=tmp_path), entry, engine)
    rows = engine.rows(f"SELECT * FROM {engine.dialect.file(staged.file)}")
    assert tuple(c for c in rows.columns if not c.startswith("_")) == staged.columns
    return rows, staged.said[-1].text("en")


@pytest.mark.parametrize(("how", "ids"), [("first", ["51", "58", ""]), ("each", ["51", "58", "58", ""])])
def test_several_ids_in_a_cell_mean_what_is_said(tmp_path, how, ids):
    rows, said = shape(
        tmp_path, "cid,amount\n51; 58,9\n58,3\n,1\n", columns={"customer_id": "cid"}, several={"customer_id": how}
    )
    assert rows["cid"].tolist() == ids and "cid" in said


def test_orders_side_by_side_are_a_row_each(tmp_path):
    text = "id,order1_date,order1_amount,order2_date,order2_amount,region\na,2026-01-05,9,2026-02-05,8,n\nb,2026-01-06,7,,,s\nc,,,,,n\n"
    repeats = {"ordered_at": "order{n}_date", "amount": "order{n}_amount"}
    rows, _ = shape(tmp_path, text, repeats=repeats)
    found = sorted(zip(rows["id"], rows["ordered_at"], rows["amount"], rows["region"], rows[LINE], strict=True))
    assert found == [
        ("a", "2026-01-05", "9", "n", 2),
        ("a", "2026-02-05", "8", "n", 2),
        ("b", "2026-01-06", "7", "s", 3),
    ]


def test_answers_below_each_other_become_columns(tmp_path):
    text = "rid,q,a,day\n1,recommend,9,5\n1,comment,fine,5\n2,recommend,3,6\n"
    rows, said = shape(tmp_path, text, long={"row": "rid", "question": "q", "answer": "a"})
    assert rows[["rid", "recommend", "comment", "day"]].fillna("-").to_numpy().tolist() == [
        ["1", "9", "fine", "5"],
        ["2", "3", "-", "6"],
    ]
    assert said.startswith("2 questions")


@pytest.mark.parametrize(
    ("text", "source", "said"),
    [
        ("a,b\n1,2\n", {"several": {"customer_id": "first"}}, "'customer_id' is needed"),
        ("a,b\n1,2\n", {"repeats": {"amount": "x{n}"}}, "no column like 'x{n}'"),
        ("r,q,a\n1,x,2\n1,x,3\n", {"long": {"row": "r", "question": "q", "answer": "a"}}, "two different answers"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, text, source, said):
    with pytest.raises(InputError, match=said):
        shape(tmp_path, text, **source)


def test_a_cell_of_ids_is_asked_about():
    engine = DuckDBEngine()
    item = "(SELECT * FROM (VALUES ('51;58'), ('58')) AS t(id))"
    with pytest.raises(InputError, match="several: {customer_id: first}"):
        require_one_id(item, "id", Source(file="t"), "transactions", engine)
    require_one_id(item, "id", Source(file="t", several={"customer_id": "each"}), "transactions", engine)
    require_one_id("(SELECT 'a-1' AS id)", "id", Source(file="t"), "transactions", engine)
