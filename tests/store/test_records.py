from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.store.records import AFTER_QUOTE, CLOSED, MAX_RECORD_LINES, NEVER_CLOSED, OPEN, WRONG, after, records_of

piece = st.lists(st.sampled_from(['"', '""', ",", "a", "b c", "\\", "'"]), max_size=6).map("".join)


def by_trying(physical, at, width):
    """A record by joining line after line and reading it anew each time, as the meaning of a quote says it."""
    parts = []
    for taken, raw in enumerate(physical[at : at + MAX_RECORD_LINES], start=1):
        parts.append(raw.decode())
        try:
            cells = next(csv.reader(["\n".join(parts)], strict=True))
        except csv.Error as error:
            if "unexpected end" in str(error):
                continue
            return 1, None
        return (taken, cells) if len(cells) == width else (1, None)
    return 1, None


@given(st.lists(piece, min_size=1, max_size=12))
def test_records_are_those_that_trying_every_end_finds(texts):
    physical = [t.encode() for t in texts]
    found = records_of(physical, encoding="utf-8", delimiter=",", width=2, last=True)
    cells, places, at = [], [], 0
    while at < len(physical):
        taken, record = (1, None) if not physical[at].strip() else by_trying(physical, at, 2)
        if record is not None:
            cells.append(record)
            places.append(at)
        at += taken
    assert (found.cells, found.places) == (cells, places)
    assert found.consumed == len(physical)
    assert found.blank + len(found.refused) + sum(c[0].count("\n") + c[1].count("\n") + 1 for c in cells) == len(texts)


def test_an_open_quote_is_looked_for_once_however_many_lines_open_one(monkeypatch):
    looked = []
    monkeypatch.setattr("workbench.store.records.after", lambda *a, **k: looked.append(a) or after(*a, **k))
    lines = [b'xxx","yyy'] * 5000
    found = records_of(lines, encoding="utf-8", delimiter=",", width=2, last=True)
    assert len(found.refused) == 5000 and {r.template for _, r in found.refused} == {NEVER_CLOSED.template}
    assert len(looked) <= 2 * 5000


def test_a_record_that_may_go_on_waits_for_the_next_block():
    found = records_of([b"1,a", b'2,"b'], encoding="utf-8", delimiter=",", width=2, last=False)
    assert found.cells == [["1", "a"]] and found.consumed == 1
    far = [b'1,"a'] + [b"x"] * MAX_RECORD_LINES + [b'"']
    found = records_of(far, encoding="utf-8", delimiter=",", width=2, last=False)
    assert found.refused[0] == (0, NEVER_CLOSED)


@pytest.mark.parametrize(
    ("line", "inside", "state"),
    [("a,b", False, CLOSED), ('"a', False, OPEN), ('a",b', True, CLOSED), ('a" b', True, WRONG), ('""', True, OPEN)],
)
def test_how_a_line_leaves_a_quote(line, inside, state):
    assert after(line, ",", inside=inside) == state


def test_bytes_that_are_no_text_cost_their_line():
    found = records_of([b"1,a", b"\xff,b", b'3,"c"d'], encoding="utf-8", delimiter=",", width=2, last=True)
    assert [n for n, _ in found.refused] == [1, 2] and found.refused[1][1] == AFTER_QUOTE
