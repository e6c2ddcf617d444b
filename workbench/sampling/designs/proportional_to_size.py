"""Probability in proportion to size: Pareto, sequential Poisson and systematic πps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.results import Note
from workbench.sampling.design import DesignSettings, PlannedDraw, SamplingDesign, VarianceRule
from workbench.sampling.drawing import Draw, Drawn, plan_of
from workbench.sampling.list_order import order_sql, random_start
from workbench.sampling.order_sampling import ranking_sql
from workbench.sampling.random_numbers import SPACE
from workbench.sampling.size_drawing import certainties, drawn_by_size, limits_sql, size_sentence, size_sql, sized_rows
from workbench.sampling.stratum_sizes import Sizes, check_choice, check_sizes

SMALL = 10  # below this many, order sampling is only roughly proportional to size


class SizeSettings(DesignSettings):
    """The measure of size."""

    size: str = Field(description="Column of sizes above 0 that 'proportional_to_size' goes by, in any unit.")


@dataclass(frozen=True, eq=False)
class ProportionalToSize(SamplingDesign):
    """Probability in proportion to the frame's `size`; customers too large for that are certainly taken.

    Systematic selection has exactly these probabilities. Pareto and sequential Poisson sampling have them up to a
    remainder that vanishes as the sample grows (Rosén 1997; Aires 2000, *Techniques to calculate exact inclusion
    probabilities for conditional Poisson sampling and Pareto πps*); below ten customers the sample says so.

    Attributes
    ----------
    n
        Customers to draw, from the whole frame or as an allocation by stratum.
    method
        ``pareto`` and ``sequential_poisson`` rank by permanent random numbers and can be coordinated between waves;
        ``systematic`` runs through the frame's order.

    Examples
    --------
    >>> ProportionalToSize(50).method
    'pareto'
    """

    n: Sizes
    method: Literal["pareto", "sequential_poisson", "systematic"] = "pareto"

    label: ClassVar[Message] = message("Sample proportional to size")
    name: ClassVar[str] = "proportional_to_size"
    Settings: ClassVar[type[DesignSettings]] = SizeSettings

    def __post_init__(self) -> None:
        super().__post_init__()
        check_sizes(self.n)
        check_choice(self.method, ("pareto", "sequential_poisson", "systematic"), "method")

    def select(self, drawing: Draw) -> Drawn:
        """Take the largest for certain, and the others by ranking numbers or in equal steps of size."""
        plan, label = plan_of(drawing, self.n, self.reserve)
        size = size_sql(drawing)
        plan = certainties(drawing, plan, label, size)
        if self.method == "systematic":
            if self.reserve:
                raise InputError(
                    "A systematic sample proportional to size has no reserve.",
                    found=f"reserve={self.reserve}",
                    fix="Use method='pareto'.",
                    where="reserve",
                )
            rows = _systematic(drawing, plan, label, size)
            rows["order"] = rows.sort_values("workbench_place").groupby("stratum").cumcount() + 1
        else:
            rows = _ordered(drawing, plan, label, size, self.method, bound=True)
            if len(rows) < int((plan["n"] + plan["reserve"]).sum()):
                rows = _ordered(drawing, plan, label, size, self.method, bound=False)
        drawn = drawn_by_size(rows, plan)
        return replace(drawn, notes=(*drawn.notes, *_remainder(plan, self.method)))

    @classmethod
    def of_plan(cls, plan: PlannedDraw) -> SamplingDesign:
        """Return the design without a reserve, whose customers would have probabilities of their own."""
        return cls(plan.sizes)

    @classmethod
    def variance(cls, settings: Any) -> VarianceRule:  # noqa: ARG003
        """Return the rule: unequal chances without replacement, and nothing from those who are taken for certain."""
        return VarianceRule(chances="hajek")

    def sentences(self, strata: pd.DataFrame) -> Iterator[Message]:
        """Yield how many are taken for certain."""
        yield from size_sentence(strata)


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


def _ordered(drawing: Draw, plan: pd.DataFrame, label: str, size: str, method: str, *, bound: bool) -> pd.DataFrame:
    frame, d = drawing.frame, drawing.frame.dialect
    wanted = plan["n"] + plan["reserve"]
    # a ranking number below 1 happens n times on average; far above that nobody is needed
    free = np.maximum(plan["left"], 1)
    top = ((wanted - plan["certain"]) / free * (1 + 8 / np.sqrt(free) + 8 / free) * 2).max()
    near = f"WHERE workbench_rank_number < {max(float(top), 1.0)!r}" if bound else ""
    limits = limits_sql(drawing, plan.assign(wanted=wanted), ["wanted", "threshold", "left", "rest"])
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
        f"AS workbench_rank_number FROM ({sized_rows(drawing, label, size)}) AS e JOIN (VALUES {limits}) "
        "AS limits(label, workbench_wanted, workbench_threshold, workbench_remaining, workbench_rest) ON "
        "e.workbench_stratum = limits.label) AS ranked "
        f"{near}) AS placed WHERE workbench_rank <= workbench_wanted"
    )


def _systematic(drawing: Draw, plan: pd.DataFrame, label: str, size: str) -> pd.DataFrame:
    frame, d = drawing.frame, drawing.frame.dialect
    starts = [random_start(drawing, s, max(int(t), 1)) for s, t in zip(plan["stratum"], plan["rest"], strict=True)]
    limits = limits_sql(drawing, plan.assign(begin=starts), ["threshold", "left", "rest", "begin"])
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
        f"{size} AS workbench_size, row_number() OVER (ORDER BY {order}) AS workbench_order FROM {{table}} AS t "
        f"WHERE {frame.where}) AS e JOIN (VALUES {limits}) AS limits(label, workbench_threshold, "
        "workbench_remaining, workbench_rest, workbench_begin_at) "
        "ON e.workbench_stratum = limits.label) AS summed WHERE workbench_size >= workbench_threshold OR "
        "(workbench_remaining > 0 AND (workbench_sum * workbench_remaining + workbench_begin_at) % "
        f"workbench_rest < {step})"
    )
