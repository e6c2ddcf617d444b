"""Spot checks: a sample drawn on purpose toward risk, with known probabilities, so that estimates stay unbiased."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import pandas as pd

from workbench.core.errors import EngineError, InputError, in_english, require_columns
from workbench.core.language import message
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.sampling.frame import Frame, as_frame
from workbench.sampling.strata import with_column

RISK = "risk_score"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RiskFrame(Result):
    """A frame whose sizes are risk scores.

    Attributes
    ----------
    table
        ``risk`` (name), ``points``, ``customers`` (who have it), ``share``.
    frame
        The frame with column ``risk_score`` as its size; draw `ProportionalToSize` from it.
    conditions
        Risk → its SQL condition.
    """

    frame: Frame
    conditions: Mapping[str, str]

    caption: ClassVar = message("Risks that a spot check goes after")
    columns: ClassVar = {
        "risk": Column(message("Risk")),
        "points": Column(message("Points"), "dec1"),
        "drawn": Column(message("Drawn"), "people"),
        "drawn_share": Column(message("Share of those drawn"), "pct1"),
    }

    def with_drawn(self, sample: pd.DataFrame) -> RiskFrame:
        """Return the same with ``drawn`` and ``drawn_share``: how often each risk is met among the ids of `sample`."""
        frame, d = self.frame, self.frame.dialect
        require_columns(sample.columns, [frame.id], where="sample")
        q, listed = d.quote(frame.id), frame.source.engine.register(sample[[frame.id]])
        asked = map(frame.in_words, self.conditions.values())
        counts = [f"count(CASE WHEN ({c}) THEN 1 END) AS risk_{i}" for i, c in enumerate(asked)]
        row = frame.rows(
            f"SELECT {', '.join(counts)} FROM {{table}} AS t WHERE CAST({q} AS {d.text_type}) IN "
            f"(SELECT CAST({q} AS {d.text_type}) FROM {listed} AS t)"
        ).iloc[0]
        drawn = [int(row[f"risk_{i}"]) for i in range(len(self.conditions))]
        table = self.table.assign(drawn=drawn)
        return replace(self, table=table.assign(drawn_share=table["drawn"] / max(len(sample), 1)))


def score_risk(frame: Frame | pd.DataFrame, risks: Mapping[str, tuple[str, float]], *, base: float = 1.0) -> RiskFrame:
    """Score every customer's risk: `base`, plus the points of each risk that applies.

    A customer with a score of 5 is five times as likely to be checked as one with a score of 1. Because everybody keeps
    a positive, known probability, weighted estimates still speak for all customers.

    Parameters
    ----------
    frame
        The frame.
    risks
        Name → (SQL condition on the columns, points). A condition that is neither true nor false does not apply.
    base
        Score of a customer without any risk; positive.

    Returns
    -------
    RiskFrame
        ``.frame`` to draw from, ``.table`` of the risks.

    Raises
    ------
    InputError
        If `base` is not positive, points are negative, or a condition is not valid.

    Examples
    --------
    >>> customers = pd.DataFrame({"customer_id": list("abc"), "complaints": [0, 2, 0], "last_score": [9, 9, 3]})
    >>> risks = {"complained": ("complaints > 0", 4), "low score": ("last_score <= 6", 2)}
    >>> scored = score_risk(customers, risks)
    >>> scored.frame.rows("SELECT risk_score FROM {table} ORDER BY customer_id")["risk_score"].tolist()
    [1.0, 5.0, 3.0]
    """
    chosen = as_frame(frame)
    wrong = [n for n, (_, points) in risks.items() if not 0 <= points < float("inf")]
    if not 0 < base < float("inf") or wrong or not risks:
        raise InputError(
            "Risks add points to a positive base.",
            found=f"base={base!r}, points not usable: {wrong}",
            fix="Give a base above 0 and points from 0.",
            where="risks",
        )
    d = chosen.dialect

    def points_sql(condition: str, points: float) -> str:
        return f"CASE WHEN ({chosen.in_words(condition)}) THEN CAST({float(points)!r} AS {d.double_type}) ELSE 0 END"

    counts = ["count(*) AS everybody"]
    asked = (chosen.in_words(c) for c, _ in risks.values())
    counts += [f"count(CASE WHEN ({c}) THEN 1 END) AS risk_{i}" for i, c in enumerate(asked)]
    try:
        row = chosen.rows(f"SELECT {', '.join(counts)} FROM {{table}} AS t WHERE {chosen.where}").iloc[0]
    except EngineError as error:
        raise InputError(
            "Each risk is an SQL condition on the frame's columns.",
            found=in_english(error.found).splitlines()[0],
            fix=f"Correct the condition; columns: {', '.join(chosen.column_types)}",
            where="risks",
        ) from error
    total = " + ".join(points_sql(c, p) for c, p in risks.values())
    scored = with_column(chosen, RISK, f"(CAST({float(base)!r} AS {d.double_type}) + {total})")
    many = [int(row[f"risk_{i}"]) for i in range(len(risks))]
    table = pd.DataFrame({"risk": list(risks), "points": [p for _, p in risks.values()], "customers": many})
    table["share"] = table["customers"] / max(int(row["everybody"]), 1)
    return RiskFrame(table=table, frame=replace(scored, size=RISK), conditions={n: c for n, (c, _) in risks.items()})
