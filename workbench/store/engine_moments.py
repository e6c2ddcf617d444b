"""Dates and times that texts of an engine's table write, read as those of files in words that every engine knows.

Files are read by `workbench.store.moments`, in the embedded engine's own words; the forms are the same: the year first,
with hyphens, slashes, points or 年月日, or eight digits; a time may follow, and a zone, AM or PM may follow the time.
"""

from __future__ import annotations

from workbench.core.engine import Dialect

_MONTH, _DAY = "(0?[1-9]|1[0-2])", "(0?[1-9]|[12][0-9]|3[01])"
_CLOCK = "([01]?[0-9]|2[0-3]):[0-5]?[0-9]"
_ZONE = "(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
_TIME = f"(( +|T){_CLOCK}(:[0-5]?[0-9]([.][0-9]+)?)?(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)?)?"
_HALF_DAY = " *[AaPp][Mm]$"
_HALF = " +(0?[1-9]|1[0-2]):[0-5]?[0-9](:[0-5]?[0-9])? *[AaPp][Mm]"
FORMS = (
    f"{_MONTH}-{_DAY}({_HALF}|{_TIME})",
    f"{_MONTH}/{_DAY}({_HALF}|{_TIME})",
    f"{_MONTH}[.]{_DAY}({_HALF}|( +{_CLOCK}(:[0-5]?[0-9])?)?)",
    f"{_MONTH}月{_DAY}日({_HALF}|( +{_CLOCK}(:[0-5]?[0-9])?)?)",
)
_SEPARATED = "|".join(f"{sign}{form}" for sign, form in zip(("-", "/", "[.]", "年"), FORMS, strict=True))
_EIGHT = "[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"
WRITTEN = f"^([0-9]{{4}}({_SEPARATED})|{_EIGHT})$"


def written_moment(kind: str, text: str, d: Dialect, timezone: str | None) -> str:
    """Return the SQL of a date or time written in a text, NULL where there is none.

    Parameters
    ----------
    kind
        ``date`` or ``time``.
    text
        SQL of the text, without blanks around it.
    d
        The engine's spellings.
    timezone
        Zone in which instants are shown; without one, a time with a zone of its own has no local date.

    Examples
    --------
    >>> from workbench.core.engine import DUCKDB, DuckDBEngine
    >>> texts = "VALUES ('2026年1月31日'), ('20260131'), ('2026/1/5 9:05'), ('2026-01-31T20:00:00Z'), ('2026-02-30')"
    >>> sql = written_moment("date", "t", DUCKDB, "Asia/Shanghai")
    >>> [str(v)[:10] for v in DuckDBEngine().rows(f"SELECT {sql} AS v FROM ({texts}) AS x(t)")["v"]]
    ['2026-01-31', '2026-01-31', '2026-01-05', '2026-02-01', 'None']
    """

    def like(sql: str, pattern: str) -> str:
        return d.matches.format(text=sql, pattern=d.literal(pattern))

    target = "DATE" if kind == "date" else "TIMESTAMP"
    spaced = f"replace({text}, 'T', ' ')"
    given = f"split_part({spaced}, ' ', 1)"
    day = given
    for sign, written in (("年", "-"), ("月", "-"), ("日", ""), ("/", "-"), (".", "-")):
        day = f"replace({day}, '{sign}', '{written}')"
    eight = like(given, f"^{_EIGHT}$")
    parts = [
        f"CASE WHEN {eight} THEN substr({given}, {at}, {n}) ELSE split_part({day}, '-', {i}) END"
        for i, (at, n) in enumerate(((1, 4), (5, 2), (7, 2)), start=1)
    ]
    year, month, number = (f"CAST({p} AS INTEGER)" for p in parts)
    date = f"concat({parts[0]}, '-', lpad({parts[1]}, 2, '0'), '-', lpad({parts[2]}, 2, '0'))"
    rest = f"trim(substr({spaced}, length({given}) + 1))"
    clock = d.replaced.format(text=rest, pattern=d.literal(_ZONE), by="''")
    bare = d.replaced.format(text=clock, pattern=d.literal(_HALF_DAY), by="''")
    whole, fraction = (f"split_part({bare}, '.', {i})" for i in (1, 2))
    hour = f"split_part({whole}, ':', 1)"
    late, night = (like(clock, f"{letter}[Mm]$") for letter in ("[Pp]", "[Aa]"))
    noon = f"CAST(CAST({hour} AS INTEGER) % 12 + CASE WHEN {late} THEN 12 ELSE 0 END AS {d.text_type})"
    hour = f"CASE WHEN {late} OR {night} THEN {noon} ELSE {hour} END"
    steps = ", ':', ".join(f"lpad({p}, 2, '0')" for p in (hour, *(f"split_part({whole}, ':', {i})" for i in (2, 3))))
    moment = f"concat({date}, ' ', {steps}, '.', rpad(substr({fraction}, 1, 6), 6, '0'))"
    local = f"CAST(NULL AS {target})"  # an instant has no local date of its own
    if timezone is not None:
        instant = d.instant.format(text=f"concat({moment}, substr({rest}, length({clock}) + 1))")
        local = f"CAST({d.local_time.format(zone=d.literal(timezone), time=instant)} AS {target})"
    plain = f"CAST({date} AS DATE)" if kind == "date" else f"CAST({moment} AS TIMESTAMP)"
    value = f"CASE WHEN {like(rest, _ZONE)} THEN {local} ELSE {plain} END"
    leap = f"({year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0))"
    last = f"CASE WHEN {month} IN (4, 6, 9, 11) THEN 30 WHEN {month} = 2 AND {leap} THEN 29 WHEN {month} = 2 THEN 28 "
    there = f"{number} <= {last}ELSE 31 END AND {year} > 0"
    # one condition inside the other: an engine may compute what stands beside an AND before it
    return f"CASE WHEN {like(text, WRITTEN)} THEN CASE WHEN {there} THEN {value} END END"
