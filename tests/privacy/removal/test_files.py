import gzip
import zipfile

import pandas as pd
import pytest

from workbench.privacy.removal import Sought, remove_from, unreadable

SOUGHT = Sought(frozenset({"C0017"}), frozenset({"13912345678"}))
CSV = "customer_id,x\nC0016,a\nC0017,b\n"


def packed(path, **members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)


def hits(path):
    return remove_from(path, SOUGHT, write=False)


@pytest.mark.parametrize(
    "name",
    ["a.csv", "a.csv.gz", "a.zip", "utf16.csv", "a.parquet", "a.json", "a.html", "a.ipynb", "a.jsonl", "deep.zip"],
)
def test_in_every_kind_of_file_nothing_is_left_and_others_stay(tmp_path, name):
    path = tmp_path / name
    if name == "a.csv.gz":
        path.write_bytes(gzip.compress(CSV.encode()))
    elif name == "utf16.csv":
        path.write_bytes(CSV.encode("utf-16"))
    elif name == "a.zip":
        packed(path, a_csv=CSV, b_csv="customer_id\nC0016\n")
    elif name == "deep.zip":
        packed(path, a_csv_gz=gzip.compress(CSV.encode()), pages_html="call 13912345678")
    elif name == "a.parquet":
        pd.DataFrame({"customer_id": ["C0016", "C0017"]}).to_parquet(path)
    elif name == "a.csv":
        path.write_text(CSV)
    else:
        path.write_text('{"said": "C0016"}\n{"said": "C0016, C0017 and 13912345678"}\n')
    path.chmod(0o640)
    before = path.read_bytes()
    found = hits(path)
    assert found and path.read_bytes() == before
    assert remove_from(path, SOUGHT, write=True) == found
    assert not hits(path) and path.read_bytes() != before
    assert remove_from(path, Sought(frozenset({"C0016"})), write=False) or name == "deep.zip"
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_file_without_the_customer_is_not_touched(tmp_path):
    for name, content in (("a.csv", CSV.replace("7", "8").encode()), ("b.txt", b""), ("c.bin", b"\xff\x00\x81" * 9)):
        path = tmp_path / name
        path.write_bytes(content)
        stamp = path.stat().st_mtime_ns
        assert not remove_from(path, SOUGHT, write=True) and path.stat().st_mtime_ns == stamp


@pytest.mark.parametrize(
    "start",
    [
        b"$FL2@(#) SPSS",
        b"<stata_dta>",
        b"HEADER RECORD*******LIB",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"age-encryption.org",
    ],
)
def test_what_cannot_be_written_again_is_said(tmp_path, start):
    path = tmp_path / "a.bin"
    path.write_bytes(start + b"C0017")
    assert unreadable(path) and not remove_from(path, SOUGHT, write=True)
    path.write_bytes(b"customer_id\n")
    assert not unreadable(path)


def test_damaged_parquet_is_looked_into_by_nobody(tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"customer_id": ["C0017"]}).to_parquet(path)
    assert not unreadable(path) and hits(path)
    path.write_bytes(path.read_bytes()[:-20])
    assert unreadable(path) and not remove_from(path, SOUGHT, write=True)
