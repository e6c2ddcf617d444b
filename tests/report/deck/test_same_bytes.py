from __future__ import annotations

import io
import zipfile

from workbench.report.deck.same_bytes import same_bytes


def archive(moment):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        for name, content in (("[Content_Types].xml", b"<x/>"), ("ppt/a.xml", "中".encode() * 100)):
            out.writestr(zipfile.ZipInfo(name, moment), content)
    return made.getvalue()


def test_the_same_content_gives_the_same_bytes_whenever_it_was_written():
    first, second = archive((2026, 1, 1, 0, 0, 0)), archive((2031, 5, 6, 7, 8, 10))
    assert first != second and same_bytes(first) == same_bytes(second)
    with zipfile.ZipFile(io.BytesIO(same_bytes(first))) as made:
        assert made.namelist() == ["[Content_Types].xml", "ppt/a.xml"]
        assert made.read("ppt/a.xml") == "中".encode() * 100
