"""A customer's uninterrupted times under contract: lines of contracts put together, and what is known of their ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import pandas as pd

from workbench.clv.columns import ENDED
from workbench.clv.contracts.snapshots import Rows, read_snapshots
from workbench.clv.value.terms import NO_GROUP, Groups, group_source
from workbench.core.bulk import BulkResult, keep_rows
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message, plural
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Note

MONTH: Final = 365.25 / 12  # days
KIND: Final = "kind"
STARTED_IN: Final = "started_in"
_FOREVER: Final = "DATE '9999-12-31'"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ContractSpells(BulkResult):
    """Contracts put together into uninterrupted times of a customer under contracts of a kind.

    Attributes
    ----------
    table
        Read when asked for; one row each: ``customer_id``, ``kind``, ``started``, ``days`` (until the end, or until the
        last day of the data), ``seen`` (days of which it is known whether it went on), ``ended``, ``running``,
        ``amount`` (a month, of the contracts that run), ``started_in`` (year).
    source
        The same rows in the engine.
    summary
        One row: ``lines`` of the table; ``repeated``, ``later``, ``overlapping``, ``continued`` (rows that repeat
        another in everything; that begin after the last day of the data; that begin while another of the customer and
        kind runs; that go on from one that ended shortly before); ``spells``, ``ended``, ``running`` and ``recent``
        (spells that ended so shortly ago that they may go on).
    priced
        Whether amounts are known.
    observed_until
        Last day of the data.
    gap_days
        Days for which the end of a contract is not believed yet: those that were given where contracts do go on after
        a pause, 1 where they only go on the next day, 0 where none ever did.
    """

    priced: bool
    observed_until: dt.date
    gap_days: int

    caption: ClassVar[Message] = message("Times under contract")
    columns: ClassVar[Mapping[str, Column]] = {
        "lines": Column(message("Rows of the table"), "int"),
        "repeated": Column(message("Rows repeated"), "int"),
        "later": Column(message("Rows that begin later"), "int"),
        "overlapping": Column(message("Begin while another runs"), "int"),
        "continued": Column(message("Go on from another"), "int"),
        "spells": Column(message("Times under contract"), "int"),
        "ended": ENDED,
        "running": Column(message("Running"), "int"),
        "recent": Column(message("Ended lately"), "int"),
    }

    @property
    def own_columns(self) -> tuple[str, ...]:
        """What the spells themselves can be broken down by: the year they began in and, where they differ, the kind."""
        kinds = int(self.source.rows(f"SELECT count(DISTINCT {KIND}) AS n FROM {{table}} AS t")["n"][0])
        return (STARTED_IN, KIND) if kinds > 1 else (STARTED_IN,)

    def count(self, what: str) -> int:
        """Return a number of the summary."""
        return int(self.summary[what].iloc[0])

    @property
    def ends_told(self) -> bool:
        """Whether more contracts ended for certain than may still go on, so that durations can be told."""
        return self.count("ended") >= max(self.count("recent"), 1)


def contract_spells(
    contracts: pd.DataFrame | Table | str | Path,
    *,
    observed_until: dt.date,
    gap_days: int = 30,
    rows: Rows = "auto",
    engine: Engine | None = None,
) -> ContractSpells:
    """Put contracts together into uninterrupted times under contract, one per customer, kind and pause.

    Parameters
    ----------
    contracts
        ``customer_id``, ``started_at`` and perhaps ``ended_at`` (missing while it runs), ``kind``, ``contract_id``,
        ``amount_per_month``.
    observed_until
        Last day of the data; contracts that begin later do not count.
    gap_days
        Days that may lie between two contracts that go on from each other; none in snapshots.
    rows
        What a row is: a contract, or the snapshot of one (see `read_snapshots`); found out by default, and said.
    engine
        Engine for a DataFrame or a path.

    Returns
    -------
    ContractSpells
        With notes on what was counted and put together.

    Raises
    ------
    InputError
        If a column is missing, or no contract has begun.

    Notes
    -----
    A row without an end that begins, with the same customer, kind and id, on the day of one with an end is an earlier
    state of it and does not count. An end within the last `gap_days` is not believed yet, as the customer may come back
    within them. Where no contract ever went on after a pause there is nothing to wait for, and every end is one.

    Examples
    --------
    >>> lines = pd.DataFrame({"customer_id": ["a", "a", "b"],
    ...     "started_at": pd.to_datetime(["2025-01-01", "2025-07-05", "2025-03-01"]),
    ...     "ended_at": pd.to_datetime(["2025-06-30", None, "2025-12-31"])})
    >>> found = contract_spells(lines, observed_until=dt.date(2026, 6, 30))
    >>> found.count("spells"), found.count("continued"), found.count("ended")
    (2, 1, 1)
    """
    table = as_table(contracts, engine)
    require_columns(table.columns, (CUSTOMER_ID, "started_at"), where="contracts")
    snapshots = read_snapshots(table, observed_until, rows)
    if snapshots is not None:
        table, gap_days = snapshots.table, 0
    amount = "amount_per_month" if "amount_per_month" in table.columns else "CAST(NULL AS DECIMAL(18, 4))"
    counts = table.rows(f"""
        SELECT count(*) AS lines,
               count(CASE WHEN CAST(started_at AS DATE) > DATE '{observed_until}' THEN 1 END) AS later,
               count({amount}) AS priced
        FROM {{table}} AS t""").iloc[0]
    if counts["lines"] == counts["later"]:
        raise InputError(
            message("A contract has begun by the last day of the data."),
            found=message(
                "{n:int} contracts, all of them later than {day:date}", n=counts["lines"], day=observed_until
            ),
            fix=message("Check the dates of the contracts and as_of."),
            where="contracts",
        )
    marked = _marked_lines(table, observed_until, gap_days, amount)
    found = marked.rows("""
        SELECT count(*) AS kept, count(CASE WHEN beside THEN 1 END) AS overlapping,
               count(CASE WHEN follows THEN 1 END) AS continued,
               count(CASE WHEN follows AND waited > 1 THEN 1 END) AS late
        FROM {table} AS t""").iloc[0]
    # an end is waited for as long as contracts here are known to go on later: after a pause, on the next day, or never
    wait = gap_days if found["late"] else min(gap_days, 1) if found["continued"] else 0
    spells = _spells(marked, observed_until, wait)
    ends = spells.rows("""
        SELECT count(*) AS spells, count(CASE WHEN ended THEN 1 END) AS ended,
               count(CASE WHEN running THEN 1 END) AS running,
               count(CASE WHEN NOT ended AND NOT running THEN 1 END) AS recent
        FROM {table} AS t""").iloc[0]
    numbers = {
        "lines": int(counts["lines"]),
        "repeated": int(counts["lines"] - counts["later"] - found["kept"]),
        "later": int(counts["later"]),
        "overlapping": int(found["overlapping"]),
        "continued": int(found["continued"]),
        **{c: int(ends[c]) for c in ("spells", "ended", "running", "recent")},
    }
    return ContractSpells(
        source=spells,
        summary=pd.DataFrame([numbers]),
        priced=bool(counts["priced"]),
        observed_until=observed_until,
        gap_days=wait,
        notes=tuple(_notes(numbers, gap_days, wait)) if snapshots is None else (Note(snapshots.note, "caution"),),
    )


def _marked_lines(table: Table, until: dt.date, gap: int, amount: str) -> Table:
    # every line with the spell it belongs to: a new one begins where nothing ran shortly before
    d, own = table.engine.dialect, table.columns
    text = {
        c: f"CAST({d.quote(c)} AS {d.text_type})" if c in own else f"CAST(NULL AS {d.text_type})"
        for c in (KIND, "contract_id")
    }
    ended = "CAST(ended_at AS DATE)" if "ended_at" in own else "CAST(NULL AS DATE)"
    every = f"""
        SELECT DISTINCT {CUSTOMER_ID}, coalesce({text[KIND]}, {d.literal(NO_GROUP)}) AS {KIND},
               CAST(started_at AS DATE) AS started, {text["contract_id"]} AS contract_id, {amount} AS amount,
               CASE WHEN {ended} <= DATE '{until}' THEN {ended} ELSE {_FOREVER} END AS last_day
        FROM {table.source} AS t WHERE CAST(started_at AS DATE) <= DATE '{until}'"""
    # of the states of one contract in several exports, the one with an end is the last
    same = f"PARTITION BY {CUSTOMER_ID}, {KIND}, started, contract_id"
    lines = f"""
        SELECT {CUSTOMER_ID}, {KIND}, started, contract_id, amount, last_day
        FROM (SELECT *, min(last_day) OVER ({same}) AS told FROM ({every}) AS states) AS all_states
        WHERE last_day < {_FOREVER} OR told = {_FOREVER}"""
    order = f"started, last_day, amount NULLS LAST, {d.text_order.format(column='contract_id')} NULLS LAST"
    mine = f"PARTITION BY {CUSTOMER_ID}, {KIND} ORDER BY {order} ROWS BETWEEN"
    wait = d.days_between.format(start="before", end="started")
    return keep_rows(
        table.engine,
        f"""
        SELECT {CUSTOMER_ID}, {KIND}, started, last_day, amount, beside, follows, waited,
               sum(CASE WHEN beside OR follows THEN 0 ELSE 1 END)
                   OVER ({mine} UNBOUNDED PRECEDING AND CURRENT ROW) AS spell
        FROM (
            SELECT *, before IS NOT NULL AND {wait} < 0 AS beside,
                   before IS NOT NULL AND {wait} BETWEEN 0 AND {gap} AS follows, {wait} AS waited
            FROM (SELECT *, max(last_day) OVER ({mine} UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                  FROM ({lines}) AS distinct_lines) AS with_before
        ) AS flagged
        ORDER BY {d.text_order.format(column=CUSTOMER_ID)}, {d.text_order.format(column=KIND)}, {order}""",
        stem="contract-lines",
    )


def _spells(marked: Table, until: dt.date, wait: int) -> Table:
    d = marked.engine.dialect
    today = f"DATE '{until}'"
    last = f"CASE WHEN max(last_day) = {_FOREVER} THEN {today} ELSE max(last_day) END"
    over = f"max(last_day) < {_FOREVER} AND {d.days_between.format(start='max(last_day)', end=today)} >= {wait}"
    so_far = d.days_between.format(start="min(started)", end=today)
    return keep_rows(
        marked.engine,
        f"""
        SELECT {CUSTOMER_ID}, {KIND}, min(started) AS started,
               CAST({d.days_between.format(start="min(started)", end=last)} AS BIGINT) AS days,
               CAST(CASE WHEN {over} THEN {d.days_between.format(start="min(started)", end="max(last_day)")}
                         ELSE greatest({so_far} - {wait}, 0) END AS BIGINT) AS seen,
               {over} AS ended, max(last_day) = {_FOREVER} AS running,
               CAST(sum(CASE WHEN last_day = {_FOREVER} THEN amount END) AS {d.double_type}) AS amount,
               CAST(extract(year FROM min(started)) AS {d.text_type}) AS {STARTED_IN}
        FROM {marked.source} AS t GROUP BY {CUSTOMER_ID}, {KIND}, spell
        ORDER BY {d.text_order.format(column=CUSTOMER_ID)}, {d.text_order.format(column=KIND)}, started""",
        stem="contracts",
    )


def _notes(numbers: Mapping[str, int], gap: int, wait: int) -> list[Note]:
    counted = (
        (
            numbers["repeated"],
            plural(
                "{n:int} row repeats another contract in everything and counts once.",
                "{n:int} rows repeat another contract in everything and count once.",
                n=numbers["repeated"],
            ),
        ),
        (
            numbers["later"],
            plural(
                "{n:int} contract begins after the last day of the data and does not count yet.",
                "{n:int} contracts begin after the last day of the data and do not count yet.",
                n=numbers["later"],
            ),
        ),
        (
            numbers["overlapping"],
            plural(
                "{n:int} contract begins while another of the same customer and kind runs; together they "
                "are one time under contract.",
                "{n:int} contracts begin while another of the same customer and kind runs; together they "
                "are one time under contract.",
                n=numbers["overlapping"],
            ),
        ),
        (
            numbers["continued"],
            plural(
                "{n:int} contract begins within {days:int} days after another of the same customer and "
                "kind ended and goes on from it.",
                "{n:int} contracts begin within {days:int} days after another of the same customer and "
                "kind ended and go on from it.",
                n=numbers["continued"],
                days=gap,
            ),
        ),
    )
    found = [Note(text) for n, text in counted if n]
    if numbers["recent"]:
        text = plural(
            "{n:int} contract ended in the last {days:int} days and may still be renewed; who stays "
            "is told up to that time.",
            "{n:int} contracts ended in the last {days:int} days and may still be renewed; who stays "
            "is told up to that time.",
            n=numbers["recent"],
            days=wait,
        )
        few = numbers["ended"] < numbers["recent"]
        found.append(Note(text, "caution" if few else "info"))
    if wait < gap and numbers["ended"]:
        text = message("No contract here goes on after a pause, so that one that has ended counts as ended at once.")
        found.append(Note(text))
    return found


def contract_durations(spells: ContractSpells, by: str | Groups | None = None) -> pd.DataFrame:
    """Return how long contracts lasted, as `retention_curve` takes it.

    Parameters
    ----------
    spells
        What `contract_spells` returns.
    by
        A column of the spells (``started_in``, ``kind``), or a table with ``customer_id`` and the name of its column.

    Returns
    -------
    DataFrame
        ``duration`` (months), ``ended``, ``count``, ``group``.

    Examples
    --------
    >>> lines = pd.DataFrame({"customer_id": ["a", "b"], "started_at": pd.to_datetime(["2025-01-01", "2025-03-01"])})
    >>> contract_durations(contract_spells(lines, observed_until=dt.date(2025, 12, 31)))["count"].tolist()
    [1.0, 1.0]
    """
    own = spells.source
    joined, name = f"{own.source} AS s", own.engine.dialect.literal("")
    if isinstance(by, str):
        name = f"s.{own.engine.dialect.quote(by)}"
    elif by is not None:
        listed, named = group_source(own.engine, by)
        joined += f" LEFT JOIN {listed} AS g ON g.{CUSTOMER_ID} = s.{CUSTOMER_ID}"
        name = f"coalesce(g.{named}, {own.engine.dialect.literal(NO_GROUP)})"
    rows = own.engine.rows(f"""
        SELECT {name} AS named, s.seen AS days, s.ended AS ended, count(*) AS people
        FROM {joined} GROUP BY 1, 2, 3""").sort_values(["named", "days", "ended"], ignore_index=True)
    return pd.DataFrame(
        {
            "duration": rows["days"] / MONTH,
            "ended": rows["ended"].astype(bool),
            "count": rows["people"].astype(float),
            "group": rows["named"].astype(str),
        }
    )
