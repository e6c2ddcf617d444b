from __future__ import annotations

import io
from pathlib import Path

import pytest
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile

from workbench.core.errors import InputError
from workbench.store.passwords import VARIABLE, unlocked
from workbench.store.workbooks import read_workbook

FILES = Path(__file__).resolve().parents[1] / "reference" / "files"


@pytest.fixture(scope="module")
def locked(tmp_path_factory):
    plain = io.BytesIO()
    book = xlsxwriter.Workbook(plain)
    book.add_worksheet().write_row(0, 0, ["customer_id", "region"])
    book.worksheets()[0].write_row(1, 0, ["007", "north"])
    book.close()
    path = tmp_path_factory.mktemp("locked") / "book.xlsx"
    with path.open("wb") as out:
        OOXMLFile(io.BytesIO(plain.getvalue())).encrypt("geheim", out)
    return path


def test_the_environment_opens_a_workbook(locked, monkeypatch):
    monkeypatch.setenv(VARIABLE, "geheim")
    assert read_workbook(locked).rows.column("customer_id").to_pylist() == ["007"]
    assert sorted(p.name for p in locked.parent.iterdir()) == ["book.xlsx"]  # nothing was written beside it


def test_without_a_password_and_with_a_wrong_one_the_fix_is_told(locked, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    for path in (locked, FILES / "calamine_pass_protected.xlsx"):
        with pytest.raises(InputError, match=VARIABLE):
            unlocked(path)
    monkeypatch.setenv(VARIABLE, "wrong")
    with pytest.raises(InputError, match="opens the workbook"):
        unlocked(locked)


def test_a_terminal_is_asked(locked, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("sys.stdin", type("T", (), {"isatty": lambda self: True})())
    monkeypatch.setattr("getpass.getpass", lambda prompt: "geheim")
    assert not isinstance(unlocked(locked), str)


def test_a_workbook_without_a_password_is_opened_where_it_lies():
    assert unlocked(FILES / "messy.xlsx") == str(FILES / "messy.xlsx")
