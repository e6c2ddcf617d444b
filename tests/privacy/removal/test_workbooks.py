import io
import zipfile

import openpyxl
import pandas as pd
import xlsxwriter

from workbench.privacy.removal import Sought
from workbench.privacy.removal.workbooks import without_rows

SOUGHT = Sought(frozenset({"C0017", "17"}), frozenset({"13912345678"}))


def workbook(rows, *, inline=False):
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "constant_memory": inline})
    sheet, bold = book.add_worksheet("名单"), book.add_format({"bold": True})
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            sheet.write(i, j, cell, bold)
    book.add_worksheet("other").write(0, 0, "nobody")
    book.close()
    return made.getvalue()


def read(content):
    table = pd.read_excel(io.BytesIO(content), dtype=str, engine="calamine", keep_default_na=False)
    return table[(table != "").any(axis=1)].to_numpy().tolist()


ROWS = [["customer_id", "名", "n"], ["C0016", "王 & <芳>", 17], ["C0017", "李雷", 1], ["C0018", "打13912345678", 2]]


def test_rows_and_their_texts_go_and_formats_stay():
    for inline in (False, True):
        content = workbook(ROWS, inline=inline)
        made, rows, traces = without_rows(content, SOUGHT)
        assert (rows, traces) == (1, 1)
        assert read(made) == [["C0016", "王 & <芳>", "17"], ["C0018", "打[…]", "2"]]
        with zipfile.ZipFile(io.BytesIO(made)) as packed:
            everything = b"".join(packed.read(n) for n in packed.namelist())
        assert "李雷".encode() not in everything and b"C0017" not in everything
        again = openpyxl.load_workbook(io.BytesIO(made))
        assert again.sheetnames == ["名单", "other"] and again["名单"]["A2"].font.bold


def test_a_text_that_another_row_shares_stays():
    made, rows, _ = without_rows(workbook([*ROWS, ["C0019", "李雷", 3]]), SOUGHT)
    assert rows == 1 and read(made)[-1] == ["C0019", "李雷", "3"]


def test_short_ids_as_texts_and_numbers_count_in_columns_that_name_customers():
    made, rows, _ = without_rows(workbook([["n", "customer_id"], [17, 18], [18, 17], [18, "17"]]), SOUGHT)
    assert rows == 2 and read(made) == [["17", "18"]]


def test_a_workbook_without_the_customer_keeps_its_bytes():
    content = workbook(ROWS[:2])
    assert without_rows(content, SOUGHT) == (content, 0, 0)


def test_prefixed_names_are_read_too():
    content = workbook(ROWS)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith(("xl/worksheets/", "xl/sharedStrings")):
                for tag in (b"row", b"c", b"v", b"si", b"t"):
                    for old_tag in (b"<%s>" % tag, b"<%s " % tag, b"</%s>" % tag, b"<%s/" % tag):
                        data = data.replace(old_tag, old_tag.replace(b"<", b"<x:").replace(b"<x:/", b"</x:"))
            new.writestr(name, data)
    assert without_rows(made.getvalue(), SOUGHT)[1:] == (1, 1)
