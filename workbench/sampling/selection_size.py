"""Selectors proportional to size: Pareto, sequential Poisson and systematic πps, and Poisson sampling."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.errors import InputError
from workbench.core.language import message, plural
from workbench.core.results import Note
from workbench.sampling.designs import Design, Poisson, ProportionalToSize
from workbench.sampling.drawing import Draw, Drawn, plan_of, simple_probabilities, whole_counts
from workbench.sampling.frame import WHOLE, is_fractional
from workbench.sampling.order_sampling import probabilities_given, ranking_sql
from workbench.sampling.random_numbers import SPACE
from workbench.sampling.selection_systematic import order_sql, random_start

GRID = 10_000  # sizes with decimals are counted in ten-thousandths, so that their sums are exact
NONE_CERTAIN = 2**62
SMALL = 10  # below this many, order sampling is only roughly proportional to size


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
    kind = frame.column_types[frame.size].lower()
    text = kind.startswith(("varchar", "text", "string", "char"))
    if text:  # a column of the customer list that nothing says is a number: its digits are
        q = f"CAST({q} AS {d.double_type})"
    if text or is_fractional(kind) or kind.startswith(("decimal", "numeric")):
        whole = f"CAST(floor(CAST({q} AS {d.double_type}) * {GRID} + 0.5) AS BIGINT)"
    else:
        whole = f"CAST({q} AS BIGINT)"
    bad = frame.rows(f"""
        SELECT count(CASE WHEN {q} IS NULL THEN 1 END) AS absent, count(CASE WHEN {q} < 0 THEN 1 END) AS negative,
               count(CASE WHEN {q} >= 0 AND {whole} = 0 THEN 1 END) AS nothing
        FROM {{table}} WHERE {frame.where}""").iloc[0]
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
        f"FROM {{table}} WHERE {frame.where}) AS e GROUP BY stratum"
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
            f"FROM {{table}} WHERE {frame.where}) AS e JOIN (VALUES {', '.join(limits)}) AS limits(label, "
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


def select_proportional(drawing: Draw, design: Design) -> Drawn:
    """Draw a `ProportionalToSize` design."""
    assert isinstance(design, ProportionalToSize)
    plan, label = plan_of(drawing, design.n, design.reserve)
    size = size_sql(drawing)
    plan = certainties(drawing, plan, label, size)
    if design.method == "systematic":
        if design.reserve:
            raise InputError(
                "A systematic sample proportional to size has no reserve.",
                found=f"reserve={design.reserve}",
                fix="Use method='pareto'.",
                where="reserve",
            )
        rows = _systematic(drawing, plan, label, size)
        rows["order"] = rows.sort_values("workbench_place").groupby("stratum").cumcount() + 1
    else:
        rows = _ordered(drawing, plan, label, size, design.method, bound=True)
        if len(rows) < int((plan["n"] + plan["reserve"]).sum()):
            rows = _ordered(drawing, plan, label, size, design.method, bound=False)
    drawn = _drawn(rows, plan)
    return replace(drawn, notes=(*drawn.notes, *_remainder(plan, design.method)))


def _remainder(plan: pd.DataFrame, method: str) -> list[Note]:
    small = int(((plan["left"] > 0) & (plan["left"] < SMALL) & (plan["left"] < plan["population"])).sum())
    if method == "systematic" or not small:
        return []
    return [
        Note(
            message(
                "{n:int} strata draw fewer than ten customers by size; their probabilities are only roughly "
                "proportional to size.",
                n=small,
            ),
            "caution",
        )
    ]


def _drawn(rows: pd.DataFrame, plan: pd.DataFrame) -> Drawn:
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


def _limits(drawing: Draw, plan: pd.DataFrame, columns: list[str]) -> str:
    def row(values: tuple[Any, ...]) -> str:
        numbers = ", ".join(f"CAST({v} AS {drawing.frame.dialect.wide_type})" for v in values[1:])
        return f"({drawing.frame.dialect.literal(str(values[0]))}, {numbers})"

    used = plan[plan["n"] > 0]
    return ", ".join(row(v) for v in used[["stratum", *columns]].itertuples(index=False, name=None))


def _ordered(drawing: Draw, plan: pd.DataFrame, label: str, size: str, method: str, *, bound: bool) -> pd.DataFrame:
    frame, d = drawing.frame, drawing.frame.dialect
    wanted = plan["n"] + plan["reserve"]
    # a ranking number below 1 happens n times on average; far above that nobody is needed
    free = np.maximum(plan["left"], 1)
    top = ((wanted - plan["certain"]) / free * (1 + 8 / np.sqrt(free) + 8 / free) * 2).max()
    near = f"WHERE workbench_rank_number < {max(float(top), 1.0)!r}" if bound else ""
    limits = _limits(drawing, plan.assign(wanted=wanted), ["wanted", "threshold", "left", "rest"])
    u = f"((CAST(e.workbench_position AS {d.double_type}) + 0.5) / {SPACE})"
    number = ranking_sql(
        u, "e.workbench_size", "limits.workbench_remaining", "limits.workbench_rest", d.double_type, method
    )
    key = frame.id_order(d.quote(frame.id))
    return frame.rows(
        f"SELECT {drawing.columns()}, workbench_stratum AS stratum, workbench_prn AS prn, workbench_size, "
        f"workbench_rank AS {d.quote('order')} FROM (SELECT ranked.*, row_number() OVER "
        f"(PARTITION BY workbench_stratum ORDER BY workbench_rank_number, workbench_position, {key}) AS "
        "workbench_rank FROM (SELECT e.*, limits.workbench_wanted, "
        f"CASE WHEN e.workbench_size >= limits.workbench_threshold THEN CAST(-1 AS {d.double_type}) ELSE {number} END "
        f"AS workbench_rank_number FROM ({_base(drawing, label, size)}) AS e JOIN (VALUES {limits}) "
        "AS limits(label, workbench_wanted, workbench_threshold, workbench_remaining, workbench_rest) ON "
        "e.workbench_stratum = limits.label) AS ranked "
        f"{near}) AS placed WHERE workbench_rank <= workbench_wanted"
    )


def _base(drawing: Draw, label: str, size: str) -> str:
    return (
        f"SELECT {drawing.columns()}, {label} AS workbench_stratum, {drawing.number} AS workbench_prn, "
        f"{drawing.position(label)} AS workbench_position, {size} AS workbench_size "
        f"FROM {{table}} WHERE {drawing.frame.where}"
    )


def _systematic(drawing: Draw, plan: pd.DataFrame, label: str, size: str) -> pd.DataFrame:
    frame, d = drawing.frame, drawing.frame.dialect
    starts = [random_start(drawing, s, max(int(t), 1)) for s, t in zip(plan["stratum"], plan["rest"], strict=True)]
    limits = _limits(drawing, plan.assign(begin=starts), ["threshold", "left", "rest", "begin"])
    order = order_sql(drawing, label)
    wide = d.wide_type
    step = f"CAST(workbench_size AS {wide}) * workbench_remaining"
    return frame.rows(
        f"SELECT {drawing.columns()}, workbench_stratum AS stratum, workbench_prn AS prn, workbench_size, "
        "workbench_place FROM (SELECT e.*, limits.workbench_threshold, limits.workbench_remaining, "
        "limits.workbench_rest, limits.workbench_begin_at, "
        "row_number() OVER "
        "(PARTITION BY workbench_stratum ORDER BY workbench_order) AS workbench_place, "
        "CAST(sum(CASE WHEN workbench_size < limits.workbench_threshold THEN workbench_size ELSE 0 END) OVER "
        "(PARTITION BY "
        f"workbench_stratum ORDER BY workbench_order ROWS UNBOUNDED PRECEDING) AS {wide}) AS workbench_sum "
        f"FROM (SELECT {drawing.columns()}, {label} AS workbench_stratum, {drawing.number} AS workbench_prn, "
        f"{size} AS workbench_size, row_number() OVER (ORDER BY {order}) AS workbench_order FROM {{table}} "
        f"WHERE {frame.where}) AS e JOIN (VALUES {limits}) AS limits(label, workbench_threshold, "
        "workbench_remaining, workbench_rest, workbench_begin_at) "
        "ON e.workbench_stratum = limits.label) AS summed WHERE workbench_size >= workbench_threshold OR "
        "(workbench_remaining > 0 AND (workbench_sum * workbench_remaining + workbench_begin_at) % "
        f"workbench_rest < {step})"
    )


def select_poisson(drawing: Draw, design: Design) -> Drawn:
    """Draw a `Poisson` design."""
    assert isinstance(design, Poisson)
    if design.rate is not None or drawing.frame.size is None:
        return _bernoulli(drawing, design)
    assert design.n is not None
    plan, label = plan_of(drawing, design.n, 0.0)
    size = size_sql(drawing)
    plan = certainties(drawing, plan, label, size)
    rows = _ordered_below_one(drawing, plan, label, size)
    drawn = _drawn(rows, plan)
    many = drawn.rows["stratum"].value_counts()
    drawn_n = drawn.strata["stratum"].map(many).fillna(0).astype("int64")
    strata = drawn.strata.assign(expected_n=drawn.strata["n"], n=drawn_n)
    return Drawn(rows=drawn.rows.assign(reserved=False), strata=strata, notes=drawn.notes)


def _ordered_below_one(drawing: Draw, plan: pd.DataFrame, label: str, size: str) -> pd.DataFrame:
    # u / λ < 1 is the condition of Poisson sampling
    frame, d = drawing.frame, drawing.frame.dialect
    limits = _limits(drawing, plan, ["threshold", "left", "rest"])
    u = f"((CAST(e.workbench_position AS {d.double_type}) + 0.5) / {SPACE})"
    number = ranking_sql(
        u,
        "e.workbench_size",
        "limits.workbench_remaining",
        "limits.workbench_rest",
        d.double_type,
        "sequential_poisson",
    )
    key = frame.id_order(d.quote(frame.id))
    return frame.rows(
        f"SELECT {drawing.columns()}, workbench_stratum AS stratum, workbench_prn AS prn, workbench_size, "
        f"row_number() OVER (PARTITION BY workbench_stratum ORDER BY workbench_position, {key}) AS {d.quote('order')} "
        "FROM (SELECT e.*, CASE WHEN e.workbench_size >= limits.workbench_threshold THEN CAST(0 AS "
        f"{d.double_type}) ELSE "
        f"{number} END "
        f"AS workbench_rank_number FROM ({_base(drawing, label, size)}) AS e JOIN (VALUES {limits}) "
        "AS limits(label, workbench_threshold, workbench_remaining, workbench_rest) ON e.workbench_stratum = "
        "limits.label) AS ranked "
        "WHERE workbench_rank_number < 1"
    )


def _bernoulli(drawing: Draw, design: Poisson) -> Drawn:
    frame, d = drawing.frame, drawing.frame.dialect
    if design.n is None:
        plan, label = whole_counts(frame).assign(n=0, reserve=0), d.literal(WHOLE)
        rates = [float(design.rate or 0)]
    else:
        plan, label = plan_of(drawing, design.n, 0.0)
        rates = (plan["n"] / plan["population"]).tolist()
    bounds = [int(r * SPACE) for r in rates]
    limits = ", ".join(f"({d.literal(s)}, CAST({b} AS BIGINT))" for s, b in zip(plan["stratum"], bounds, strict=True))
    key = frame.id_order(d.quote(frame.id))
    rows = frame.rows(
        f"SELECT {drawing.columns()}, workbench_stratum AS stratum, workbench_prn AS prn, row_number() OVER "
        f"(PARTITION BY workbench_stratum ORDER BY workbench_position, {key}) AS {d.quote('order')} FROM "
        f"(SELECT {drawing.columns()}, {label} AS workbench_stratum, {drawing.number} AS workbench_prn, "
        f"{drawing.position(label)} AS "
        f"workbench_position FROM {{table}} WHERE {frame.where} AND {drawing.near(max(bounds), label)}) AS e "
        f"JOIN (VALUES {limits}) AS limits(label, bound) ON e.workbench_stratum = limits.label "
        "WHERE workbench_position < limits.bound"
    )
    many = plan["stratum"].map(rows["stratum"].value_counts()).fillna(0).astype("int64")
    expected = np.array(rates) * plan["population"]
    rows = simple_probabilities(rows, plan.assign(n=many))
    rows["inclusion_probability"] = rows["stratum"].map(dict(zip(plan["stratum"], rates, strict=True)))
    return Drawn(rows=rows.assign(reserved=False), strata=plan.assign(n=many, expected_n=expected))
