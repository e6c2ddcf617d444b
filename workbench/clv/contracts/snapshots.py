"""Tables of contracts that are snapshots: one row per customer and date of an export, not one per contract.

Read as contracts, every row would begin on the day of the export and never end, and a rule for pauses would join them
all: nobody would ever leave. Read as what they are, whoever is missing on a date has left by then.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal

from workbench.core.bulk import keep_rows
from workbench.core.engine import Table
from workbench.core.language import Message, plural
from workbench.core.names import CUSTOMER_ID

Rows = Literal["auto", "contracts", "snapshots"]
_FEWEST_DATES: Final = 3
_OPEN: Final = 0.95  # rows without an end, of snapshots
_ONCE: Final = 0.95  # rows that are the only one of their customer, kind and date
_NEXT: Final = 0.5  # rows that are followed by one of the next date


@dataclass(frozen=True, eq=False)
class Snapshots:
    """Contracts made of snapshots.

    Attributes
    ----------
    table
        One line per row: from its date to the next, open on the last date; columns as in the table that came in.
    dates
        Dates of the snapshots.
    first, last
        The first and the last.
    returned
        Times that somebody was there, missing, and there again.
    """

    table: Table
    dates: int
    first: dt.date
    last: dt.date
    returned: int

    @property
    def note(self) -> Message:
        """How the table was read."""
        return plural(
            "The contracts are {dates:int} snapshots from {first:date} to {last:date}, one row per customer and date: "
            "whoever is missing on a date has left by then, and who was there on the first date began earlier than is "
            "known. {n:int} customer came back after an absence and begins anew.",
            "The contracts are {dates:int} snapshots from {first:date} to {last:date}, one row per customer and date: "
            "whoever is missing on a date has left by then, and who was there on the first date began earlier than is "
            "known. {n:int} times a customer came back after an absence and begins anew.",
            dates=self.dates,
            first=self.first,
            last=self.last,
            n=self.returned,
        )


def read_snapshots(contracts: Table, until: dt.date, rows: Rows = "auto") -> Snapshots | None:
    """Read contracts as snapshots where they are some.

    Parameters
    ----------
    contracts
        ``customer_id``, ``started_at`` and perhaps ``ended_at``, ``kind``.
    until
        Last day of the data; later rows do not count.
    rows
        What a row is; ``auto`` finds out: snapshots have three dates or more, hardly any ends, one row per customer,
        kind and date, and half of the rows of a date are followed by one of the next date.

    Returns
    -------
    Snapshots or None
        None where rows are contracts.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.core.engine import as_table
    >>> day = pd.to_datetime(["2026-01-31", "2026-02-28", "2026-03-31"])
    >>> lines = pd.DataFrame({"customer_id": list("aaabbc"), "started_at": [*day, *day[:2], day[0]]})
    >>> found = read_snapshots(as_table(lines), dt.date(2026, 3, 31))
    >>> found.dates, found.returned, found.table.to_frame()["ended_at"].isna().sum()
    (3, 0, np.int64(1))
    """
    if rows == "contracts":
        return None
    d, own = contracts.engine.dialect, contracts.columns
    kind = f"coalesce(CAST(kind AS {d.text_type}), '')" if "kind" in own else "''"
    ended = "CAST(ended_at AS DATE)" if "ended_at" in own else "CAST(NULL AS DATE)"
    day = "CAST(started_at AS DATE)"
    seen = f"""
        SELECT {CUSTOMER_ID}, {kind} AS what, {day} AS day, count(*) AS many, count({ended}) AS ended
        FROM {contracts.source} AS t WHERE {day} <= DATE '{until}' GROUP BY 1, 2, 3"""
    dates = f"""
        SELECT day, row_number() OVER (ORDER BY day) AS place, lead(day) OVER (ORDER BY day) AS next_day
        FROM (SELECT DISTINCT day FROM ({seen}) AS some_days) AS days"""
    mine = f"OVER (PARTITION BY {CUSTOMER_ID}, what ORDER BY place)"
    found = contracts.engine.rows(f"""
        SELECT sum(many) AS lines, sum(ended) AS ended, count(CASE WHEN many = 1 THEN 1 END) AS once,
               count(CASE WHEN next_day IS NOT NULL THEN 1 END) AS early, max(place) AS dates,
               count(CASE WHEN following = place + 1 THEN 1 END) AS followed,
               count(CASE WHEN following > place + 1 THEN 1 END) AS returned,
               min(day) AS first_day, max(day) AS last_day
        FROM (SELECT s.*, t.place, t.next_day, lead(t.place) {mine} AS following
              FROM ({seen}) AS s JOIN ({dates}) AS t ON t.day = s.day) AS marked""").iloc[0]
    lines = float(found["lines"] or 0)
    if not lines:
        return None
    alike = (
        found["dates"] >= _FEWEST_DATES
        and float(found["ended"]) <= (1 - _OPEN) * lines
        and float(found["once"]) >= _ONCE * lines
        and float(found["followed"]) >= _NEXT * float(found["early"]) > 0
    )
    if not (alike or rows == "snapshots"):
        return None
    others = ", ".join(f"c.{d.quote(c)}" for c in own if c not in ("started_at", "ended_at"))
    order = ", ".join(f"c.{d.quote(c)}" for c in own if c not in (CUSTOMER_ID, "started_at", "ended_at"))
    table = keep_rows(
        contracts.engine,
        f"""
        SELECT {others}, CAST(c.started_at AS DATE) AS started_at, t.next_day AS ended_at
        FROM {contracts.source} AS c JOIN ({dates}) AS t ON t.day = CAST(c.started_at AS DATE)
        ORDER BY {d.text_order.format(column=f"c.{CUSTOMER_ID}")}, t.day{", " + order if order else ""}""",
        stem="snapshots",
    )
    first, last = (str(found[c])[:10] for c in ("first_day", "last_day"))
    return Snapshots(
        table, int(found["dates"]), dt.date.fromisoformat(first), dt.date.fromisoformat(last), int(found["returned"])
    )
