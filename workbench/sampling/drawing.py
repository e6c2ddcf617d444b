"""What designs draw with: one drawing's SQL, sizes joined to strata, and the smallest numbers of each stratum."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.errors import InputError, nearest
from workbench.core.results import Note
from workbench.sampling.frame import RESERVED, WHOLE, Frame, stratum_counts
from workbench.sampling.random_numbers import SPACE, rotated_sql
from workbench.sampling.stratum_sizes import Sizes, reserve_size, sizes_of


@dataclass(frozen=True, eq=False)
class Draw:
    """One drawing: the frame, the salt and where on the circle of numbers it starts."""

    frame: Frame
    salt: str
    start: int = 0
    starts: Mapping[str, int] | None = None

    @property
    def number(self) -> str:
        """SQL of the permanent random number."""
        return self.frame.prn_sql(self.salt)

    def position(self, label: str) -> str:
        """Return the SQL of the distance from the start round the circle; `label` is the SQL of the stratum."""
        if self.starts is None:
            return rotated_sql(self.number, self.start)
        literal = self.frame.dialect.literal
        moved = {s: SPACE - v for s, v in self.starts.items() if v}
        if not moved:
            return self.number
        cases = " ".join(f"WHEN {literal(s)} THEN CAST({v} AS BIGINT)" for s, v in moved.items())
        return f"(({self.number} + CASE {label} {cases} ELSE 0 END) % {SPACE})"

    def near(self, most: int, label: str) -> str:
        """Return the SQL condition that a position is below `most`, as ranges of the number where they can be named.

        A range lets the engine skip the parts of a file whose numbers lie elsewhere, and is asked of digests as they
        are where no numbers are stored.
        """
        if most >= SPACE:
            return "TRUE"
        if self.starts is not None and any(self.starts.values()):
            return f"{self.position(label)} < {most}"
        first = self.start if self.starts is None else 0
        last = first + most
        if self.frame.prn is None:
            if last <= SPACE:
                return f"({self.frame.prn_between(self.salt, first, last)})"
            return f"NOT ({self.frame.prn_between(self.salt, last - SPACE, first)})"
        if last <= SPACE:
            return f"({self.number} >= {first} AND {self.number} < {last})" if first else f"{self.number} < {last}"
        return f"({self.number} >= {first} OR {self.number} < {last - SPACE})"

    def start_of(self, stratum: str) -> int:
        """Return where on the circle a stratum begins."""
        return self.start if self.starts is None else self.starts.get(stratum, 0)

    def columns(self, prefix: str = "") -> str:
        """Return the SQL of the id and the carried columns."""
        names = [self.frame.id, *(c for c in self.frame.carry if c != self.frame.id and c not in RESERVED)]
        return ", ".join(prefix + self.frame.dialect.quote(c) for c in names)


@dataclass(frozen=True, eq=False, kw_only=True)
class Drawn:
    """What a design draws.

    Attributes
    ----------
    rows
        Sampled and reserve customers: id, carried columns, ``stratum``, ``prn``, ``order``, ``inclusion_probability``
        (of the sampled), ``reserved`` (bool), and what the design adds.
    strata
        ``stratum``, ``population``, ``n``, ``reserve``.
    """

    rows: pd.DataFrame
    strata: pd.DataFrame
    notes: tuple[Note, ...] = ()
    extra: tuple[str, ...] = ()


def whole_counts(frame: Frame) -> pd.DataFrame:
    """Count the eligible of a frame as one stratum, ``all``, whatever strata it has."""
    q = frame.dialect.quote(frame.id)
    row = frame.rows(f"SELECT count(*) AS population, count({q}) AS named FROM {{table}} AS t WHERE {frame.where}")
    if int(row["population"][0]) != int(row["named"][0]) or not int(row["population"][0]):
        return stratum_counts(frame)[["stratum", "population"]]  # which refuses both
    return pd.DataFrame({"stratum": [WHOLE], "population": row["population"].astype("int64")})


def plan_of(drawing: Draw, n: Sizes, reserve: float) -> tuple[pd.DataFrame, str]:
    """Return the plan by stratum (one stratum where `n` is a number) and the SQL of a row's stratum label."""
    frame = drawing.frame
    if isinstance(n, int):
        return planned(whole_counts(frame), {WHOLE: n}, reserve), frame.dialect.literal(WHOLE)
    if not frame.stratum:
        raise InputError(
            "A sample by strata needs strata.",
            found="a frame without stratum columns",
            fix="Frame(table, stratum=['region', ...]).",
            where="frame",
        )
    return planned(stratum_counts(frame), sizes_of(n), reserve), frame.stratum_sql


def planned(counts: pd.DataFrame, sizes: Mapping[str, int], reserve: float) -> pd.DataFrame:
    """Join sample sizes to the frame's strata and check that they fit.

    Returns
    -------
    DataFrame
        ``stratum``, ``population``, ``n``, ``reserve``, and the other columns of `counts`.
    """
    known = counts["stratum"].tolist()
    unknown = [s for s, n in sizes.items() if s not in set(known) and n > 0]
    absent = [s for s in known if s not in sizes]
    if unknown or absent:
        found = [f"not in the frame: {unknown[:5]}"] if unknown else []
        found += [f"without a size: {absent[:5]}"] if absent else []
        hint = nearest(unknown[0], known) if unknown else ""
        raise InputError(
            "Every stratum of the frame has a sample size, and every size its stratum.",
            found=f"{len(unknown) + len(absent)} strata do not match; " + "; ".join(found),
            fix=f"Allocate over stratum_counts(frame); give 0 to leave a stratum out on purpose{hint}",
            where="allocation",
        )
    n = np.array([int(sizes[s]) for s in known], dtype=np.int64)
    over = np.flatnonzero(n > counts["population"].to_numpy())
    if over.size:
        h = int(over[0])
        raise InputError(
            "A sample is not larger than its population.",
            found=f"n = {n[h]:,} of {int(counts['population'].iloc[h]):,} in stratum {known[h]!r} "
            f"({over.size} strata in all)",
            fix="Ask for fewer there; allocate() keeps within the population.",
            where="n",
        )
    spare = [reserve_size(a, b, reserve) for a, b in zip(n.tolist(), counts["population"].tolist(), strict=True)]
    plan = pd.DataFrame({"stratum": known, "population": counts["population"], "n": n, "reserve": spare})
    return pd.concat([plan, counts.drop(columns=["stratum", "population"])], axis=1)


def cutoff(wanted: int, population: int) -> int:
    """Return a bound under which the `wanted` smallest of `population` random numbers lie, practically surely.

    Examples
    --------
    >>> cutoff(10, 10) == SPACE, cutoff(10, 1_000_000) < SPACE // 1000
    (True, True)
    """
    f = wanted / population
    share = f + 8 * math.sqrt(f * (1 - f) / population) + 8 / population
    return SPACE if share >= 1 else math.ceil(share * SPACE)


def smallest_numbers(drawing: Draw, plan: pd.DataFrame, stratum: str) -> pd.DataFrame:
    """Return the n + reserve customers of smallest position in each stratum, ranked.

    Parameters
    ----------
    drawing
        Frame, salt and start.
    plan
        ``stratum``, ``population``, ``n``, ``reserve``.
    stratum
        SQL of a row's stratum label.

    Returns
    -------
    DataFrame
        Id, carried columns, ``stratum``, ``prn``, ``order``.
    """
    wanted = (plan["n"] + plan["reserve"]).to_numpy()
    bounds = [cutoff(w, p) for w, p in zip(wanted.tolist(), plan["population"].tolist(), strict=True)]
    rows = _ranked(drawing, plan["stratum"].tolist(), wanted.tolist(), bounds, stratum)
    if len(rows) < wanted.sum():
        rows = _ranked(drawing, plan["stratum"].tolist(), wanted.tolist(), [SPACE] * len(bounds), stratum)
    return rows


def _ranked(drawing: Draw, labels: list[str], wanted: list[int], bounds: list[int], stratum: str) -> pd.DataFrame:
    d, frame = drawing.frame.dialect, drawing.frame
    key = frame.id_order("c." + d.quote(frame.id))
    most = max(b for b, w in zip(bounds, wanted, strict=True) if w or b == max(bounds))
    limits = ", ".join(
        f"({d.literal(label)}, CAST({w} AS BIGINT), CAST({b} AS BIGINT))"
        for label, w, b in zip(labels, wanted, bounds, strict=True)
        if w
    )
    # one pass filters by the largest bound; only what is left gets a label and meets its own stratum's bound
    return frame.rows(
        f"SELECT {drawing.columns()}, workbench_stratum AS stratum, workbench_prn AS prn, "
        f"workbench_rank AS {d.quote('order')} FROM (SELECT c.*, limits.wanted AS workbench_wanted, "
        "row_number() OVER (PARTITION BY workbench_stratum ORDER BY "
        f"workbench_position, {key}) AS workbench_rank FROM ("
        f"SELECT {drawing.columns()}, {stratum} AS workbench_stratum, {drawing.number} AS workbench_prn, "
        f"{drawing.position(stratum)} AS workbench_position FROM {{table}} AS t "
        f"WHERE {frame.where} AND {drawing.near(most, stratum)}) AS c "
        f"JOIN (VALUES {limits}) AS limits(label, wanted, bound) ON c.workbench_stratum = limits.label "
        f"WHERE c.workbench_position < limits.bound) AS ranked WHERE workbench_rank <= workbench_wanted"
    )


def simple_probabilities(rows: pd.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    """Add the inclusion probability n / N, and which customers are in reserve."""
    n = rows["stratum"].map(plan.set_index("stratum")["n"]).astype(float)  # a draw may be empty
    population = rows["stratum"].map(plan.set_index("stratum")["population"]).astype(float)
    return rows.assign(inclusion_probability=n / population, reserved=rows["order"] > n)


def select_smallest(drawing: Draw, n: Sizes, reserve: float) -> Drawn:
    """Draw the `n` smallest random numbers, of the whole frame or of each stratum, and the reserve after them."""
    plan, label = plan_of(drawing, n, reserve)
    return Drawn(rows=simple_probabilities(smallest_numbers(drawing, plan, label), plan), strata=plan)
