"""Systematic sampling with a fractional interval, and the check that the frame's order has no cycle near it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import pandas as pd
from pydantic import Field

from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import STRATUM_POPULATION
from workbench.core.results import Note
from workbench.sampling.design import DesignSettings, PlannedDraw, SamplingDesign, VarianceRule
from workbench.sampling.drawing import Draw, Drawn, plan_of, simple_probabilities, whole_counts
from workbench.sampling.frame import LIST_PLACE, WHOLE, Frame, as_frame
from workbench.sampling.list_order import order_sql, random_start
from workbench.sampling.periodicity import phase_effects
from workbench.sampling.random_numbers import SPACE, check_salt
from workbench.sampling.stratum_sizes import Sizes, check_sizes

CYCLE_EFFECT, CYCLE_P = 1.5, 0.001  # a design effect this large, this surely, is called a cycle


class SystematicSettings(DesignSettings):
    """The order that a systematic sample runs through."""

    order_by: list[str] = Field(default=[], description="Columns that 'systematic' runs through, in order.")
    check_cycles: list[str] = Field(
        default=[], description="Numeric columns in which 'systematic' looks for cycles near its interval."
    )


@dataclass(frozen=True, eq=False)
class Systematic(SamplingDesign):
    """Every k-th customer in the frame's order, from a random start; k need not be a whole number.

    The order is the frame's `order_by`, else its strata (implicit stratification), else the random number; ties are
    ordered by the random number, then the id.

    Attributes
    ----------
    n
        Customers to draw from the whole frame, or an allocation to draw inside each stratum. The interval is N / n, as
        a fraction, so that exactly n are drawn and everyone has inclusion probability n / N.
    interval
        The interval itself, instead of n; then the size varies by one.
    check
        Numeric columns whose cycles near the interval are looked for before drawing.

    Examples
    --------
    >>> Systematic(100, check="amount_12m").check
    ('amount_12m',)
    """

    n: Sizes | None = None
    interval: float | None = None
    check: str | Sequence[str] = ()

    label: ClassVar[Message] = message("Systematic sample")
    name: ClassVar[str] = "systematic"
    spares_by_start: ClassVar[bool] = False
    Settings: ClassVar[type[DesignSettings]] = SystematicSettings

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "check", (self.check,) if isinstance(self.check, str) else tuple(self.check))
        if (self.n is None) == (self.interval is None):
            raise InputError(
                "A systematic sample has a size or an interval.",
                found=f"n={self.n!r}, interval={self.interval!r}",
                fix="Give exactly one of them.",
                where="design",
            )
        if self.n is not None:
            check_sizes(self.n)
        elif not 1 <= float(self.interval or 0) < 1e9:
            raise InputError(
                "An interval is at least 1.",
                found=repr(self.interval),
                fix="Give the distance between two drawn customers.",
                where="interval",
            )

    def select(self, drawing: Draw) -> Drawn:
        """Take the r-th in order if ``(r a + b) mod m < a``, in whole numbers."""
        plan, label, steps = _steps(drawing, self)
        rows = _taken(drawing, label, steps)
        main = rows[rows["workbench_chosen"] == 1].copy()
        main["order"] = main.sort_values("workbench_place").groupby("stratum").cumcount() + 1
        many = plan["stratum"].map(main["stratum"].value_counts()).fillna(0).astype("int64")
        plan = plan.assign(n=many, reserve=0)
        spare = _reserve(drawing, rows[rows["workbench_chosen"] == 0], many, plan, self.reserve)
        plan["reserve"] = plan["stratum"].map(spare["stratum"].value_counts()).fillna(0).astype("int64")
        joined = simple_probabilities(pd.concat([main, spare], ignore_index=True), plan)
        rates = {s: a / m for s, (a, m) in steps.items()}
        joined["inclusion_probability"] = joined["stratum"].map(rates)
        joined[LIST_PLACE] = joined["workbench_place"].astype("int64")
        notes = tuple(_notes(drawing, self, label, steps))
        return Drawn(rows=joined, strata=plan, notes=notes, extra=(LIST_PLACE,))

    @classmethod
    def of_plan(cls, plan: PlannedDraw) -> SamplingDesign:
        """Return the design with the columns in which the plan wants cycles looked for."""
        return cls(plan.sizes, reserve=plan.reserve, check=plan.settings.check_cycles)

    @classmethod
    def variance(cls, settings: Any) -> VarianceRule:  # noqa: ARG003
        """Return the rule of systematic samples: finite populations, and the order of the list."""
        return VarianceRule(populations=(STRATUM_POPULATION,), order=LIST_PLACE)

    def sentences(self, strata: pd.DataFrame) -> Iterator[Message]:  # noqa: ARG002
        """Yield where the starts come from."""
        yield message("The random start of each stratum follows from the salt.")


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
        f"ORDER BY {order_sql(drawing, label)}) AS workbench_place FROM {{table}} AS t WHERE {frame.where}) AS e JOIN "
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
        table = phase_effects(drawing, column, label, steps)
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
    return pd.concat([phase_effects(drawing, c, label, steps) for c in names], ignore_index=True)
