"""How well a code frame agrees with a person who coded the same comments by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
import scipy

from workbench.core import charts
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, current_language, message
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.estimation.intervals import check_confidence
from workbench.nps.code_frame import CodeFrame
from workbench.nps.columns import CI_HIGH, CI_LOW, COMMENTS_READ, TOPIC
from workbench.nps.text.reading import written

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ALL = "all"
FEWEST = 30


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CodingAgreement(Result):
    """Agreement of a code frame with hand coding.

    Attributes
    ----------
    table
        One row for all topics together (``all``) and one per topic: ``topic``, ``by_hand``, ``by_frame`` (comments with
        it), ``agreement`` (share coded alike), ``kappa``, ``ci_low``, ``ci_high`` (missing where both never or always
        give the topic), ``n`` (comments).
    frame
        The code frame.
    """

    frame: CodeFrame

    caption: ClassVar[Message] = message("Agreement of the code frame with coding by hand")
    columns: ClassVar[Mapping[str, Column]] = {
        "topic": TOPIC,
        "by_hand": Column(message("By hand"), "some"),
        "by_frame": Column(message("By the frame"), "some"),
        "agreement": Column(message("Coded alike"), "pct"),
        "kappa": Column(message("Cohen's κ"), "dec2"),
        "ci_low": CI_LOW.styled("dec2"),
        "ci_high": CI_HIGH.styled("dec2"),
        "n": COMMENTS_READ,
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with topics in words."""
        names = {t.id: t.label(language) for t in self.frame.topics}
        names[ALL] = message("All topics").text(language)
        return self.table.assign(topic=self.table["topic"].map(names))

    def plot(self, language: Language | None = None) -> Figure:
        """Draw κ with its interval."""
        shown = self.shown_table(language or current_language()).assign(estimate=self.table["kappa"]).dropna()

        def draw(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="topic", style="dec2", base="by_hand", language=language)

        return charts.draw_figure(draw, height=max(2.0, 0.42 * len(shown) + 0.8))


def coding_agreement(data: pd.DataFrame, column: str, frame: CodeFrame, *, confidence: float = 0.95) -> CodingAgreement:
    """Compare the topics that a code frame gives with those a person gave.

    Parameters
    ----------
    data
        Comments coded by hand: `column`, and one column per topic of the frame with 1 where the comment has it; empty
        or 0 where not.
    column
        The text.
    frame
        The code frame.
    confidence
        Coverage of the intervals.

    Returns
    -------
    CodingAgreement

    Raises
    ------
    InputError
        If there are fewer than 30 comments, no column of a topic, or another value than 0 and 1.

    Notes
    -----
    κ = (p_o - p_e)/(1 - p_e): Cohen (1960), Educational and Psychological Measurement 20, 37–46. Interval from the
    large-sample error of Fleiss, Cohen and Everitt (1969), Psychological Bulletin 72, 323–327, eq. 13; over all topics
    the pairs of comment and topic are taken together, and its error counts comments as the units (jackknife).

    Examples
    --------
    >>> from workbench.nps.code_frame import read_frame
    >>> texts = ["服务很好"] * 20 + ["价格太贵"] * 20
    >>> hand = pd.DataFrame({"comment": texts, "staff": [1] * 20 + [0] * 20, "price": [0] * 22 + [1] * 18})
    >>> coding_agreement(hand, "comment", read_frame("retail")).table[["topic", "kappa"]].round(2).head(3)
       topic  kappa
    0    all   0.95
    1  staff   1.00
    2  price   0.90
    """
    check_confidence(confidence)
    require_columns(map(str, data.columns), [column], where="data")
    texts = written(data[column])
    rows = (texts != "").to_numpy()
    topics = [t.id for t in frame.topics if t.id in data.columns]
    if rows.sum() < FEWEST or not topics:
        raise InputError(
            message("Agreement needs {n:int} comments coded by hand, with a column for each topic.", n=FEWEST),
            found=message("{n:int} comments, {topics:int} topics of the frame", n=int(rows.sum()), topics=len(topics)),
            fix=message("Write a sample with 'workbench frame WAVE --sample 60', and fill it in."),
            where=column,
        )
    hand = data.loc[rows, topics].apply(pd.to_numeric, errors="coerce").where(data.loc[rows, topics].notna(), 0)
    if not hand.isin([0, 1]).all().all():
        raise InputError(
            message("Coding by hand is 1 where a comment has the topic, else 0 or empty."),
            found=message("other values"),
            fix=message("Write 1 or nothing."),
            where=column,
        )
    coded = pd.DataFrame(frame.codes(texts[rows].tolist()), columns=[t.id for t in frame.topics])
    a, b = hand.to_numpy(dtype=bool), coded[topics].to_numpy(dtype=bool)
    z = float(scipy.stats.norm.ppf(0.5 + confidence / 2))
    lines = [_line(ALL, a, b, z)] + [_line(t, a[:, [j]], b[:, [j]], z) for j, t in enumerate(topics)]
    return CodingAgreement(level=confidence, table=pd.DataFrame(lines), frame=frame)


def _line(name: str, a: np.ndarray, b: np.ndarray, z: float) -> dict[str, object]:
    kappa = cohens_kappa(a.ravel(), b.ravel())
    error = _error(a[:, 0], b[:, 0]) if a.shape[1] == 1 else _jackknife(a, b)
    return {
        "topic": name,
        "by_hand": int(a.any(axis=1).sum()),
        "by_frame": int(b.any(axis=1).sum()),
        "agreement": float((a == b).mean()),
        "kappa": kappa,
        "ci_low": max(kappa - z * error, -1.0) if kappa == kappa else np.nan,
        "ci_high": min(kappa + z * error, 1.0) if kappa == kappa else np.nan,
        "n": len(a),
    }


def cohens_kappa(a: np.ndarray, b: np.ndarray) -> float:
    """Return Cohen's κ of two sets of yes or no; missing where chance alone explains everything.

    Examples
    --------
    >>> round(cohens_kappa(np.array([True, True, False, False]), np.array([True, False, False, False])), 2)
    0.5
    """
    alike, p, q = float((a == b).mean()), float(a.mean()), float(b.mean())
    chance = p * q + (1 - p) * (1 - q)
    return (alike - chance) / (1 - chance) if chance < 1 else float("nan")


def _error(a: np.ndarray, b: np.ndarray) -> float:
    n = len(a)
    cells = np.array([[(~a & ~b).mean(), (~a & b).mean()], [(a & ~b).mean(), (a & b).mean()]])
    row, column = cells.sum(axis=1), cells.sum(axis=0)
    chance = float((row * column).sum())
    if chance >= 1:
        return float("nan")
    kappa = (float(np.trace(cells)) - chance) / (1 - chance)
    within = sum(cells[i, i] * (1 - (row[i] + column[i]) * (1 - kappa)) ** 2 for i in (0, 1))
    between = (1 - kappa) ** 2 * sum(cells[i, 1 - i] * (column[i] + row[1 - i]) ** 2 for i in (0, 1))
    spread = float(within + between - (kappa - chance * (1 - kappa)) ** 2)
    return float(np.sqrt(max(spread, 0.0) / n) / (1 - chance))


def _jackknife(a: np.ndarray, b: np.ndarray) -> float:
    n = len(a)
    each = np.array([cohens_kappa(np.delete(a, i, 0).ravel(), np.delete(b, i, 0).ravel()) for i in range(n)])
    return float(np.sqrt((n - 1) / n * ((each - each.mean()) ** 2).sum()))
