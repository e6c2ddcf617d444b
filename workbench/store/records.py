"""Lines into records: which lines of a delimited text belong together, in time that grows with the text and no faster.

A quote that opens may close many lines further down, or never. Trying every start with every end costs the square of
the lines; here each line is looked at once, as what it does to an open quote does not depend on where that opened.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.core.language import Message, message

MAX_RECORD_LINES = 200
NEVER_CLOSED = message("a quote is opened and never closed")
AFTER_QUOTE = message("text stands after a closing quote")
OPEN, CLOSED, WRONG = range(3)


@dataclass
class Records:
    """The records of some lines.

    Attributes
    ----------
    cells
        Cells of each record.
    places
        Line of each record's beginning, counted from 0.
    refused
        Lines that are no record, and the rule they break.
    blank
        Blank lines.
    consumed
        Lines that are dealt with; the others go on in the next block.
    """

    cells: list[list[str]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    refused: list[tuple[int, Message]] = field(default_factory=list)
    blank: int = 0
    consumed: int = 0


def records_of(physical: Sequence[bytes], *, encoding: str, delimiter: str, width: int, last: bool) -> Records:
    r"""Read lines record by record; a line that begins none is refused alone, and reading goes on with the next.

    Parameters
    ----------
    physical
        Lines without their ends.
    encoding, delimiter
        How they are written.
    width
        Cells that a record has.
    last
        Whether no lines follow; else a record that may go on is left for the next block.

    Examples
    --------
    >>> lines = [b'1,"a', b'b"', b'2,c', b'3']
    >>> found = records_of(lines, encoding="utf-8", delimiter=",", width=2, last=True)
    >>> found.cells, found.places, [n for n, _ in found.refused]
    ([['1', 'a\nb'], ['2', 'c']], [0, 2], [3])
    """
    lines = _Lines(physical, encoding, delimiter)
    found = Records()
    at = 0
    while at < len(physical):
        if not physical[at].strip():
            # a one-column file may have rows without a value, but a blank line is blank in every file
            found.blank += 1
            at += 1
            continue
        taken, cells, rule = lines.record(at, width)
        if taken == 0 and not last:
            break  # the record may go on in the next block
        if cells is None:
            found.refused.append((at, rule))
            at += 1
        else:
            found.cells.append(cells)
            found.places.append(at)
            at += taken
    found.consumed = at
    return found


def field_count_rule(found: int, expected: int) -> Message:
    """Return the rule that a line with another number of fields breaks."""
    return message("the line has {found} fields where the header has {expected}", found=found, expected=expected)


class _Lines:
    """Lines that are decoded, and followed through an open quote, once each."""

    def __init__(self, physical: Sequence[bytes], encoding: str, delimiter: str) -> None:
        self.physical, self.encoding, self.delimiter = physical, encoding, delimiter
        self.text: dict[int, str | None] = {}
        self.ends: dict[int, int] = {}

    def at(self, place: int) -> str | None:
        """Return a line as text, None where its bytes are none."""
        if place not in self.text:
            try:
                self.text[place] = self.physical[place].rstrip(b"\r").decode(self.encoding)
            except UnicodeDecodeError:
                self.text[place] = None
        return self.text[place]

    def record(self, at: int, width: int) -> tuple[int, list[str] | None, Message]:
        """Return the record that begins on a line: lines taken, its cells, or None and the rule it breaks."""
        first = self.at(at)
        if first is None:
            return 1, None, self.undecodable
        state = after(first, self.delimiter, inside=False) if '"' in first else CLOSED
        if state == WRONG:
            return 1, None, AFTER_QUOTE
        end = at if state == CLOSED else self.end_of_quote(at + 1)
        if end - at >= MAX_RECORD_LINES or end >= len(self.physical):
            reached = at + MAX_RECORD_LINES >= len(self.physical)
            return (0 if reached else 1), None, NEVER_CLOSED
        parts = [self.at(i) for i in range(at, end + 1)]
        if None in parts:
            return 1, None, self.undecodable
        try:
            cells = next(
                csv.reader(["\n".join(p for p in parts if p is not None)], delimiter=self.delimiter, strict=True)
            )
        except csv.Error:
            return 1, None, AFTER_QUOTE
        if len(cells) != width:
            return 1, None, field_count_rule(len(cells), width)
        return end - at + 1, cells, NEVER_CLOSED

    def end_of_quote(self, place: int) -> int:
        """Return the line on which a quote that is open before a line closes for good, or something wrong stands."""
        passed = []
        end = place
        while end < len(self.physical) and end not in self.ends:
            text = self.at(end)
            if text is None or ('"' in text and after(text, self.delimiter, inside=True) != OPEN):
                self.ends[end] = end
                break
            passed.append(end)
            end += 1
        end = self.ends.get(end, end)
        self.ends.update(dict.fromkeys(passed, end))
        return end

    @property
    def undecodable(self) -> Message:
        """The rule that bytes break which are no text."""
        return message("the line is not {encoding}", encoding=self.encoding)


def after(line: str, delimiter: str, *, inside: bool) -> int:
    """Return how a line leaves a quote: open, closed, or with text behind a closing quote, which is wrong.

    Parameters
    ----------
    line
        The line.
    delimiter
        What stands between fields.
    inside
        Whether a quote is open before it.

    Examples
    --------
    >>> [after(t, ",", inside=False) for t in ('a,"b', 'a,"b"', 'a,"b"c', 'a"b')] == [OPEN, CLOSED, WRONG, CLOSED]
    True
    >>> [after(t, ",", inside=True) for t in ('b', 'b"', 'say ""no""', 'b","c')] == [OPEN, CLOSED, OPEN, OPEN]
    True
    """
    at = 0
    while True:
        if inside:
            at = line.find('"', at)
            if at < 0:
                return OPEN
            at += 1
            if line[at : at + 1] == '"':  # a doubled quote stands for one
                at += 1
                continue
            if at == len(line):
                return CLOSED
            if line[at] != delimiter:
                return WRONG
            at, inside = at + 1, False
        elif line[at : at + 1] == '"':
            at, inside = at + 1, True
        else:
            at = line.find(delimiter, at) + 1
            if not at:
                return CLOSED
