"""Orders as they come: which columns and arguments can be read, and which lines cannot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final, Literal

import pandas as pd

from workbench.clv.purchases.purchases_sql import MOST, Orders, line_counts
from workbench.core.engine import Table
from workbench.core.errors import EngineError, InputError, in_english, nearest, require_columns
from workbench.core.names import AMOUNT, CUSTOMER_ID, ORDERED_AT

Refunds = Literal["net", "drop", "as_is"]
Duplicates = Literal["keep", "drop"]
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "unit": ("day", "week"),
    "refunds": ("net", "drop", "as_is"),
    "duplicates": ("keep", "drop"),
}
_NO_AMOUNT: Final = ("CHAR", "TEXT", "STRING", "BOOL", "DATE", "TIME", "BLOB", "BINARY", "UUID")
_ZONED: Final = ("WITH TIME ZONE", "TIMESTAMPTZ", "TZ=")
_NO_DAY: Final = ("INT", "DOUBLE", "FLOAT", "REAL", "DECIMAL", "NUMERIC", "BOOL", "BLOB", "BINARY", "UUID")


def check_choices(chosen: Mapping[str, str]) -> None:
    """Refuse an argument that is not one of its choices.

    Examples
    --------
    >>> check_choices({"unit": "week"})
    """
    for name, value in chosen.items():
        if value not in CHOICES[name]:
            raise InputError(
                f"`{name}` is one of {', '.join(CHOICES[name])}.",
                found=repr(value),
                fix=f"Write {name}={CHOICES[name][0]!r}, or another of them.",
                where=name,
            )


def checked_days(observed_until: dt.date, holdout_from: dt.date | None) -> tuple[dt.date, dt.date | None]:
    """Return the last day and the first one of a holdout as dates.

    Examples
    --------
    >>> checked_days(dt.datetime(2026, 6, 30), None)
    (datetime.date(2026, 6, 30), None)
    """
    until = _date(observed_until, "observed_until")
    held = None if holdout_from is None else _date(holdout_from, "holdout_from")
    if held is not None and held > until:
        raise InputError(
            "A holdout starts before observation ends.",
            found=f"{held} after {until}",
            fix="Choose an earlier first day of the holdout.",
            where="holdout_from",
        )
    return until, held


def _date(value: object, name: str) -> dt.date:
    if isinstance(value, dt.datetime) and value == value and value.time() == dt.time():
        return dt.date(value.year, value.month, value.day)
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise InputError(f"`{name}` is a date.", found=repr(value), fix="Write datetime.date(2026, 6, 30).", where=name)
    return value


def check_columns(orders: Table) -> None:
    """Refuse orders without their columns, with amounts that are no numbers, or with times that are none.

    Examples
    --------
    >>> from workbench.core.engine import as_table
    >>> day = pd.to_datetime(["2026-01-01"])
    >>> check_columns(as_table(pd.DataFrame({"customer_id": ["a"], "ordered_at": day, "amount": [1.0]})))
    """
    require_columns(orders.columns, (CUSTOMER_ID, ORDERED_AT, AMOUNT), where="transactions")
    kinds = {c: str(orders.columns[c]).upper() for c in (ORDERED_AT, AMOUNT)}
    if any(k in kinds[AMOUNT] for k in _NO_AMOUNT):
        raise InputError(
            "Amounts are numbers.",
            found=f"`{AMOUNT}` is {kinds[AMOUNT]}",
            fix="Convert the column; write what is missing as a missing value.",
            where=AMOUNT,
        )
    if any(kinds[ORDERED_AT].startswith(k) for k in _NO_DAY):
        raise InputError(
            "Orders have a date or a time.",
            found=f"`{ORDERED_AT}` is {kinds[ORDERED_AT]}",
            fix="Convert the column to dates, such as 2026-06-30.",
            where=ORDERED_AT,
        )


def counted_lines(orders: Orders) -> pd.Series:
    """Count lines as `line_counts` does; refused if there are days or amounts that cannot be."""
    try:
        lines = line_counts(orders)
    except EngineError as error:
        if str(orders.table.columns[ORDERED_AT]).upper().startswith(("DATE", "TIME")):
            raise
        raise InputError(
            "Days of orders can be read, such as 2026-06-30.",
            found=in_english(error.found).splitlines()[0],
            fix="Convert the column to dates.",
            where=ORDERED_AT,
        ) from error
    if lines["beyond"]:
        raise InputError(
            f"Amounts are finite and below {MOST:.0e}.",
            found=f"{int(lines['beyond']):,} lines are not",
            fix="Correct them, or leave them out.",
            where=AMOUNT,
        )
    return lines


def day_sql(orders: Table, timezone: str | None) -> str:
    """Return SQL of the local day of an order line.

    Examples
    --------
    >>> from workbench.core.engine import as_table
    >>> day_sql(as_table(pd.DataFrame({"ordered_at": pd.to_datetime(["2026-01-01"])})), None)
    'CAST(ordered_at AS DATE)'
    """
    kind = str(orders.columns[ORDERED_AT]).upper()
    zoned = any(k in kind for k in _ZONED)
    if zoned and timezone is None:
        raise InputError(
            "Times with a zone need the zone whose days count.",
            found=f"`{ORDERED_AT}` is {kind}",
            fix="Write timezone='Asia/Shanghai', or give local times.",
            where="timezone",
        )
    if timezone is not None:
        _known_zone(timezone)
    d = orders.engine.dialect
    if timezone is not None and (zoned or kind in d.instants):
        return f"CAST({d.local_time.format(zone=d.literal(timezone), time=ORDERED_AT)} AS DATE)"
    return f"CAST({ORDERED_AT} AS DATE)"


def _known_zone(timezone: str) -> None:
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(timezone)
    except (KeyError, ValueError) as error:
        raise InputError(
            "A time zone has a name of the IANA database.",
            found=repr(timezone),
            fix=f"Write timezone='Asia/Shanghai'{nearest(timezone, available_timezones())}",
            where="timezone",
        ) from error
