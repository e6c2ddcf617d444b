from __future__ import annotations

import pytest

from workbench.core.errors import InputError
from workbench.store.encoding import blocks_of_lines, detect_delimiter, detect_encoding


def test_blocks_end_with_lines_and_hold_every_byte(tmp_path):
    path = tmp_path / "x"
    data = b"\xef\xbb\xbf" + b"".join(b"%d,x\n" % i for i in range(500)) + b"last"
    path.write_bytes(data)
    blocks = list(blocks_of_lines(path, size=37))
    assert all(b.endswith(b"\n") for b in blocks)
    assert b"".join(blocks) == data[3:] + b"\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a,b\n1,2\n", "utf-8"),
        ("a\n客户\n".encode(), "utf-8"),
        ("a\n客户\n满意\n".encode("gb18030"), "gb18030"),
        (b"a\n" * 1000 + "客户\n".encode("gb18030"), "gb18030"),
        ("a\n客户\n满意\n".encode() + b"\xff\n", "utf-8"),
        ("a\nMüller\nRené\nJosé\n".encode("cp1252"), "cp1252"),
        ("a\n朱镕基\n喆\n满意\n".encode("gb18030"), "gb18030"),
    ],
)
def test_the_encoding_is_told_from_the_bytes(tmp_path, content, expected):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    assert detect_encoding(path) == expected


@pytest.mark.parametrize("content", ["a,b\n".encode("utf-16"), b"PK\x00\x03", b"a\n" + b"\xff\xff\n" * 5])
def test_what_is_not_text_is_refused(tmp_path, content):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match="UTF-8 or GB18030"):
        detect_encoding(path)


@pytest.mark.parametrize(("header", "mark"), [("a,b", ","), ('"a,b";c', ";"), ("a\tb", "\t"), ("alone", ",")])
def test_the_delimiter_stands_outside_quotes(header, mark):
    assert detect_delimiter(header) == mark
