from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.store import encoding
from workbench.store.lines import LINE, open_text_file, read_blocks


def read(path, **options):
    file = open_text_file(path, **options)
    rows, rejects, blank = [], [], 0
    for block in read_blocks(file):
        rows += block.rows.to_pylist()
        rejects += block.rejects
        blank += block.blank
    return file, rows, rejects, blank


def write(tmp_path, content, name="x.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_ids_stay_text_exactly_as_written(tmp_path):
    _, rows, _, _ = read(write(tmp_path, "id,v\n00000001,1\n123456789012345678,2\n1.0,NA\n 7 ,null\n"))
    assert [r["id"] for r in rows] == ["00000001", "123456789012345678", "1.0", " 7 "]
    assert [r["v"] for r in rows] == ["1", "2", "NA", "null"]


@pytest.mark.parametrize(
    ("content", "encoded", "mark"),
    [
        ("编号,名称\n1,甲\n", "utf-8", ","),
        ("\ufeff编号;名称\n1;甲\n", "utf-8", ";"),
        ("编号\t名称\n1\t甲\n", "gb18030", "\t"),
        ("id,n\n1,a\n" * 1 + "2,東\n", "utf-8", ","),
    ],
)
def test_encoding_and_delimiter_are_found(tmp_path, content, encoded, mark):
    file, rows, rejects, _ = read(write(tmp_path, content.encode(encoded)))
    assert (file.encoding, file.delimiter) == (encoded, mark)
    assert not rejects
    assert list(rows[0].values())[1] in ("甲", "a")


def test_one_damaged_line_does_not_change_the_encoding(tmp_path):
    data = "id,n\n1,甲\n2,乙\n".encode() + b"3,\xff\xff\n" + "4,丁\n".encode()
    file, rows, rejects, _ = read(write(tmp_path, data))
    assert file.encoding == "utf-8"
    assert [r["id"] for r in rows] == ["1", "2", "4"]
    assert [(r.line, r.rule.text("en")) for r in rejects] == [(4, "the line is not utf-8")]


def test_a_named_encoding_is_obeyed(tmp_path):
    _, rows, _, _ = read(write(tmp_path, "id,n\n1,繁體\n".encode("big5")), encoding="big5")
    assert rows[0]["n"] == "繁體"


def test_stray_quotes_swallow_nothing(tmp_path):
    _, rows, rejects, _ = read(write(tmp_path, 'a,b\n1,x\n"2,y\n3,z\n4,"q"\n5,w"w\n'))
    assert [r["a"] for r in rows] == ["1", "3", "4", "5"]
    assert [r.line for r in rejects] == [3]


def test_a_comment_may_run_over_lines(tmp_path):
    _, rows, rejects, _ = read(write(tmp_path, 'a,b\n1,"first\nsecond, with comma\n""quoted"""\n2,y\n'))
    assert rows[0]["b"] == 'first\nsecond, with comma\n"quoted"'
    assert [r[LINE] for r in rows] == [2, 5]
    assert not rejects


def test_records_may_cross_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(encoding, "BLOCK_BYTES", 16)
    monkeypatch.setattr(encoding.blocks_of_lines, "__kwdefaults__", {"size": 16})
    text = "a,b\n" + "".join(f'{i},"x\n{i},y"\n' for i in range(40))
    _, rows, rejects, _ = read(write(tmp_path, text))
    assert [r["a"] for r in rows] == [str(i) for i in range(40)]
    assert not rejects


def test_blank_lines_are_counted_and_are_no_rows(tmp_path):
    _, rows, rejects, blank = read(write(tmp_path, "a,b\r\n1,2\r\n\r\n\r\n3,4"))
    assert (len(rows), len(rejects), blank) == (2, 0, 2)
    assert rows[1] == {"a": "3", "b": "4", LINE: 5}


def test_a_very_long_cell_is_read(tmp_path):
    _, rows, _, _ = read(write(tmp_path, "a,b\n1," + "长" * 100_000 + "\n"))
    assert len(rows[0]["b"]) == 100_000


@pytest.mark.parametrize(
    ("content", "says"), [(b"", "empty file"), (b"a,a\n", "repeated: a"), (b"a,\n1,2\n", "column 2")]
)
def test_unusable_headers_are_refused(tmp_path, content, says):
    with pytest.raises(InputError, match=says):
        open_text_file(write(tmp_path, content))


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\ufeff", exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=150)
@given(st.lists(st.tuples(cells.filter(str.strip), cells), min_size=1, max_size=12))
def test_whatever_a_csv_writer_writes_comes_back(tmp_path_factory, rows):
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([("a", "b"), *rows])
    path = write(tmp_path_factory.mktemp("csv"), buffer.getvalue())
    _, found, rejects, _ = read(path, encoding="utf-8", delimiter=",")
    assert [(r["a"], r["b"]) for r in found] == rows
    assert not rejects


@settings(max_examples=200)
@given(st.text(st.sampled_from('ab1,"\n\r;甲 '), max_size=80))
def test_no_line_is_ever_lost(tmp_path_factory, body):
    path = write(tmp_path_factory.mktemp("csv"), "h,k\n" + body)
    _, rows, rejects, blank = read(path, encoding="utf-8", delimiter=",")
    text = body if not body or body.endswith("\n") else body + "\n"
    starts = sorted([r[LINE] for r in rows] + [r.line for r in rejects])
    assert len(set(starts)) == len(starts)
    last = 2 + text.count("\n")
    # a row reaches to where the next row, reject or blank line starts
    inside = sum(str(r["h"]).count("\n") + str(r["k"]).count("\n") for r in rows)
    assert len(starts) + blank + inside == last - 2
