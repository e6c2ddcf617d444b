"""Systematic sampling with a fractional interval, and the check that the frame's order has no cycle near it."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from workbench.core.errors import InputError, require_columns
from workbench.core.language import message
from workbench.core.results import Note
from workbench.sampling.designs import Design, Systematic
from workbench.sampling.drawing import Draw, Drawn, plan_of, simple_probabilities, whole_counts
from workbench.sampling.frame import WHOLE, Frame, as_frame
from workbench.sampling.random_numbers import SPACE, check_salt, permanent_random_number

CYCLE_EFFECT, CYCLE_P = 1.5, 0.001  # a design effect this large, this surely, is called a cycle


def random_start(drawing: Draw, stratum: str, space: int) -> int:
    """Return a whole number in [0, `space`) that salt, stratum and start decide, uniform over salts."""
    number = int(permanent_random_number([f"systematic start|{stratum}"], drawing.salt)[0])
    return ((number + drawing.start_of(stratum)) % SPACE) * space // SPACE


def order_sql(drawing: Draw, label: str) -> str:
    """Return the ORDER BY items of a systematic sample: order columns, else strata; then random number, then id."""
    frame, d = drawing.frame, drawing.frame.dialect
    chosen = frame.order_by or frame.stratum
    items = []
    for column in chosen:
        kind = frame.column_types[column].lower()
        q = d.quote(column)
        text = d.text_order.format(column=q) if "char" in kind or kind in ("text", "string") else q
        items.append(f"{text} ASC NULLS LAST")
    return ", ".join([*items, drawing.position(label), frame.id_order(d.quote(frame.id))])


def select_systematic(drawing: Draw, design: Design) -> Drawn:
    """Draw a `Systematic` design: the r-th in order is taken if ``(r a + b) mod m < a``, in whole numbers."""
    assert isinstance(design, Systematic)
    plan, label, steps = _steps(drawing, design)
    rows = _taken(drawing, label, steps)
    main = rows[rows["workbench_chosen"] == 1].copy()
    main["order"] = main.sort_values("workbench_place").groupby("stratum").cumcount() + 1
    many = plan["stratum"].map(main["stratum"].value_counts()).fillna(0).astype("int64")
    plan = plan.assign(n=many, reserve=0)
    spare = _reserve(drawing, rows[rows["workbench_chosen"] == 0], many, plan, design.reserve)
    plan["reserve"] = plan["stratum"].map(spare["stratum"].value_counts()).fillna(0).astype("int64")
    joined = simple_probabilities(pd.concat([main, spare], ignore_index=True), plan)
    rates = {s: a / m for s, (a, m) in steps.items()}
    joined["inclusion_probability"] = joined["stratum"].map(rates)
    return Drawn(rows=joined, strata=plan, notes=tuple(_notes(drawing, design, label, steps)))


def _steps(drawing: Draw, design: Systematic) -> tuple[pd.DataFrame, str, dict[str, tuple[int, int]]]:
    if design.n is not None:
        plan, label = plan_of(drawing, design.n, 0.0)
        pairs = zip(plan["n"].tolist(), plan["population"].tolist(), strict=True)
        return plan, label, dict(zip(plan["stratum"], pairs, strict=True))
    interval = Fraction(str(design.interval)).limit_denominator(10_000)
    plan = whole_counts(drawing.frame).assign(n=0, reserve=0)
    step = (interval.denominator, interval.numerator)
    return plan, drawing.frame.dialect.literal(WHOLE), {WHOLE: step}


def _taken(drawing: Draw, label: str, steps: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """Return the drawn, and after each the customer who follows, as a possible reserve."""
    frame, d = drawing.frame, drawing.frame.dialect
    limits = ", ".join(
        f"({d.literal(s)}, CAST({a} AS BIGINT), CAST({m} AS BIGINT), CAST({random_start(drawing, s, m)} AS BIGINT))"
        for s, (a, m) in steps.items()
        if a
    )
    # whole-number arithmetic: the r-th place, counted from 0, is r * a + b on a circle of m
    here, before = (
        f"(((workbench_place - {back}) * workbench_a + workbench_b) % workbench_m < workbench_a)" for back in (1, 2)
    )
    return frame.rows(
        f"SELECT {drawing.columns()}, workbench_stratum AS stratum, workbench_prn AS prn, workbench_place, CASE WHEN "
        f"{here} THEN 1 ELSE 0 END AS workbench_chosen FROM (SELECT {drawing.columns()}, {label} AS workbench_stratum, "
        f"{drawing.number} AS workbench_prn, row_number() OVER (PARTITION BY {label} "
        f"ORDER BY {order_sql(drawing, label)}) AS workbench_place FROM {{table}} WHERE {frame.where}) AS e JOIN "
        f"(VALUES {limits}) AS limits(label, workbench_a, workbench_m, workbench_b) "
        f"ON e.workbench_stratum = limits.label WHERE {here} OR (workbench_place > 1 AND {before})"
    )


def _reserve(
    drawing: Draw, followers: pd.DataFrame, many: pd.Series[int], plan: pd.DataFrame, share: float
) -> pd.DataFrame:
    wanted = dict(zip(plan["stratum"], (many * share).apply(lambda x: -int(-x // 1)), strict=True))
    pairs = zip(followers["prn"], followers["stratum"], strict=True)
    places = [(k - drawing.start_of(s)) % SPACE for k, s in pairs]
    numbered = followers.assign(workbench_position=places).sort_values(["workbench_position", drawing.frame.id])
    rank = numbered.groupby("stratum").cumcount() + 1
    main = numbered["stratum"].map(dict(zip(plan["stratum"], many, strict=True))).astype("int64")
    keep = rank <= numbered["stratum"].map(wanted).astype(float)  # there may be no followers
    return numbered.assign(order=rank + main)[keep]


def _notes(drawing: Draw, design: Systematic, label: str, steps: dict[str, tuple[int, int]]) -> list[Note]:
    frame = drawing.frame
    columns = tuple(design.check) or ((frame.size,) if frame.size else ())
    notes = []
    if frame.order_by:
        notes.append(Note(message("Customers with the same order value are ordered by their random number.")))
    if not columns:
        notes.append(Note(message("The frame's order was not checked for cycles; name numeric columns in `check`.")))
    for column in columns:
        table = _phases(drawing, column, label, steps)
        notes += [
            Note(
                message(
                    "The frame's order has a cycle near the interval in {column}: a systematic sample varies "
                    "{effect:dec1} times as much as a random one. Use another order or another design.",
                    column=column,
                    effect=effect,
                ),
                "warning",
            )
            for effect, p in zip(table["design_effect"], table["p_value"], strict=True)
            if effect > CYCLE_EFFECT and p < CYCLE_P
        ]
    return notes


def check_periodicity(
    frame: Frame | pd.DataFrame, design: Systematic, columns: str | list[str], *, salt: str
) -> pd.DataFrame:
    r"""Say how much a systematic sample in the frame's order varies, against a random one of the same size.

    Parameters
    ----------
    frame, design, salt
        What would be drawn.
    columns
        Numeric columns.

    Returns
    -------
    DataFrame
        One row per column and stratum: ``column``, ``stratum``, ``interval``, ``design_effect``, ``p_value``. The
        design effect is the variance between the samples of all starts over that of simple random samples,
        :math:`MSB / S^2`; far above 1 the order has a cycle near the interval, below 1 the order helps (Cochran
        1977, §8.3, theorem 8.1; the p-value is that of the F test between starts).

    Raises
    ------
    InputError
        If a column is missing or not numeric.

    Examples
    --------
    >>> days = pd.DataFrame({"customer_id": [f"C{i:04d}" for i in range(700)], "day": range(700)})
    >>> days["visits"] = (days["day"] % 7 == 5) * 10
    >>> frame = Frame(days, order_by="day")
    >>> check_periodicity(frame, Systematic(10), "visits", salt="s")["design_effect"].round(1).tolist()
    [10.1]
    """
    chosen = as_frame(frame)
    drawing = Draw(chosen, check_salt(salt))
    _, label, steps = _steps(drawing, design)
    names = [columns] if isinstance(columns, str) else list(columns)
    return pd.concat([_phases(drawing, c, label, steps) for c in names], ignore_index=True)


def _phases(drawing: Draw, column: str, label: str, steps: dict[str, tuple[int, int]]) -> pd.DataFrame:
    frame, d = drawing.frame, drawing.frame.dialect
    require_columns(frame.column_types, [column], where="check")
    kind = frame.column_types[column].lower()
    if not (kind.startswith(("double", "float", "real", "decimal", "numeric", "hugeint")) or "int" in kind):
        raise InputError(
            "A cycle is looked for in numeric columns.",
            found=f"{column!r} has type {kind}",
            fix="Name a numeric column.",
            where="check",
        )
    limits = ", ".join(
        f"({d.literal(s)}, CAST({a} AS BIGINT), CAST({m} AS BIGINT))" for s, (a, m) in steps.items() if a
    )
    value = f"CAST({d.quote(column)} AS {d.double_type})"
    # customers of the same phase would be drawn together
    groups = frame.rows(
        "SELECT stratum, phase, count(*) AS many, sum(x) AS total, sum(x * x) AS squares FROM "
        f"(SELECT e.workbench_stratum AS stratum, floor(CAST(((workbench_place - 1) * a) % m AS {d.double_type}) "
        "/ a) AS phase, x FROM "
        f"(SELECT {label} AS workbench_stratum, {value} AS x, row_number() OVER (PARTITION BY {label} ORDER BY "
        f"{order_sql(drawing, label)}) AS workbench_place FROM {{table}} WHERE {frame.where}) AS e "
        f"JOIN (VALUES {limits}) AS limits(label, a, m) ON e.workbench_stratum = limits.label WHERE x IS NOT "
        "NULL) AS phased "
        "GROUP BY stratum, phase"
    )
    rows = []
    for stratum, (a, m) in steps.items():
        part = groups[groups["stratum"] == stratum]
        effect, p = _between(part)
        rows.append((column, stratum, m / a if a else float("nan"), effect, p))
    return pd.DataFrame(rows, columns=["column", "stratum", "interval", "design_effect", "p_value"])


def _between(groups: pd.DataFrame) -> tuple[float, float]:
    from scipy import stats

    k, many = len(groups), groups["many"].to_numpy(dtype=float)
    size = many.sum()
    if k < 2 or size <= k:
        return float("nan"), float("nan")
    total, squares = groups["total"].to_numpy(dtype=float), float(groups["squares"].sum())
    around = squares - total.sum() ** 2 / size
    between = float((total**2 / many).sum() - total.sum() ** 2 / size)
    within = max(around - between, 0.0)
    if around <= 0:
        return float("nan"), float("nan")
    mean_between = between / (k - 1)
    ratio = mean_between / (within / (size - k)) if within > 0 else float("inf")
    return mean_between / (around / (size - 1)), float(stats.f.sf(ratio, k - 1, size - k))
