"""Closing the loop: open complaints, and what became of those who were to be called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.checks import Floats
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.membership import among
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.estimation.intervals import check_confidence, wilson
from workbench.nps.columns import CALLED
from workbench.nps.wording import in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CUSTOMER: Final = "customer_id"
COMPLAINT_KINDS: Final = ("complaint", "投诉")
CALL_KINDS: Final = ("callback", "call", "visit", "回访", "拜访")
REASONS: Final[Mapping[str, Message]] = {
    "complaint": message("Open complaint"),
    "detractor": message("Would not recommend us"),
    "both": message("Open complaint, and would not recommend us"),
}


def open_complaints(interactions: pd.DataFrame, as_of: dt.date, kinds: Sequence[str] = COMPLAINT_KINDS) -> pd.DataFrame:
    """Return who has a complaint open on a day: ``customer_id``, ``open_days`` of the oldest, its ``topic`` if known.

    Examples
    --------
    >>> cases = pd.DataFrame({"customer_id": ["a"], "opened_at": ["2026-09-01"], "closed_at": [None]})
    >>> open_complaints(cases, dt.date(2026, 9, 30))["open_days"].tolist()
    [29.0]
    """
    require_columns(map(str, interactions.columns), [CUSTOMER, "opened_at", "closed_at"], where="interactions")
    today = pd.Timestamp(as_of)
    opened, closed = (pd.to_datetime(interactions[c]) for c in ("opened_at", "closed_at"))
    waits = (opened <= today) & (closed.isna() | (closed > today))
    if "kind" in interactions:
        waits &= interactions["kind"].isin(list(kinds))
    rows = interactions.loc[waits].assign(open_days=(today - opened[waits]).dt.days.astype(float))
    rows = rows.sort_values([CUSTOMER, "open_days"], ascending=[True, False], kind="stable")
    columns = [CUSTOMER, "open_days", *(["topic"] if "topic" in rows else [])]
    return rows.drop_duplicates(CUSTOMER)[columns].reset_index(drop=True)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CallbackStatus(Result):
    """What became of the last list.

    Attributes
    ----------
    table
        One row per reason and one for all (``all``): ``reason``, ``listed``, ``called``, ``solved`` (of those with an
        open complaint), ``answered`` (again, of detractors), ``recovered`` (of those, with a score above the
        detractors'), and for each share ``…_low`` and ``…_high``, with its base in ``…_base``.
    customers
        One row per customer of the list: ``customer_id``, ``reason``, ``called``, ``solved``, ``score_before``,
        ``score_after``, ``recovered``; 1, 0, or missing where nobody could know. Never for a page.
    """

    customers: pd.DataFrame

    caption: ClassVar[Message] = message("What became of the last list")
    columns: ClassVar[Mapping[str, Column]] = {
        "reason": Column(message("Reason")),
        "listed": Column(message("On the list"), "some"),
        "called": CALLED.styled("pct1"),
        "called_low": Column(message("Called, low ({level:level})"), "pct1"),
        "called_high": Column(message("Called, high ({level:level})"), "pct1"),
        "solved": Column(message("Complaint solved"), "pct1"),
        "solved_low": Column(message("Solved, low ({level:level})"), "pct1"),
        "solved_high": Column(message("Solved, high ({level:level})"), "pct1"),
        "solved_base": Column(message("Base, solved"), "base"),
        "recovered": Column(message("Won back"), "pct1"),
        "recovered_low": Column(message("Won back, low ({level:level})"), "pct1"),
        "recovered_high": Column(message("Won back, high ({level:level})"), "pct1"),
        "recovered_base": Column(message("Asked again"), "base"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with reasons in words."""
        return in_words(self.table, "reason", {**REASONS, "all": message("All")}, language)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the shares called, solved and recovered of the whole list."""
        row = self.table.iloc[-1]
        names = ("called", "solved", "recovered")
        shown = pd.DataFrame(
            {
                "label": [charts.text(self.columns[n].label, language) for n in names],
                "estimate": [row[n] for n in names],
                "ci_low": [row[f"{n}_low"] for n in names],
                "ci_high": [row[f"{n}_high"] for n in names],
                "n": [row[f"{n}_base"] for n in names],
            }
        ).dropna(subset=["estimate"])

        def draw(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="label", style="pct1", language=language)

        return charts.draw_figure(draw, height=2.4)


def callback_status(
    listed: pd.DataFrame,
    interactions: pd.DataFrame | None = None,
    responses: pd.DataFrame | None = None,
    *,
    since: dt.date,
    as_of: dt.date,
    column: str = "recommend",
    detractor_up_to: int = 6,
    call_kinds: Sequence[str] = CALL_KINDS,
    complaint_kinds: Sequence[str] = COMPLAINT_KINDS,
    confidence: float = 0.95,
) -> CallbackStatus:
    """Say how many customers of the last list were called, had their complaint solved, and came back.

    Parameters
    ----------
    listed
        Who was to be called: ``customer_id``, ``reason`` (``complaint``, ``detractor``, ``both``), and ``recommend``
        where known.
    interactions
        Everything since then: calls are those of `call_kinds` opened after `since`; a complaint of the list is solved
        when none opened up to `since` is open any more, and unknown where they do not reach back to it.
    responses
        Answers of this wave.
    since, as_of
        Day of the list, and today.
    column
        Column of `responses` with the 0–10 answer.
    detractor_up_to
        Highest answer of a detractor.
    call_kinds
        Values of ``kind`` that are calls or visits.
    complaint_kinds
        Values of ``kind`` that are complaints.
    confidence
        Coverage of the intervals.

    Returns
    -------
    CallbackStatus
        Shares with Wilson's interval, where somebody could reach them.

    Raises
    ------
    InputError
        If a column is missing, or `since` is not before `as_of`.

    Examples
    --------
    >>> listed = pd.DataFrame({"customer_id": ["a", "b"], "reason": "detractor", "recommend": [2, 5]})
    >>> calls = pd.DataFrame({"customer_id": ["a"], "opened_at": ["2026-08-01"], "closed_at": None, "kind": ["call"]})
    >>> now = pd.DataFrame({"customer_id": ["a", "b"], "recommend": [9, 6]})
    >>> found = callback_status(listed, calls, now, since=dt.date(2026, 7, 1), as_of=dt.date(2026, 9, 30))
    >>> found.customers[["called", "recovered"]].to_numpy().tolist()
    [[1.0, 1.0], [0.0, 0.0]]
    """
    check_confidence(confidence)
    require_columns(map(str, listed.columns), [CUSTOMER, "reason"], where="listed")
    if since >= as_of:
        raise InputError(
            "The list is older than today.",
            found=f"list of {since}, today {as_of}",
            fix="Pass the day of the list.",
            where="since",
        )
    people = listed.drop_duplicates(CUSTOMER).reset_index(drop=True)
    ids = people[CUSTOMER]
    called = pd.Series(np.nan, index=people.index)
    solved = pd.Series(np.nan, index=people.index)
    if interactions is not None:
        require_columns(map(str, interactions.columns), [CUSTOMER, "opened_at", "closed_at"], where="interactions")
        opened = pd.to_datetime(interactions["opened_at"])
        inside = (opened > pd.Timestamp(since)) & (opened <= pd.Timestamp(as_of))
        if "kind" in interactions:
            inside &= interactions["kind"].isin(list(call_kinds))
            called = among(ids, interactions.loc[inside, CUSTOMER]).astype(float)
        old = interactions[opened <= pd.Timestamp(since)]
        if "kind" in old:
            old = old[old["kind"].isin(list(complaint_kinds))]
        waits = open_complaints(old, as_of, complaint_kinds)[CUSTOMER]
        # a complaint that these interactions do not reach back to is neither solved nor unsolved
        had = people["reason"].isin(["complaint", "both"]) & among(ids, old[CUSTOMER])
        solved = (~among(ids, waits)).astype(float).where(had)
    before = people["recommend"] if "recommend" in people else pd.Series(np.nan, index=people.index)
    after = pd.Series(np.nan, index=people.index)
    if responses is not None:
        require_columns(map(str, responses.columns), [CUSTOMER, column], where="responses")
        after = ids.map(responses.drop_duplicates(CUSTOMER).set_index(CUSTOMER)[column]).astype(float)
    again = after.notna() & (before <= detractor_up_to)
    recovered = (after > detractor_up_to).astype(float).where(again)
    customers = pd.DataFrame(
        {
            CUSTOMER: ids,
            "reason": people["reason"],
            "called": called,
            "solved": solved,
            "score_before": before,
            "score_after": after,
            "recovered": recovered,
        }
    )
    parts = [(r, customers[customers["reason"] == r]) for r in REASONS if (customers["reason"] == r).any()]
    table = pd.DataFrame([_line(r, part, confidence) for r, part in [*parts, ("all", customers)]])
    return CallbackStatus(level=confidence, table=table, customers=customers)


def _line(reason: str, part: pd.DataFrame, confidence: float) -> dict[str, object]:
    line: dict[str, object] = {"reason": reason, "listed": len(part)}
    for name in ("called", "solved", "recovered"):
        known = part[name].dropna().to_numpy(dtype=float)
        share = float(known.mean()) if len(known) else float("nan")
        low: Floats | float
        high: Floats | float
        low, high = (float("nan"), float("nan"))
        if len(known):
            low, high = wilson(np.array(share), np.array(float(len(known))), confidence)
        line |= {name: share, f"{name}_low": float(low), f"{name}_high": float(high), f"{name}_base": len(known)}
    return line
