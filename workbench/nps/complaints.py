"""Complaints by theme and the department that owns it, how long they took, and what grew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
import scipy

from workbench.core import charts
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, current_language, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation import adjust_p
from workbench.estimation.comparisons import Adjust
from workbench.estimation.intervals import check_confidence, wilson
from workbench.estimation.words import DOWN, UNCLEAR, UP, in_words, verdicts
from workbench.nps.callbacks import COMPLAINT_KINDS
from workbench.nps.code_frame import CodeFrame, read_frame
from workbench.nps.columns import (
    CHANGE_POINTS,
    CI_HIGH,
    CI_LOW,
    DEPARTMENT,
    P_ADJUSTED,
    PREVIOUS,
    SHARE,
    TOPIC,
    VERDICT,
)
from workbench.nps.comments import code_comments, topics_in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OTHER = "other"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ComplaintThemes(Result):
    """Complaints by theme.

    Attributes
    ----------
    table
        One row per theme and one (``other``) for complaints of no theme, the most frequent first: ``topic``,
        ``department``, ``complaints``, ``share``, ``ci_low``, ``ci_high``, ``still_open``, ``days`` (mean, of those
        closed), ``previous`` (share in the wave before), ``change``, ``p_value``, ``p_adjusted``, ``verdict``, ``n``
        (all complaints). A complaint can have several themes.
    frame
        The code frame.
    """

    frame: CodeFrame

    caption: ClassVar[Message] = message("Complaints by theme and owner")
    columns: ClassVar[Mapping[str, Column]] = {
        "topic": TOPIC,
        "department": DEPARTMENT,
        "complaints": Column(message("Complaints"), "some"),
        "share": SHARE,
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
        "still_open": Column(message("Not yet solved"), "some"),
        "days": Column(message("Days to solve"), "dec1"),
        "previous": PREVIOUS,
        "change": CHANGE_POINTS,
        "p_adjusted": P_ADJUSTED,
        "verdict": VERDICT,
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with themes, departments and verdicts in `language`."""
        named = topics_in_words(self.table, self.frame, language)
        other = message("No theme of the frame").text(language)
        nobody = (named["topic"] == OTHER).to_numpy()
        said = named.assign(topic=named["topic"].mask(nobody, other), department=named["department"].mask(nobody, "–"))
        return in_words(said, language)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the share of each theme with its interval."""
        shown = self.shown_table(language or current_language()).assign(estimate=self.table["share"])

        def draw(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="topic", style="pct1", base="complaints", language=language)

        return charts.draw_figure(draw, height=max(2.0, 0.42 * len(shown) + 0.8))


def complaint_themes(
    interactions: pd.DataFrame,
    frame: str | Path | CodeFrame = "retail",
    *,
    as_of: dt.date,
    text: str = "text",
    previous: pd.DataFrame | None = None,
    complaint_kinds: Sequence[str] = COMPLAINT_KINDS,
    adjust: Adjust | None = "holm",
    confidence: float = 0.95,
    minimum_base: int = 30,
) -> ComplaintThemes:
    """Count complaints by theme, for the department that owns each.

    Parameters
    ----------
    interactions
        ``opened_at``, ``closed_at``, `text`, and where known ``kind``.
    frame
        As in `code_comments`.
    as_of
        Today.
    text
        Column with the text of the complaint.
    previous
        Interactions of the wave before, to test what grew.
    complaint_kinds
        Values of ``kind`` that are complaints.
    adjust
        ``holm`` or ``bh`` over the themes.
    confidence
        Coverage of the intervals.
    minimum_base
        Fewest complaints per wave for a verdict.

    Returns
    -------
    ComplaintThemes
        Shares have Wilson's interval, complaints taken as independent; changes are tested with two proportions.

    Raises
    ------
    InputError
        If a column is missing, or there are no complaints.

    Examples
    --------
    >>> cases = pd.DataFrame({"opened_at": ["2026-09-01"] * 3, "closed_at": ["2026-09-03", None, None],
    ...                       "text": ["太贵", "太贵了", "排队久"], "kind": "complaint"})
    >>> complaint_themes(cases, as_of=dt.date(2026, 9, 30)).table[["topic", "complaints", "still_open"]]
          topic  complaints  still_open
    0     price           2           1
    1  checkout           1           1
    """
    check_confidence(confidence)
    read = frame if isinstance(frame, CodeFrame) else read_frame(frame)
    now = _complaints(interactions, text, complaint_kinds)
    if not len(now):
        raise InputError(
            "There is at least one complaint.", found="none", fix="Check the values of 'kind'.", where="interactions"
        )
    codes = _themes(now, text, read)
    before = None if previous is None else _complaints(previous, text, complaint_kinds)
    codes_before = None if before is None or not len(before) else _themes(before, text, read)
    today = pd.Timestamp(as_of)
    opened, closed = (pd.to_datetime(now[c]) for c in ("opened_at", "closed_at"))
    days = (closed - opened).dt.days.astype(float).where(closed <= today)
    n = len(now)
    lines = []
    for topic in codes:
        said = codes[topic].to_numpy(dtype=bool)
        share = float(said.mean())
        low, high = wilson(np.array(share), np.array(float(n)), confidence)
        line = {
            "topic": topic,
            "complaints": int(said.sum()),
            "share": share,
            "ci_low": float(low),
            "ci_high": float(high),
            "still_open": int((days.isna().to_numpy() & said).sum()),
            "days": float(days[said].mean()),
            "n": n,
            "previous": np.nan,
            "change": np.nan,
            "p_value": np.nan,
        }
        if codes_before is not None:
            earlier = float(codes_before[topic].mean())
            m = len(codes_before)
            pooled = (said.sum() + earlier * m) / (n + m)
            error = float(np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)))
            gap = share - earlier
            p = float(2 * scipy.stats.norm.sf(abs(gap) / error)) if error > 0 else np.nan
            line |= {"previous": earlier, "change": gap, "p_value": p}
        if line["complaints"] or (line["previous"] == line["previous"] and line["previous"]):
            lines.append(line)
    table = pd.DataFrame(lines).sort_values(["complaints", "topic"], ascending=[False, True], ignore_index=True)
    table["p_adjusted"] = adjust_p(table["p_value"].to_numpy(dtype=float), adjust)
    enough = np.full(len(table), codes_before is not None and min(n, len(codes_before)) >= minimum_base)
    verdict = verdicts(
        table["change"].to_numpy(dtype=float),
        np.nan_to_num(table["p_adjusted"].to_numpy(dtype=float), nan=1.0),
        enough,
        confidence,
        (UP, DOWN, UNCLEAR),
    )
    table["verdict"] = verdict if codes_before is not None else ""
    owners = {t.id: t.department for t in read.topics}
    table["department"] = [owners.get(t, "") for t in table["topic"]]
    columns = [
        "topic",
        "department",
        "complaints",
        "share",
        "ci_low",
        "ci_high",
        "still_open",
        "days",
        "previous",
        "change",
        "p_value",
        "p_adjusted",
        "verdict",
        "n",
    ]
    note = plural(
        "{n:int} complaint; it can have several themes.", "{n:int} complaints; one can have several themes.", n=n
    )
    return ComplaintThemes(level=confidence, table=table[columns], frame=read, notes=(Note(note),))


def _complaints(interactions: pd.DataFrame, text: str, kinds: Sequence[str]) -> pd.DataFrame:
    require_columns(map(str, interactions.columns), ["opened_at", "closed_at", text], where="interactions")
    chosen = interactions[interactions["kind"].isin(list(kinds))] if "kind" in interactions else interactions
    return chosen.reset_index(drop=True)


def _themes(complaints: pd.DataFrame, text: str, frame: CodeFrame) -> pd.DataFrame:
    if complaints[text].isna().all() or (complaints[text].fillna("").astype(str).str.strip() == "").all():
        codes = pd.DataFrame({t.id: False for t in frame.topics}, index=complaints.index)
    else:
        codes = code_comments(complaints, text, frame).codes
    return codes.assign(**{OTHER: ~codes.any(axis=1)})
