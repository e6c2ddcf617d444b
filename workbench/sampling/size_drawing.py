"""Drawing by size: sizes as whole numbers, the customers taken for certain, and everybody's probability."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.column_kinds import is_exact, is_fractional, is_text
from workbench.core.errors import InputError
from workbench.core.language import Message, plural
from workbench.core.results import Note
from workbench.sampling.drawing import Draw, Drawn
from workbench.sampling.order_sampling import probabilities_given

GRID = 10_000  # sizes with decimals are counted in ten-thousandths, so that their sums are exact
NONE_CERTAIN = 2**62


def size_sql(drawing: Draw) -> str:
    """Return the SQL of a row's size as a whole number.

    Raises
    ------
    InputError
        If the frame has no size, or sizes that are missing, negative or zero.
    """
    frame = drawing.frame
    if frame.size is None:
        raise InputError(
            "A sample proportional to size needs sizes.",
            found="a frame without `size`",
            fix="Frame(table, size='amount_12m').",
            where="frame",
        )
    q, d = frame.dialect.quote(frame.size), frame.dialect
    kind = frame.column_types[frame.size]
    text = is_text(kind)
    if text:  # a column of the customer list that nothing says is a number: its digits are
        q = f"CAST({q} AS {d.double_type})"
    if text or is_fractional(kind) or is_exact(kind):
        whole = f"CAST(floor(CAST({q} AS {d.double_type}) * {GRID} + 0.5) AS BIGINT)"
    else:
        whole = f"CAST({q} AS BIGINT)"
    bad = frame.rows(f"""
        SELECT count(CASE WHEN {q} IS NULL THEN 1 END) AS absent, count(CASE WHEN {q} < 0 THEN 1 END) AS negative,
               count(CASE WHEN {q} >= 0 AND {whole} = 0 THEN 1 END) AS nothing
        FROM {{table}} AS t WHERE {frame.where}""").iloc[0]
    if int(bad.sum()):
        raise InputError(
            "Every eligible customer has a size above 0.",
            found=f"{int(bad['absent']):,} missing, {int(bad['negative']):,} negative, {int(bad['nothing']):,} zero "
            f"in {frame.size!r}",
            fix="Exclude these customers with a condition and a reason, or give them a small size.",
            where="size",
        )
    return whole


def certainties(drawing: Draw, plan: pd.DataFrame, label: str, size: str) -> pd.DataFrame:
    """Add to a plan the smallest certain size, the units left to draw, and the total size of the rest.

    Each pass over the frame sums what is above the threshold so far; the threshold rises until nobody new is above it.
    """
    literal, frame = drawing.frame.dialect.literal, drawing.frame
    state: dict[str, dict[str, int]] = {
        s: {"n": int(n), "certain": 0, "above": 0, "threshold": NONE_CERTAIN, "total": 0}
        for s, n in zip(plan["stratum"], plan["n"], strict=True)
    }
    text = frame.dialect.text_type
    totals = frame.rows(
        f"SELECT stratum, CAST(sum(size) AS {text}) AS total FROM (SELECT {label} AS stratum, {size} AS size "
        f"FROM {{table}} AS t WHERE {frame.where}) AS e GROUP BY stratum"
    )
    for stratum, total in zip(totals["stratum"], totals["total"], strict=True):
        state[stratum]["total"] = int(total)
    active = [s for s, v in state.items() if v["n"]]
    while active:
        limits = []
        for s in active:
            v = state[s]
            left, rest = v["n"] - v["certain"], v["total"] - v["above"]
            v["threshold"] = -(-rest // left) if left else v["threshold"]
            limits.append(f"({literal(s)}, CAST({v['threshold']} AS BIGINT))")
        rows = frame.rows(
            f"SELECT workbench_stratum AS stratum, count(*) AS many, CAST(sum(workbench_size) AS "
            f"{frame.dialect.text_type}) AS above FROM (SELECT {label} AS workbench_stratum, {size} AS workbench_size "
            f"FROM {{table}} AS t WHERE {frame.where}) AS e JOIN (VALUES {', '.join(limits)}) AS limits(label, "
            "workbench_threshold) "
            "ON e.workbench_stratum = limits.label WHERE workbench_size >= limits.workbench_threshold GROUP BY "
            "workbench_stratum"
        )
        sums = zip(rows["many"].tolist(), map(int, rows["above"]), strict=True)
        found = dict(zip(rows["stratum"], sums, strict=True))
        again = []
        for s in active:
            many, above = found.get(s, (0, 0))
            if many > state[s]["certain"]:
                state[s] |= {"certain": many, "above": above}
                if many < state[s]["n"]:
                    again.append(s)
            elif not many:
                state[s]["threshold"] = NONE_CERTAIN
        active = again
    return plan.assign(
        threshold=[state[s]["threshold"] for s in plan["stratum"]],
        left=[v["n"] - v["certain"] for v in state.values()],
        rest=[v["total"] - v["above"] for v in state.values()],
        certain=[v["certain"] for v in state.values()],
    )


def drawn_by_size(rows: pd.DataFrame, plan: pd.DataFrame) -> Drawn:
    """Return a drawing by size with everybody's probability; `plan` is what `certainties` returned."""
    facts = plan[["stratum", "n", "threshold", "left", "rest"]].itertuples(index=False, name=None)
    parts = []
    for stratum, n, threshold, left, rest in facts:
        part = rows[rows["stratum"] == stratum]
        sizes = part["workbench_size"].to_numpy(dtype=np.int64)
        pi = probabilities_given(sizes, sizes >= int(threshold), int(left), max(int(rest), 1))
        parts.append(part.assign(inclusion_probability=pi, reserved=part["order"] > n))
    many = int(plan["certain"].sum())
    notes = []
    if many:
        notes.append(
            Note(
                plural(
                    "{n:int} customer is so large that it is taken for certain.",
                    "{n:int} customers are so large that they are taken for certain.",
                    n=many,
                )
            )
        )
    strata = plan.drop(columns=["threshold", "left", "rest"])
    return Drawn(rows=pd.concat(parts), strata=strata, notes=tuple(notes))


def limits_sql(drawing: Draw, plan: pd.DataFrame, columns: list[str]) -> str:
    """Return the rows of VALUES with some numbers of each stratum that is drawn from."""

    def row(values: tuple[Any, ...]) -> str:
        numbers = ", ".join(f"CAST({v} AS {drawing.frame.dialect.wide_type})" for v in values[1:])
        return f"({drawing.frame.dialect.literal(str(values[0]))}, {numbers})"

    used = plan[plan["n"] > 0]
    return ", ".join(row(v) for v in used[["stratum", *columns]].itertuples(index=False, name=None))


def sized_rows(drawing: Draw, label: str, size: str) -> str:
    """Return the SQL of everybody eligible with stratum, random number, place on the circle and size."""
    return (
        f"SELECT {drawing.columns()}, {label} AS workbench_stratum, {drawing.number} AS workbench_prn, "
        f"{drawing.position(label)} AS workbench_position, {size} AS workbench_size "
        f"FROM {{table}} AS t WHERE {drawing.frame.where}"
    )


def size_sentence(strata: pd.DataFrame) -> Iterator[Message]:
    """Yield how many customers are taken for certain; nothing where sizes do not decide."""
    if "certain" in strata:
        yield plural(
            "Probabilities are proportional to size; {n:int} customer is taken for certain.",
            "Probabilities are proportional to size; {n:int} customers are taken for certain.",
            n=int(strata["certain"].sum()),
        )
