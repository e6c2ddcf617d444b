from __future__ import annotations

import io
import os
import zipfile

import pytest

from tests.fuzz.mutants import as_workbook
from workbench.core.errors import InputError
from workbench.store import contained as room
from workbench.store.contained import contained, refuse_bombs
from workbench.store.workbooks import open_sheet

ROWS = [["customer_id", "recommend"], ["a", "9"], ["b", "7"]]


def with_far_cell(place: str) -> bytes:
    row = f'<row r="{place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{place}"><v>1</v></c></row></sheetData>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_workbook(ROWS))) as there, zipfile.ZipFile(out, "w") as made:
        for name in there.namelist():
            made.writestr(name, there.read(name).replace(b"</sheetData>", row.encode()))
    return out.getvalue()


def test_a_stray_cell_at_the_end_of_a_sheet_is_refused_by_its_place(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "_more_bytes", lambda: room.GIB)
    path = tmp_path / "far.xlsx"
    path.write_bytes(with_far_cell("XFD1048576"))
    with pytest.raises(InputError, match="XFD1048576"):
        open_sheet(path)
    # the next file finds a reader again
    path.write_bytes(as_workbook(ROWS))
    assert [list(r) for r in open_sheet(path).rows] == ROWS


def test_a_reader_that_dies_takes_nobody_along(tmp_path):
    path = tmp_path / "a.sav"
    path.write_bytes(b"$FL2")
    child = room._started()
    os.kill(child.pid, 11)
    child.wait()
    with pytest.raises(InputError, match="whole"):
        contained("statistics", str(path), "spss", path=path)
    assert room._started().pid != child.pid


def test_a_reader_that_dies_while_it_reads_is_told(tmp_path, monkeypatch):
    path = tmp_path / "a.sav"
    path.write_bytes(b"$FL2")

    def dying(*_):
        os.kill(room._started().pid, 11)
        return room.GIB

    monkeypatch.setattr(room, "_more_bytes", lambda: dying())
    with pytest.raises(InputError, match="ended its reader"):
        contained("statistics", str(path), "spss", path=path)


def test_a_file_that_unpacks_to_more_than_there_is_room_for_is_refused_unopened(tmp_path, monkeypatch):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.csv", b"0" * 5000)
    refuse_bombs(path)
    monkeypatch.setattr(room, "MOST_UNPACKED_BYTES", 4999)
    with pytest.raises(InputError, match="unpacks to"):
        refuse_bombs(path)
