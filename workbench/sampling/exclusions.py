"""From the population to the frame: the exclusions one after another, the strata, repeated ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from workbench.core.engine import Table
from workbench.core.language import Language, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.sampling.frame import MISSING_STRATUM, Frame, as_frame, stratum_counts
from workbench.sampling.frame_ids import count_duplicates
from workbench.sampling.words import in_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class FrameSummary(Result):
    """Who is in the frame and who is not.

    Attributes
    ----------
    table
        The waterfall: ``step`` (population, excluded, eligible), ``reason``, ``customers``, ``undecided`` (of the
        excluded, those whose condition was neither true nor false because a value is missing), ``left``.
    strata
        ``stratum``, ``population``, ``share`` and the stratum columns.
    population, eligible, duplicates
        Counts of rows, of eligible customers, and of ids that occur more than once among them.
    """

    strata: pd.DataFrame
    population: int
    eligible: int
    duplicates: int

    caption: ClassVar = message("From the population to the frame")
    columns: ClassVar = {
        "step": Column(message("Step")),
        "reason": Column(message("Reason")),
        "undecided": Column(message("of which undecided"), "people"),
        "left": Column(message("Left"), "people"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its codes in words."""
        return in_words(self.table, language)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the waterfall."""
        from workbench.sampling.pictures import waterfall

        return waterfall(self.table, language)


def frame_summary(frame: Frame | pd.DataFrame | Table | str | Path) -> FrameSummary:
    """Count the frame: the exclusions one after another, the strata, and repeated ids.

    Parameters
    ----------
    frame
        The frame. Its ids are counted exactly, which takes memory in proportion to the frame.

    Returns
    -------
    FrameSummary
        ``.table`` is the waterfall, ``.strata`` the counts by stratum.

    Raises
    ------
    InputError
        If nobody is eligible or an id is missing.

    Examples
    --------
    >>> customers = pd.DataFrame({"customer_id": ["a", "b", "c"], "amount": [5, 20, 30], "opt_out": [0, 1, 0]})
    >>> rules = {"asked not to be contacted": "opt_out = 0", "spent 10 or less": "amount > 10"}
    >>> frame_summary(Frame(customers, eligible=rules)).table[["step", "customers", "left"]]
             step  customers  left
    0  population          3     3
    1    excluded          1     2
    2    excluded          1     1
    3    eligible          1     1
    """
    chosen = as_frame(frame)
    table = _waterfall(chosen)
    population, eligible = int(table["customers"].iloc[0]), int(table["customers"].iloc[-1])
    strata = stratum_counts(chosen)
    strata.insert(2, "share", strata["population"] / eligible)
    ids, occurrences = count_duplicates(chosen)
    return FrameSummary(
        table=table,
        strata=strata,
        population=population,
        eligible=eligible,
        duplicates=ids,
        notes=tuple(_frame_notes(chosen, strata, ids, occurrences, int(table["undecided"].sum()))),
    )


def _waterfall(frame: Frame) -> pd.DataFrame:
    counts, passed = [], ["TRUE"]
    for i, (_, condition) in enumerate(frame.reasons):
        before, condition = " AND ".join(passed), frame.in_words(condition)
        counts.append(f"count(CASE WHEN {before} AND ({condition}) THEN 1 END) AS left_{i}")
        counts.append(f"count(CASE WHEN {before} AND ({condition}) IS NULL THEN 1 END) AS undecided_{i}")
        passed.append(f"({condition})")
    row = frame.rows(f"SELECT {', '.join(['count(*) AS population', *counts])} FROM {{table}} AS t").iloc[0]
    left = int(row["population"])
    lines: list[tuple[str, object, int, int, int]] = [("population", message("Customers in the table"), left, 0, left)]
    for i, (reason, _) in enumerate(frame.reasons):
        now = int(row[f"left_{i}"])
        lines.append(("excluded", reason, left - now, int(row[f"undecided_{i}"]), now))
        left = now
    lines.append(("eligible", message("Eligible customers"), left, 0, left))
    return pd.DataFrame(lines, columns=["step", "reason", "customers", "undecided", "left"])


def _frame_notes(frame: Frame, strata: pd.DataFrame, ids: int, occurrences: int, undecided: int) -> Iterable[Note]:
    if ids:
        yield Note(
            message(
                "{ids:int} ids occur more than once, in {rows:int} rows; no sample is drawn until each is there once.",
                ids=ids,
                rows=occurrences,
            ),
            "warning",
        )
    if undecided:
        yield Note(
            plural(
                "{n:int} customer is excluded because a value that decides is missing.",
                "{n:int} customers are excluded because a value that decides is missing.",
                n=undecided,
            ),
            "caution",
        )
    yield from strata_notes(frame, strata)


def strata_notes(frame: Frame, strata: pd.DataFrame) -> Iterable[Note]:
    """Yield the caveats that follow from the strata's sizes: missing values, and strata of one customer."""
    missing = strata["stratum"].str.contains(MISSING_STRATUM, regex=False)
    if frame.stratum and missing.any():
        yield Note(
            message(
                "{n:int} customers lack a stratum variable; they form {strata:int} strata of their own.",
                n=int(strata.loc[missing, "population"].sum()),
                strata=int(missing.sum()),
            ),
            "caution",
        )
    single = int((strata["population"] == 1).sum())
    if single:
        yield Note(
            message("{n:int} strata have one customer each; no variance can be estimated inside them.", n=single),
            "caution",
        )
