"""Where a personal detail stands in a text, and what is put in its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# what covers the same characters: the kind that stands first here has them
PRIORITY = (
    "known",
    "email",
    "link",
    "id",
    "card",
    "plate",
    "passport",
    "ip",
    "phone",
    "account",
    "number",
    "birth",
    "address",
    "name",
)


@dataclass(frozen=True, order=True)
class Span:
    """Characters from `start` up to `end` (not with it) that tell of a person.

    Attributes
    ----------
    start, end
        Positions in the text.
    kind
        What they are: one of `PRIORITY`.
    """

    start: int
    end: int
    kind: str


def without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """Return spans in their order, with those that overlap made one: all their characters, the kind that goes first.

    Nothing that one rule found may show again because another rule found less of it.

    Examples
    --------
    >>> without_overlaps([Span(0, 5, "name"), Span(3, 9, "phone"), Span(9, 12, "name")])
    [Span(start=0, end=9, kind='phone'), Span(start=9, end=12, kind='name')]
    """
    merged: list[Span] = []
    for span in sorted(s for s in spans if s.end > s.start):
        last = merged[-1] if merged else None
        if last is None or span.start >= last.end:
            merged.append(span)
            continue
        kind = min(last.kind, span.kind, key=PRIORITY.index)
        merged[-1] = Span(last.start, max(last.end, span.end), kind)
    return merged
