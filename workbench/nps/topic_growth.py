"""Topics that grew since the previous wave, and topics that go with low scores, with tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, current_language, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation import Design, adjust_p
from workbench.estimation.chosen import chosen_design, two_designs
from workbench.estimation.comparisons import Adjust
from workbench.estimation.pairs import compare_two
from workbench.estimation.sample import read_sample
from workbench.estimation.scores import read_scale
from workbench.estimation.two_waves import TwoWaves
from workbench.estimation.words import ALIKE, DOWN, HIGHER, LOWER, UNCLEAR, UP, in_words, verdicts
from workbench.nps.code_frame import CodeFrame
from workbench.nps.columns import (
    CI_HIGH,
    CI_LOW,
    CURRENT,
    DEPARTMENT,
    ESTIMATE_DIFFERENCE,
    MENTIONS,
    P_ADJUSTED,
    PREVIOUS,
    STD_ERROR,
    TOPIC,
    VERDICT,
    N,
)
from workbench.nps.comments import CodedComments, topics_in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class _ByTopic(Result):
    """What results with one row per topic share: the code frame, and topics named in the reader's language."""

    frame: CodeFrame

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with topics, departments and verdicts in `language`."""
        return in_words(topics_in_words(self.table, self.frame, language), language)


NAMED: Mapping[str, Column] = {"topic": TOPIC, "department": DEPARTMENT}
TESTED: Mapping[str, Column] = {"p_adjusted": P_ADJUSTED, "verdict": VERDICT, "mentions": MENTIONS, "n": N}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TopicGrowth(_ByTopic):
    """How the share of commenters who mention each topic changed.

    Attributes
    ----------
    table
        One row per topic, what grew most first: ``topic``, ``department``, ``previous``, ``current`` (shares),
        ``estimate`` (change), ``std_error``, ``ci_low``, ``ci_high``, ``p_value``, ``p_adjusted``, ``verdict``,
        ``mentions``, ``n`` (commenters now), ``n_previous``.
    frame
        The code frame.
    """

    caption: ClassVar[Message] = message("Topics since the previous wave")
    columns: ClassVar[Mapping[str, Column]] = {
        **NAMED,
        "previous": PREVIOUS,
        "current": CURRENT,
        "estimate": Column(message("Change"), "pct1"),
        "std_error": STD_ERROR,
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
        **TESTED,
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw each topic's change with its interval."""
        return _topic_rows(self.shown_table(language or current_language()), "pct1", language)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TopicScores(_ByTopic):
    """NPS of commenters who mention a topic, against commenters who do not.

    Attributes
    ----------
    table
        One row per topic, the lowest difference first: ``topic``, ``department``, ``nps`` (who mention it), ``other``
        (who do not), ``estimate`` (difference in points), ``std_error``, ``ci_low``, ``ci_high``, ``p_value``,
        ``p_adjusted``, ``verdict``, ``mentions``, ``n`` (commenters).
    frame
        The code frame.
    """

    caption: ClassVar[Message] = message("Scores of those who mention a topic")
    columns: ClassVar[Mapping[str, Column]] = {
        **NAMED,
        "nps": Column(message("NPS of those who mention it"), "signed1"),
        "other": Column(message("NPS of other commenters"), "signed1"),
        "estimate": ESTIMATE_DIFFERENCE.styled("signed1"),
        "std_error": STD_ERROR.styled("dec1"),
        "ci_low": CI_LOW.styled("signed1"),
        "ci_high": CI_HIGH.styled("signed1"),
        **TESTED,
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw each topic's difference with its interval."""
        shown = self.shown_table(language or current_language()).dropna(subset=["estimate"])
        return _topic_rows(shown, "signed1", language)


def _topic_rows(shown: pd.DataFrame, style: str, language: Language | None) -> Figure:
    def draw(ax: Axes) -> None:
        charts.interval_rows(ax, shown, label="topic", style=style, base="mentions", reference=0.0, language=language)

    return charts.draw_figure(draw, height=max(2.0, 0.42 * len(shown) + 0.8))


def topic_growth(
    previous: tuple[pd.DataFrame, CodedComments],
    current: tuple[pd.DataFrame, CodedComments],
    designs: Design | tuple[Design, Design] | None = None,
    *,
    id: str | None = None,  # noqa: A002
    adjust: Adjust | None = "holm",
    confidence: float = 0.95,
    minimum_base: int = 30,
) -> TopicGrowth:
    """Test for each topic whether more commenters mention it than in the previous wave.

    Parameters
    ----------
    previous, current
        The rows of each wave and their coded comments, of one code frame.
    designs
        Design of each wave, or one for both; None counts every comment once.
    id
        Column of customer ids where the waves share customers.
    adjust
        ``holm`` or ``bh`` over the topics.
    confidence
        Coverage of the intervals.
    minimum_base
        Fewest comments per wave for a verdict.

    Returns
    -------
    TopicGrowth

    Raises
    ------
    InputError
        If the waves were coded by different frames.

    Examples
    --------
    >>> from workbench.nps import code_comments
    >>> before = pd.DataFrame({"c": ["价格贵"] * 20 + ["服务好"] * 80})
    >>> after = pd.DataFrame({"c": ["价格贵"] * 60 + ["服务好"] * 40})
    >>> grown = topic_growth((before, code_comments(before, "c")), (after, code_comments(after, "c")))
    >>> grown.table[["topic", "estimate", "verdict"]].round(2).head(1)
       topic  estimate verdict
    0  price       0.4      up
    """
    topics = [t.id for t in current[1].frame.topics]
    if topics != [t.id for t in previous[1].frame.topics]:
        raise InputError(
            "Both waves are coded by one frame.",
            found=f"{previous[1].frame.source} and {current[1].frame.source}",
            fix="Code the previous wave again.",
            where="previous",
        )
    chosen = two_designs(designs, lonely_psu="certainty")
    waves = TwoWaves.read(previous[0], current[0], chosen, id=id)
    said = [_marked(coded) for _, coded in (previous, current)]
    lines: list[dict[str, object]] = []
    for place, topic in enumerate(topics):
        mentioned = (said[0][:, place], said[1][:, place])
        if not any((m > 0).any() for m in mentioned):
            continue
        fits = waves.fits(mentioned, topic)
        numbers = waves.numbers(fits, confidence=confidence, minimum_base=minimum_base, share=True)
        lines.append(
            {
                "topic": topic,
                **{name: values[0] for name, values in numbers.items()},
                "mentions": int(current[1].codes[topic].sum()),
            }
        )
    if not lines:
        raise InputError(
            "At least one topic is mentioned.", found="none in either wave", fix="Choose another frame.", where="frame"
        )
    table = pd.DataFrame(lines)
    table["p_adjusted"] = adjust_p(table["p_value"].to_numpy(dtype=float), adjust)
    enough = (table[["n", "n_previous"]].min(axis=1) >= minimum_base).to_numpy()
    table["verdict"] = verdicts(
        table["estimate"].to_numpy(), table["p_adjusted"].to_numpy(), enough, confidence, (UP, DOWN, UNCLEAR)
    )
    owners = {t.id: t.department for t in current[1].frame.topics}
    table = table.assign(department=table["topic"].map(owners)).sort_values(
        "estimate", ascending=False, kind="stable", ignore_index=True
    )
    columns = [
        "topic",
        "department",
        "previous",
        "current",
        "estimate",
        "std_error",
        "ci_low",
        "ci_high",
        "p_value",
        "p_adjusted",
        "verdict",
        "mentions",
        "n",
        "n_previous",
    ]
    return TopicGrowth(
        level=confidence, table=table[columns], frame=current[1].frame, notes=_family(len(table), adjust)
    )


def topic_scores(
    data: pd.DataFrame,
    coded: CodedComments,
    design: Design | None = None,
    *,
    column: str = "recommend",
    adjust: Adjust | None = "holm",
    confidence: float = 0.95,
    minimum_base: int = 30,
) -> TopicScores:
    """Compare the NPS of those who mention a topic with that of the other commenters.

    Parameters
    ----------
    data
        The rows that were coded.
    coded
        Their comments by topic.
    design
        The sampling design; commenters are a domain of it.
    column
        Answers 0–10.
    adjust
        ``holm`` or ``bh`` over the topics.
    confidence
        Coverage of the intervals.
    minimum_base
        Fewest answers on either side for a verdict; below it a topic keeps its mentions only.

    Returns
    -------
    TopicScores

    Examples
    --------
    >>> from workbench.nps import code_comments
    >>> data = pd.DataFrame({"c": ["价格贵"] * 40 + ["服务好"] * 40, "recommend": [3, 8] * 20 + [10, 8] * 20})
    >>> topic_scores(data, code_comments(data, "c")).table[["topic", "nps", "other"]].head(1)
       topic   nps  other
    0  price -50.0   50.0
    """
    commented = (coded.comments != "").to_numpy() & data[column].notna().to_numpy()
    n = int(commented.sum())
    # who answered and which comments count is asked of nobody where no topic has enough of them
    sample, points = None, None
    lines: list[dict[str, object]] = []
    for topic in coded.frame.topics:
        said = coded.codes[topic.id].to_numpy() & commented
        mentions = int(said.sum())
        line: dict[str, object] = {
            "topic": topic.id,
            "department": topic.department,
            "mentions": mentions,
            "n": n,
        }
        if min(mentions, n - mentions) >= minimum_base:
            if sample is None or points is None:
                sample = read_sample(data, chosen_design(design, lonely_psu="certainty"))
                points = read_scale(data, column).points
            found = compare_two(
                sample, points, said, commented & ~said, confidence=confidence, minimum_base=minimum_base
            )
            line |= {"nps": found.pop("first"), "other": found.pop("second"), **found}
        lines.append(line)
    columns = [
        "topic",
        "department",
        "nps",
        "other",
        "estimate",
        "std_error",
        "ci_low",
        "ci_high",
        "p_value",
        "p_adjusted",
        "verdict",
        "mentions",
        "n",
    ]
    table = pd.DataFrame(lines).reindex(columns=columns)
    p = table["p_value"].to_numpy(dtype=float)
    table["p_adjusted"] = adjust_p(p, adjust)
    table["verdict"] = verdicts(
        table["estimate"].to_numpy(dtype=float),
        np.nan_to_num(table["p_adjusted"].to_numpy(dtype=float), nan=1.0),
        ~np.isnan(p),
        confidence,
        (HIGHER, LOWER, ALIKE),
    )
    table = table.sort_values(["estimate", "mentions"], ascending=[True, False], kind="stable", ignore_index=True)
    return TopicScores(
        level=confidence, table=table, frame=coded.frame, notes=_family(int((~np.isnan(p)).sum()), adjust)
    )


def _marked(coded: CodedComments) -> np.ndarray:
    """Return which comments mention which topics, rows x topics; missing where there is no comment."""
    commented = (coded.comments != "").to_numpy()
    return np.where(commented[:, None], coded.codes.to_numpy(dtype=float), np.nan)


def _family(count: int, adjust: Adjust | None) -> tuple[Note, ...]:
    if not adjust or count < 2:
        return ()
    return (Note(message("p-values are adjusted over the {n:int} comparisons made.", n=count)),)
