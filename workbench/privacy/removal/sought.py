"""What is looked for when somebody is erased: their ids, what reaches them, and their words, wherever they stand."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property

REMOVED = "[…]"
EDGE = r"[0-9A-Za-z_]"


@dataclass(frozen=True)
class Sought:
    """The values that lead to one customer.

    Attributes
    ----------
    ids
        The customer's id, invitations, pseudonyms and what else names them.
    traces
        Telephone numbers, addresses and words that are theirs alone.
    id_columns
        Columns that name customers, in which an id counts however short it is.

    Examples
    --------
    >>> sought = Sought(frozenset({"C0017", "17"}), frozenset({"li@shop.cn"}))
    >>> sought.owns([("customer_id", "17"), ("age", "9")]), sought.owns([("customer_id", "9"), ("age", "17")])
    (True, False)
    >>> sought.without("Write to li@shop.cn, not to xli@shop.cn")
    ('Write to […], not to xli@shop.cn', 1)
    """

    ids: frozenset[str]
    traces: frozenset[str] = frozenset()
    id_columns: frozenset[str] = field(default=frozenset({"customer_id", "invitation_id"}))

    @cached_property
    def anywhere(self) -> frozenset[str]:
        """The values that are somebody's wherever they stand; a short number could be any number."""
        return frozenset(v for v in self.ids | self.traces if is_distinctive(v))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds the values inside texts, as they stand in text, HTML and JSON."""
        forms = {f for v in self.anywhere for f in spellings(v)}
        longest_first = sorted(forms, key=lambda f: (-len(f), f))
        parts = [_edged(re.escape(f), f) for f in longest_first]
        return re.compile("|".join(parts) if parts else r"(?!)", re.IGNORECASE)

    def is_id_column(self, column: str) -> bool:
        """Tell whether a column names customers."""
        return column.strip().lower() in self.id_columns

    def owns(self, row: Iterable[tuple[str, str]]) -> bool:
        """Tell whether a row, as (column, cell), is the customer's.

        It is where a column that names customers names them. It is not where such a column names somebody else:
        whatever of the customer stands in it, it is the other's. A row that names nobody is theirs if a cell is one of
        their distinctive values.
        """
        somebody = False
        distinctive = False
        for column, cell in row:
            text = cell.strip()
            if self.is_id_column(column):
                if text in self.ids:
                    return True
                somebody |= bool(text)
            distinctive |= text in self.anywhere
        return distinctive and not somebody

    def without(self, text: str) -> tuple[str, int]:
        """Return a text without the values, and how many were taken out."""
        return self.pattern.subn(REMOVED, text)

    def adding(self, *, traces: Iterable[str] = (), id_columns: Collection[str] = ()) -> Sought:
        """Return what is sought with more traces and columns."""
        columns = self.id_columns | {c.strip().lower() for c in id_columns}
        return Sought(self.ids, self.traces | frozenset(traces), frozenset(columns))


def is_distinctive(value: str) -> bool:
    """Tell whether a value is somebody's wherever it stands, and not a number or word that others use, too.

    Examples
    --------
    >>> [is_distinctive(v) for v in ("17", "20260", "C0017", "13912345678", "li@shop.cn", "Li", "不想再来了，服务太差")]
    [False, False, True, True, True, False, True]
    """
    text = value.strip()
    if re.fullmatch(r"[0-9]+", text):
        return len(text) >= 9
    if re.search(r"[0-9]", text) or "@" in text:
        return len(text) >= 5
    return len(text) >= (8 if re.search(r"[\u3400-\u9fff]", text) else 20)


def spellings(value: str) -> set[str]:
    """Return a value as it stands in a text, in HTML and in JSON."""
    text = value.strip()
    as_json = {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    return {text, html.escape(text), html.escape(text, quote=False), *as_json}


def _edged(pattern: str, form: str) -> str:
    # part of a longer number or word is another value; beside Chinese signs no edge is needed
    before = rf"(?<!{EDGE})" if re.match(EDGE, form[0]) else ""
    after = rf"(?!{EDGE})" if re.match(EDGE, form[-1]) else ""
    return f"{before}{pattern}{after}"
