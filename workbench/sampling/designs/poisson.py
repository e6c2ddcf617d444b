"""Poisson sampling: every customer decides alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from pydantic import Field

from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.sampling.design import DesignSettings, PlannedDraw, SamplingDesign, VarianceRule
from workbench.sampling.drawing import Draw, Drawn, plan_of, simple_probabilities, whole_counts
from workbench.sampling.frame import WHOLE
from workbench.sampling.order_sampling import ranking_sql
from workbench.sampling.random_numbers import SPACE
from workbench.sampling.size_drawing import certainties, drawn_by_size, limits_sql, size_sentence, size_sql, sized_rows
from workbench.sampling.stratum_sizes import Sizes, check_sizes


class PoissonSettings(DesignSettings):
    """The measure of size, where there is one."""

    size: str | None = Field(
        default=None, description="Column of sizes above 0 that 'poisson' goes by where given, in any unit."
    )


@dataclass(frozen=True, eq=False)
class Poisson(SamplingDesign):
    """Every customer decides alone: drawn if the random number is below the probability; the size varies.

    Attributes
    ----------
    n
        Expected size, whole frame or by stratum; the probabilities are proportional to the frame's `size` where it has
        one, else equal.
    rate
        One probability for everybody instead (Bernoulli sampling).

    Examples
    --------
    >>> Poisson(rate=0.01).rate
    0.01
    """

    n: Sizes | None = None
    rate: float | None = None

    label: ClassVar[Message] = message("Poisson sample")
    name: ClassVar[str] = "poisson"
    Settings: ClassVar[type[DesignSettings]] = PoissonSettings

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.n is None) == (self.rate is None):
            raise InputError(
                "A Poisson sample has an expected size or a rate.",
                found=f"n={self.n!r}, rate={self.rate!r}",
                fix="Give exactly one of them.",
                where="design",
            )
        if self.n is not None:
            check_sizes(self.n)
        elif not 0 < float(self.rate or 0) <= 1:
            raise InputError(
                "A rate is a probability.", found=repr(self.rate), fix="Give a number in (0, 1].", where="rate"
            )
        if self.reserve:
            raise InputError(
                "A Poisson sample has no reserve.",
                found=f"reserve={self.reserve}",
                fix="Raise the rate, or use ProportionalToSize.",
                where="reserve",
            )

    def select(self, drawing: Draw) -> Drawn:
        """Take everybody whose number lies below his or her probability."""
        if self.rate is not None or drawing.frame.size is None:
            return _bernoulli(drawing, self)
        assert self.n is not None
        plan, label = plan_of(drawing, self.n, 0.0)
        size = size_sql(drawing)
        plan = certainties(drawing, plan, label, size)
        rows = _ordered_below_one(drawing, plan, label, size)
        drawn = drawn_by_size(rows, plan)
        many = drawn.rows["stratum"].value_counts()
        drawn_n = drawn.strata["stratum"].map(many).fillna(0).astype("int64")
        strata = drawn.strata.assign(expected_n=drawn.strata["n"], n=drawn_n)
        return Drawn(rows=drawn.rows.assign(reserved=False), strata=strata, notes=drawn.notes)

    @classmethod
    def of_plan(cls, plan: PlannedDraw) -> SamplingDesign:
        """Return the design; it has no reserve."""
        return cls(plan.sizes)

    @classmethod
    def variance(cls, settings: Any) -> VarianceRule:  # noqa: ARG003
        """Return the rule: every customer was drawn independently of the others."""
        return VarianceRule(chances="poisson")

    def sentences(self, strata: pd.DataFrame) -> Iterator[Message]:
        """Yield how many are taken for certain, where sizes decide."""
        yield from size_sentence(strata)


def _ordered_below_one(drawing: Draw, plan: pd.DataFrame, label: str, size: str) -> pd.DataFrame:
    # u / λ < 1 is the condition of Poisson sampling
    frame, d = drawing.frame, drawing.frame.dialect
    limits = limits_sql(drawing, plan, ["threshold", "left", "rest"])
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
        f"AS workbench_rank_number FROM ({sized_rows(drawing, label, size)}) AS e JOIN (VALUES {limits}) "
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
        f"workbench_position FROM {{table}} AS t WHERE {frame.where} AND {drawing.near(max(bounds), label)}) AS e "
        f"JOIN (VALUES {limits}) AS limits(label, bound) ON e.workbench_stratum = limits.label "
        "WHERE workbench_position < limits.bound"
    )
    many = plan["stratum"].map(rows["stratum"].value_counts()).fillna(0).astype("int64")
    expected = np.array(rates) * plan["population"]
    rows = simple_probabilities(rows, plan.assign(n=many))
    rows["inclusion_probability"] = rows["stratum"].map(dict(zip(plan["stratum"], rates, strict=True)))
    return Drawn(rows=rows.assign(reserved=False), strata=plan.assign(n=many, expected_n=expected))
