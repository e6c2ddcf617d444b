"""Kano's model: what customers expect, want more of, or are delighted by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.nps.wording import in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ANSWERS = ("like", "must_be", "neutral", "live_with", "dislike")
CATEGORIES = ("A", "O", "M", "I", "R", "Q")
# rows: with the feature; columns: without it
EVALUATION = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")


LABELS: Mapping[str, Message] = {
    "A": message("Attractive"),
    "O": message("One-dimensional"),
    "M": message("Must-be"),
    "I": message("Indifferent"),
    "R": message("Reverse"),
    "Q": message("Questionable"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Kano(Result):
    """Features by Kano category.

    Attributes
    ----------
    table
        One row per feature: ``feature``, counts ``A`` (attractive), ``O`` (one-dimensional), ``M`` (must-be), ``I``
        (indifferent), ``R`` (reverse), ``Q`` (questionable), ``category`` (most frequent), ``clear`` (it leads the next
        one beyond chance), ``better`` and ``worse`` (satisfaction gained with it, lost without it), ``n``.
    """

    caption: ClassVar[Message] = message("Kano categories")
    columns: ClassVar[Mapping[str, Column]] = {
        "feature": Column(message("Product feature")),
        "A": Column(message("Attractive"), "people"),
        "O": Column(message("One-dimensional"), "people"),
        "M": Column(message("Must-be"), "people"),
        "I": Column(message("Indifferent"), "people"),
        "R": Column(message("Reverse"), "people"),
        "Q": Column(message("Questionable"), "people"),
        "category": Column(message("Category")),
        "clear": Column(message("Clear")),
        "better": Column(message("Better"), "dec2"),
        "worse": Column(message("Worse"), "dec2"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its categories in words."""
        return in_words(self.table, "category", LABELS, language)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw better against worse."""

        def draw(ax: Axes) -> None:
            x, y = (-self.table["worse"]).tolist(), self.table["better"].tolist()
            ax.plot(x, y, "o", color=charts.ACCENT)
            for name, a, b in zip(self.table["feature"], x, y, strict=True):
                ax.annotate(str(name), (a, b), xytext=(4, 4), textcoords="offset points", fontsize=8)
            ax.set(xlim=(0, 1), ylim=(0, 1))
            ax.set_xlabel(charts.text(message("Worse"), language))
            ax.set_ylabel(charts.text(message("Better"), language))

        return charts.draw_figure(draw, height=4.5)


def kano(data: pd.DataFrame, features: Mapping[str, tuple[str, str]]) -> Kano:
    """Classify features from pairs of questions: how would you feel with it, and without it.

    Parameters
    ----------
    data
        One row per questionnaire.
    features
        Feature → its functional and its dysfunctional column. Answers are 1 to 5 or ``like``, ``must_be``,
        ``neutral``, ``live_with``, ``dislike``.

    Returns
    -------
    Kano

    Raises
    ------
    InputError
        If a column is missing or holds another answer.

    Notes
    -----
    Kano et al. (1984), evaluation table; better = (A + O)/(A + O + M + I), worse = -(O + M)/(A + O + M + I): Berger et
    al. (1993), Center for Quality of Management Journal 2(4). Clear: Fong (1996), the lead exceeds
    1.65 √((a + b)(2n - a - b)/(2n)).

    Examples
    --------
    >>> data = pd.DataFrame({"with": ["like"] * 3, "without": ["neutral", "neutral", "dislike"]})
    >>> kano(data, {"delivery": ("with", "without")}).table[["feature", "A", "O", "category"]]
        feature  A  O category
    0  delivery  2  1        A
    """
    rows: list[dict[str, object]] = []
    missing = 0
    for feature, (functional, dysfunctional) in features.items():
        require_columns(map(str, data.columns), [functional, dysfunctional], where="data")
        pair = [_answers(data, c) for c in (functional, dysfunctional)]
        known = (pair[0] >= 0) & (pair[1] >= 0)
        missing += int((~known).sum())
        letters = [EVALUATION[a][b] for a, b in zip(pair[0][known], pair[1][known], strict=True)]
        rows.append({"feature": feature, **evaluate([letters.count(c) for c in CATEGORIES])})
    notes: tuple[Note, ...] = ()
    if missing:
        notes = (
            Note(
                plural(
                    "{n:int} pair of answers is incomplete and is left out.",
                    "{n:int} pairs of answers are incomplete and are left out.",
                    n=missing,
                )
            ),
        )
    return Kano(table=pd.DataFrame(rows), notes=notes)


def evaluate(counts: Sequence[int]) -> dict[str, object]:
    """Return category, clarity, better and worse from counts of A, O, M, I, R, Q.

    Examples
    --------
    >>> evaluate([30, 25, 20, 20, 3, 2])["category"]
    'A'
    """
    a, o, m, i = (float(c) for c in counts[:4])
    n = sum(counts)
    order = np.argsort(-np.array(counts), kind="stable")
    first, second = counts[order[0]], counts[order[1]]
    critical = 1.65 * np.sqrt((first + second) * (2 * n - first - second) / (2 * n)) if n else np.nan
    known = a + o + m + i
    return {
        **dict(zip(CATEGORIES, counts, strict=True)),
        "category": CATEGORIES[order[0]] if n else "",
        "clear": bool(first - second > critical) if n else False,
        "better": (a + o) / known if known else np.nan,
        "worse": -(o + m) / known if known else np.nan,
        "n": n,
    }


def _answers(data: pd.DataFrame, column: str) -> np.ndarray:
    lookup = {name: i for i, name in enumerate(ANSWERS)} | {float(i + 1): i for i in range(5)}
    series = data[column]
    distinct = {v: lookup.get(v if isinstance(v, str) else float(v)) for v in series.dropna().unique()}
    wrong = [v for v, code in distinct.items() if code is None]
    if wrong:
        raise InputError(
            f"Answers of Kano questions are {', '.join(ANSWERS)} or 1 to 5.",
            found=f"{wrong[0]!r} in {column!r}",
            fix="Recode the column.",
            where="data",
        )
    return series.map(distinct).fillna(-1).to_numpy(dtype=np.int64)
