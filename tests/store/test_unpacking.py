from __future__ import annotations

import gzip
import zipfile

import pytest

from workbench.core.errors import InputError
from workbench.store.unpacking import unpacked

TEXT = "customer_id,region\n01,北\n"


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "unpacked"
    place.mkdir()
    return place


def test_a_packed_text_is_its_text(tmp_path, folder):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(TEXT.encode()))
    [plain] = unpacked(path, folder)
    assert (plain.name, plain.container, plain.path.read_text("utf-8")) == ("a.csv.gz", "text", TEXT)


def test_an_archive_is_its_files(tmp_path, folder):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("year/a.csv", TEXT)
        packed.writestr("year/b.csv.gz", gzip.compress(TEXT.encode()))
        packed.writestr("__MACOSX/a.csv", "x")
        packed.writestr("year/.DS_Store", "x")
    assert [p.name for p in unpacked(path, folder)] == ["a.zip/a.csv", "a.zip/b.csv.gz"]


def test_text_in_utf16_is_read(tmp_path, folder):
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.replace(",", "\t").encode("utf-16"))
    [plain] = unpacked(path, folder)
    assert plain.path.read_text("utf-8") == TEXT.replace(",", "\t")


def test_what_is_damaged_or_empty_is_refused(tmp_path, folder):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(TEXT.encode())[:-9])
    with pytest.raises(InputError, match="can be unpacked"):
        unpacked(path, folder)
    with zipfile.ZipFile(path, "w") as packed:
        packed.mkdir("empty")
    with pytest.raises(InputError, match="no file in it"):
        unpacked(path, folder)


def test_everything_else_is_itself(tmp_path, folder):
    path = tmp_path / "a.csv"
    path.write_text(TEXT, encoding="utf-8")
    assert unpacked(path, folder)[0].path == path


def test_lines_that_end_by_returns_alone_are_lines(tmp_path):
    path = tmp_path / "old.csv"
    path.write_bytes(b"id,comment\r1,a\r2,b\r")
    (tmp_path / "into").mkdir()
    (plain,) = unpacked(path, tmp_path / "into")
    assert plain.path.read_bytes() == b"id,comment\n1,a\n2,b\n" and plain.name == "old.csv"


def test_a_stream_that_never_ends_is_not_unpacked(tmp_path, monkeypatch):
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"0" * 10_000))
    (tmp_path / "into").mkdir()
    monkeypatch.setattr("workbench.store.unpacking.MOST_UNPACKED_BYTES", 9_999)
    with pytest.raises(InputError, match="unpacks to"):
        unpacked(path, tmp_path / "into")
