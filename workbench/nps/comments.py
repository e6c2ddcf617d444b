"""Comments: coded by a frame that people can read and correct."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.calls import takes_columns
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, current_language, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation import Design
from workbench.estimation.chosen import chosen_design
from workbench.estimation.domains import Domains, read_domains
from workbench.estimation.estimates import effective_answers
from workbench.estimation.intervals import share_interval
from workbench.estimation.ratios import fit_ratio
from workbench.estimation.sample import read_sample
from workbench.nps.code_frame import CodeFrame, read_frame
from workbench.nps.columns import CI_HIGH, CI_LOW, DEPARTMENT, MENTIONS, STD_ERROR, TOPIC, N

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LONGEST = 5000


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CodedComments(Result):
    """Comments by topic.

    Attributes
    ----------
    table
        Columns of `by`, ``topic``, ``department``, ``mentions`` (comments), ``estimate`` (share of commenters who
        mention it), ``std_error``, ``ci_low``, ``ci_high``, ``n`` (comments), ``n_effective``; most mentioned first.
    codes
        One row per row of the input and one column of booleans per topic; no comment, no topic.
    frame
        The code frame.
    comments
        The comments as coded, empty where there is none. They are personal: quote them through `quotes`.
    """

    codes: pd.DataFrame
    frame: CodeFrame
    comments: pd.Series

    caption: ClassVar[Message] = message("What customers write about")
    columns: ClassVar[Mapping[str, Column]] = {
        "topic": TOPIC,
        "department": DEPARTMENT,
        "mentions": MENTIONS,
        "estimate": Column(message("Share of commenters"), "pct1"),
        "std_error": STD_ERROR,
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
        "n": N,
    }

    def labels(self, language: Language) -> dict[str, str]:
        """Return what each topic is called in `language`."""
        return {t.id: t.label(language) for t in self.frame.topics}

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with topics and departments named in `language`."""
        return topics_in_words(self.table, self.frame, language)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the share of each topic with its interval."""
        chosen = language or current_language()
        stop = list(self.table.columns).index("topic")
        names = [*self.table.columns[:stop], "topic"]
        said = self.table.assign(topic=self.table["topic"].map(self.labels(chosen)))
        shown = said.assign(label=said[names].astype(str).agg(" · ".join, axis=1)).head(30)

        def draw(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="label", style="pct1", base=None, language=language)

        return charts.draw_figure(draw, height=max(2.0, 0.42 * len(shown) + 0.8))

    def quotes(self, topic: str, *, mask: Callable[[str], str], count: int = 3, longest: int = 120) -> list[str]:
        """Return comments on `topic`, masked and shortened: those of middling length, in the order of the rows.

        Parameters
        ----------
        topic
            A topic of the frame.
        mask
            Makes a text one that others may read, such as `workbench.privacy.masking.Masker`.
        count
            How many.
        longest
            Characters of a quote.

        Raises
        ------
        InputError
            If the frame has no such topic.
        """
        if topic not in self.codes.columns:
            raise InputError(
                "A quote belongs to a topic of the frame.",
                found=repr(topic),
                fix=f"Choose one of {', '.join(self.codes.columns)}.",
                where="topic",
            )
        texts = self.comments[self.codes[topic].to_numpy()]
        lengths = texts.str.len().to_numpy(dtype=float)
        nearest = np.argsort(
            np.abs(lengths - min(60.0, float(np.median(lengths)) if len(lengths) else 0.0)), kind="stable"
        )
        chosen = texts.iloc[np.sort(nearest[:count])]
        return [m if len(m) <= longest else m[: longest - 1] + "…" for m in map(mask, chosen)]


def topics_in_words(table: pd.DataFrame, frame: CodeFrame, language: Language) -> pd.DataFrame:
    """Return `table` with its topics and their departments named in `language`.

    Examples
    --------
    >>> table = pd.DataFrame({"topic": ["staff"], "department": [""]})
    >>> topics_in_words(table, read_frame("retail"), "en").iloc[0].tolist()
    ['Staff and service', 'Store operations']
    """
    known = {t.id: t for t in frame.topics}
    said = {"topic": [known[t].label(language) if t in known else t for t in table["topic"]]}
    if "department" in table:
        said["department"] = [known[t].owner(language) if t in known else "" for t in table["topic"]]
    return table.assign(**said)


@takes_columns("column", many=["by"])
def code_comments(
    data: pd.DataFrame,
    column: str,
    frame: str | Path | CodeFrame = "retail_zh",
    design: Design | None = None,
    *,
    by: str | Sequence[str] | None = None,
    confidence: float = 0.95,
) -> CodedComments:
    """Give each comment the topics of a code frame, and estimate how many commenters mention each.

    Parameters
    ----------
    data
        One row per questionnaire.
    column
        Open text; rows without text have no topic and are not in the base.
    frame
        ``retail_zh``, ``retail_en``, ``retail`` (both), the path of a YAML file, or a frame that was read before.
    design
        The sampling design; those who commented are a domain of it.
    by
        Groups.
    confidence
        Coverage of the intervals.

    Returns
    -------
    CodedComments

    Raises
    ------
    InputError
        If the column is missing or holds no text, or the frame is not valid (with line and column).

    Notes
    -----
    Shares have logit intervals; the base is all rows with a comment (in the group). Only the first 5,000 characters of
    a comment are read.

    Examples
    --------
    >>> data = pd.DataFrame({"comment": ["价格太贵", "服务很好", None, "排队太久"]})
    >>> coded = code_comments(data, "comment")
    >>> coded.table.loc[coded.table["mentions"] > 0, ["topic", "mentions", "n"]].sort_values("topic")
          topic  mentions  n
    2  checkout         1  3
    1     price         1  3
    0     staff         1  3
    """
    require_columns(map(str, data.columns), [column], where="data")
    read = frame if isinstance(frame, CodeFrame) else read_frame(frame)
    texts, notes = _texts(data[column], column)
    commented = (texts != "").to_numpy()
    if not commented.any():
        raise InputError(
            message("There is at least one comment."),
            found=message("'{column}' is empty in all rows", column=column),
            fix=message("Choose another column."),
            where="data",
        )
    codes = _codes(texts, read)
    table = _shares(data, codes, commented, read, chosen_design(design, lonely_psu="certainty"), by, confidence)
    uncoded = int((commented & ~codes.any(axis=1).to_numpy()).sum())
    notes.append(
        Note(
            message("{n:int} of {all:int} comments fit no topic of the frame.", n=uncoded, all=int(commented.sum())),
            "caution" if uncoded > 0.4 * commented.sum() else "info",
        )
    )
    return CodedComments(level=confidence, table=table, codes=codes, frame=read, comments=texts, notes=tuple(notes))


def mention_shares(
    data: pd.DataFrame, codes: pd.DataFrame, coded: CodedComments, design: Design, by: str | None = None
) -> pd.DataFrame:
    """Return the table of comments that were coded anew, such as by what they complain about.

    Parameters
    ----------
    data
        The rows that were coded.
    codes
        One column of booleans per topic of the frame.
    coded
        The comments as they were coded first.
    design
        The sampling design.
    by
        Groups.
    """
    commented = (coded.comments != "").to_numpy()
    return _shares(data, codes, commented, coded.frame, design, by, coded.level or 0.95)


def _shares(
    data: pd.DataFrame,
    codes: pd.DataFrame,
    commented: np.ndarray,
    frame: CodeFrame,
    design: Design,
    by: str | Sequence[str] | None,
    confidence: float,
) -> pd.DataFrame:
    domains = _commenting(read_domains(data, by), commented)
    groups = domains.levels.columns.tolist()
    topics = [t.id for t in frame.topics]
    seen = np.repeat(commented[:, None], len(topics), axis=1)
    said = np.where(seen, codes[topics].to_numpy(dtype=float), 0.0)
    below = None if commented.all() else seen.astype(float)
    fit = fit_ratio(read_sample(data, design), domains, said, below, seen, topics)
    p, n, df = fit.estimate.ravel(), fit.n.ravel().astype(np.int64), fit.df.ravel()
    se = np.sqrt(np.clip(np.diag(fit.covariance), 0.0, None))
    inner = (p > 0) & (p < 1) & (se > 0)
    effective = np.where(inner, p * (1 - p) / np.where(inner, se, 1.0) ** 2, effective_answers(fit))
    low, high = share_interval(p, se, n.astype(float), effective, df, confidence=confidence, interval="logit")
    table = pd.DataFrame(
        {
            **domains.columns(len(topics)),
            "topic": np.tile(np.asarray(topics, dtype=object), domains.size),
            "department": np.tile(np.asarray([t.department for t in frame.topics], dtype=object), domains.size),
            "mentions": domains.sums(said).ravel().astype(np.int64),
            "estimate": p,
            "std_error": se,
            "ci_low": low,
            "ci_high": high,
            "n": n,
            "n_effective": effective,
        }
    )
    if not groups:
        return table.take(np.argsort(-p, kind="stable")).reset_index(drop=True)
    order = [*groups, "estimate"]
    return table.sort_values(order, ascending=[True] * len(groups) + [False], kind="stable", ignore_index=True)


def _commenting(domains: Domains, commented: np.ndarray) -> Domains:
    """Leave out groups that never commented, which have no share."""
    if domains.code is None:
        return domains
    there = np.bincount(domains.code[commented & (domains.code >= 0)], minlength=domains.size) > 0
    place = np.append(np.where(there, np.cumsum(there) - 1, -1), -1).astype(np.int64)
    return Domains(place[domains.code], domains.levels[there].reset_index(drop=True))


def _texts(series: pd.Series, column: str) -> tuple[pd.Series, list[Note]]:
    there = series.notna().to_numpy()
    words = series.to_numpy(dtype=object)
    wrong = [v for v in words[there] if not isinstance(v, str)]
    if wrong:
        raise InputError(
            f"Comments in {column!r} are text.",
            found=f"{len(wrong)} other values, such as {wrong[0]!r}",
            fix="Name the column of open text.",
            where="data",
        )
    stripped = [v.strip() if known else "" for v, known in zip(words, there, strict=True)]
    texts = pd.Series(stripped, index=series.index, name=series.name, dtype=object)
    long = np.array([len(v) > LONGEST for v in stripped], dtype=bool)
    notes = []
    if long.any():
        notes.append(
            Note(
                plural(
                    "{n:int} comment is longer than {limit:int} characters; only the beginning is read.",
                    "{n:int} comments are longer than {limit:int} characters; only the beginning is read.",
                    n=int(long.sum()),
                    limit=LONGEST,
                ),
                "caution",
            )
        )
        texts = texts.str[:LONGEST]
    return texts, notes


def _codes(texts: pd.Series, frame: CodeFrame) -> pd.DataFrame:
    return pd.DataFrame(frame.codes(texts.tolist()), index=texts.index, columns=[t.id for t in frame.topics])
