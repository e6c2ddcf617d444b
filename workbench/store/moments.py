"""Dates and times as texts write them: the usual forms, one given form, instants with a zone."""

from __future__ import annotations

DATE_FORMATS = ("%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
_CLOCKS = ("%H:%M:%S", "%H:%M")
TIME_FORMATS = (*(f"{d} {t}" for d in ("%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d") for t in _CLOCKS), *DATE_FORMATS)
# what may stand behind a clock
ZONE = r"Z|[+-]\d\d:?\d*"
HALF_DAY = "[AaPp][Mm]"
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
NOON_FORMATS = tuple(f"{d} {c}" for d in _DAYS for c in _CLOCKS)
HALF_DAY_FORMATS = tuple(f"{d} {c}{b}%p" for d in _DAYS for c in ("%I:%M:%S", "%I:%M") for b in (" ", ""))


def time_sql(text: str, kind: str, date_format: str | None, timezone: str | None) -> str:
    """Return the SQL of a date or time written in a text, NULL where there is none.

    Parameters
    ----------
    text
        SQL of the text, without blanks around it.
    kind
        ``date`` or ``time``.
    date_format
        How it is written; None for the usual forms, all of which begin with a year of four digits.
    timezone
        Zone in which instants are shown; without one, a time with a zone of its own has no local date.

    Examples
    --------
    >>> from workbench.core.engine import DuckDBEngine
    >>> texts = "VALUES ('2026年1月31日'), ('20260131'), ('290000-01-01'), ('2026-02-30')"
    >>> sql = f"SELECT {time_sql('t', 'date', None, None)} AS day FROM ({texts}) AS v(t)"
    >>> [str(d)[:10] for d in DuckDBEngine().rows(sql)["day"]]
    ['2026-01-31', '2026-01-31', 'None', 'None']
    """
    target = "DATE" if kind == "date" else "TIMESTAMP"
    formats = ", ".join(f"'{quoted(f)}'" for f in ([date_format] if date_format else TIME_FORMATS))
    # ISO first: it is the usual case and much faster than trying formats
    iso = f"TRY_CAST({text} AS {target})" if date_format is None else "NULL"
    parsed = f"coalesce({iso}, CAST(try_strptime({text}, [{formats}]) AS {target}))"
    # a text that carries a zone is an instant: without a zone to show it in, its local date is not known
    zone = "NULL"
    if timezone:
        zone = f"CAST(TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE '{quoted(timezone)}' AS {target})"
    if date_format is not None:
        return f"CASE WHEN NOT ({_a_moment(text)}) THEN NULL WHEN {_ends(text, ZONE)} THEN {zone} ELSE {parsed} END"
    # the engine's own reading passes over any word behind a clock: half past nine would always be in the morning
    of_halves = ", ".join(f"'{f}'" for f in HALF_DAY_FORMATS)
    halves = f"CAST(try_strptime({text}, [{of_halves}]) AS {target})"
    worded = f"CASE WHEN {_ends(text, HALF_DAY)} THEN {halves} ELSE {zone} END"
    return (
        f"CASE WHEN NOT ({_year_first(text)}) THEN NULL WHEN {_ends(text, f'{ZONE}|[A-Za-z].*')} THEN {worded} "
        f"ELSE {parsed} END"
    )


def _ends(text: str, what: str) -> str:
    return f"regexp_matches({text}, ':\\d\\d(\\.\\d+)?\\s*({what})$')"


def _a_moment(text: str) -> str:
    # the engine takes these words for times, and by a format even for the first day of 1900
    return f"lower({text}) NOT IN ('infinity', '-infinity', 'epoch')"


def _year_first(text: str) -> str:
    # a year of four digits: the engine knows the years 290000 and before Christ as well. Letters are compared one by
    # one, as a pattern costs more than reading the date
    digit = "BETWEEN 48 AND 57"
    year = f"ascii({text}) {digit} AND (ascii({text}[5]) NOT {digit} OR strlen({text}) = 8)"
    return f"{year} AND {text}[:4] <> '0000' AND {text} NOT LIKE '%)'"


def quoted(text: str) -> str:
    """Return a text as it stands between quotes in SQL."""
    return text.replace("'", "''")
