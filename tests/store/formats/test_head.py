from __future__ import annotations

import pytest

from workbench.store.formats.head import HEAD_ROWS, head_of_text


def head(tmp_path, text, **options):
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    return head_of_text(path, encoding="utf-8", **options)


def test_rows_know_the_line_they_begin_on(tmp_path):
    found, mark = head(tmp_path, 'a,b\n"x\ny",1\nz,2\n')
    assert found.rows == (("a", "b"), ("x\ny", "1"), ("z", "2"))
    assert (found.lines, mark, found.whole) == ((1, 2, 4, 5), ",", True)


def test_a_title_does_not_hide_the_delimiter(tmp_path):
    found, mark = head(tmp_path, "My survey\nid;score\n1;9\n")
    assert mark == ";" and found.row(1) == ("id", "score")


@pytest.mark.parametrize("ending", ["", "\n"])
def test_a_long_file_is_looked_at_only_at_its_start(tmp_path, ending):
    found, _ = head(tmp_path, "a,b\n" + "1,2\n" * 200 + "3,4" + ending)
    assert (len(found.rows), found.whole) == (HEAD_ROWS, False)


def test_an_open_quote_stops_the_look_and_nothing_else(tmp_path):
    found, _ = head(tmp_path, 'a,b\n1,"2\n')
    assert found.row(0) == ("a", "b")
