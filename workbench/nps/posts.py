"""What is said of a company outside its surveys: posts, reviews and interviews by topic, tone, place and rival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, current_language, message, plural
from workbench.core.names import CUSTOMER_ID, RECOMMEND, Column
from workbench.core.results import Note, Result
from workbench.estimation import adjust_p
from workbench.estimation.intervals import wilson
from workbench.nps.code_frame import CodeFrame
from workbench.nps.columns import CI_HIGH, CI_LOW, DEPARTMENT, P_ADJUSTED, SHARE, TOPIC
from workbench.nps.comments import code_comments, topics_in_words
from workbench.nps.quotes import score_classes
from workbench.nps.text.reader import ToneReader
from workbench.nps.text.reading import normalise, written
from workbench.nps.topic_tone import topic_tone

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TEXT, WHEN, PLATFORM, STARS, RIVAL = "text", "posted_at", "platform", "stars", "competitor"
FEWEST = 30


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PostVoices(Result):
    """Posts by topic, and by platform, month, rival and class of who wrote them.

    Attributes
    ----------
    table
        One row per topic, the most frequent first: ``topic``, ``department``, ``posts``, ``share``, ``ci_low``,
        ``ci_high``, ``praise``, ``complaints`` (shares of all posts), ``answers`` (share of the survey's comments on
        the same topic, where given), ``p_adjusted`` (that both shares are alike), ``n`` (posts).
    platforms
        ``platform``, ``posts``, ``stars`` (mean), ``complaints`` (share that complains), ``ci_low``, ``ci_high``.
    months
        ``month`` (first day), ``posts``, ``complaints`` (share), ``ci_low``, ``ci_high``.
    rivals
        ``competitor``, ``posts`` that name it, ``share`` of all, ``ci_low``, ``ci_high``.
    classes
        ``class`` (promoters …), ``posts``, ``complaints`` (share), ``ci_low``, ``ci_high``; of writers who answered.
    frame
        The code frame.
    """

    platforms: pd.DataFrame
    months: pd.DataFrame
    rivals: pd.DataFrame
    classes: pd.DataFrame
    frame: CodeFrame

    caption: ClassVar[Message] = message("What is said outside the survey")
    columns: ClassVar[Mapping[str, Column]] = {
        "topic": TOPIC,
        "department": DEPARTMENT,
        "posts": Column(message("Posts"), "some"),
        "share": SHARE,
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
        "praise": Column(message("Posts that praise it"), "pct1"),
        "complaints": Column(message("Posts that complain"), "pct1"),
        "answers": Column(message("Share of the survey's comments"), "pct1"),
        "p_adjusted": P_ADJUSTED,
        "n": Column(message("All posts"), "base"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with topics in words."""
        return topics_in_words(self.table, self.frame, language)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw each topic's share of posts with its interval."""
        shown = self.shown_table(language or current_language()).assign(estimate=self.table["share"])

        def draw(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="topic", style="pct1", base="posts", language=language)

        return charts.draw_figure(draw, height=max(2.0, 0.42 * len(shown) + 0.8))


def post_voices(
    posts: pd.DataFrame,
    frame: CodeFrame,
    reader: ToneReader | None = None,
    *,
    competitors: Sequence[str] = (),
    responses: pd.DataFrame | None = None,
    answers: pd.DataFrame | None = None,
    confidence: float = 0.95,
) -> PostVoices:
    """Tell what posts are about, how they sound, where and when they stand, and which rivals they name.

    Parameters
    ----------
    posts
        ``text``; where there are, ``posted_at``, ``platform``, ``stars``, ``competitor`` (the rival a post names) and
        ``customer_id``.
    frame
        The code frame.
    reader
        Who reads the tone (`topic_tone`); the dictionaries by default.
    competitors
        Names of rivals to look for in texts that have no ``competitor``.
    responses
        Answers with ``customer_id`` and ``recommend``, to tell what promoters and detractors write outside.
    answers
        Topics of the survey's comments: ``topic``, ``mentions``, ``n``, to compare with.
    confidence
        Coverage of the intervals.

    Returns
    -------
    PostVoices

    Raises
    ------
    InputError
        If there is no text.

    Notes
    -----
    A post counts once, however often the same text was posted by the same platform on one day. Intervals are Wilson's
    and hold for posts as if drawn at random from all that could have been written: posts stand for those who post, not
    for customers. Shares of a topic inside and outside are compared by the two-proportion z test, adjusted by Holm.

    Examples
    --------
    >>> from workbench.nps.code_frame import read_frame
    >>> posts = pd.DataFrame({"text": ["竞品京东更便宜", "送货太慢", "店员热情"], "platform": ["微博", "微博", "点评"]})
    >>> found = post_voices(posts, read_frame("retail"), competitors=["京东"])
    >>> found.rivals["posts"].tolist()
    [1]
    """
    require_columns(map(str, posts.columns), [TEXT], where="posts")
    rows = posts.assign(**{TEXT: written(posts[TEXT])})
    rows = rows[rows[TEXT] != ""]
    if not len(rows):
        raise InputError(
            message("Posts have a text."),
            found=message("no text"),
            fix=message("Name the column of the text."),
            where="posts",
        )
    day = pd.to_datetime(rows[WHEN], errors="coerce") if WHEN in rows else pd.Series(pd.NaT, index=rows.index)
    same = [TEXT, *([PLATFORM] if PLATFORM in rows else [])]
    copies = rows[same].assign(_day=day.dt.date).duplicated()
    rows, day = rows[~copies].reset_index(drop=True), day[~copies].reset_index(drop=True)
    coded = code_comments(rows, TEXT, frame, confidence=confidence)
    tones = topic_tone(rows, coded, reader, column=None)
    blamed = tones.clauses.loc[tones.clauses["tone"] == "complaint", "comment"].unique()
    complains = np.isin(_first_of_text(coded.comments), blamed)
    n = len(rows)
    table = _topics(coded.codes, tones.praises.codes, tones.complaints.codes, frame, n, confidence)
    if answers is not None:
        table = _compared(table, answers)
    notes = [Note(message("Posts stand for those who post, not for all customers."), "caution")]
    if copies.any():
        left = int(copies.sum())
        text = plural("{n:int} copy of a post was left out.", "{n:int} copies of posts were left out.", n=left)
        notes.append(Note(text))
    return PostVoices(
        level=confidence,
        table=table.reindex(columns=list(PostVoices.columns)),
        platforms=_by(rows.get(PLATFORM), complains, confidence, PLATFORM, stars=rows.get(STARS)),
        months=_by(day.dt.to_period("M").dt.start_time.where(day.notna()), complains, confidence, "month"),
        rivals=_rivals(rows, competitors, confidence),
        classes=_by(_classes(rows, responses), complains, confidence, "class"),
        frame=frame,
        notes=tuple(notes),
    )


def _first_of_text(comments: pd.Series) -> np.ndarray:
    # clauses are known by the first row that holds a text
    first = pd.Series(np.arange(len(comments))).groupby(comments.to_numpy()).transform("first")
    return first.to_numpy()


def _topics(
    codes: pd.DataFrame, praise: pd.DataFrame, blame: pd.DataFrame, frame: CodeFrame, n: int, confidence: float
) -> pd.DataFrame:
    counts = codes.sum()
    low, high = wilson(counts.to_numpy() / n, np.full(len(counts), float(n)), confidence)
    table = pd.DataFrame(
        {
            "topic": [t.id for t in frame.topics],
            "department": [t.department for t in frame.topics],
            "posts": counts.to_numpy(),
            "share": counts.to_numpy() / n,
            "ci_low": low,
            "ci_high": high,
            "praise": praise.sum().to_numpy() / n,
            "complaints": blame.sum().to_numpy() / n,
            "n": n,
        }
    )
    return table.sort_values("posts", ascending=False, kind="stable", ignore_index=True)


def _compared(table: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    from scipy import stats

    inside = answers.set_index("topic")
    joined = table.join(inside[["mentions", "n"]].rename(columns={"n": "asked"}), on="topic")
    share = joined["mentions"] / joined["asked"]
    both = (joined["posts"] + joined["mentions"]) / (joined["n"] + joined["asked"])
    error = np.sqrt(both * (1 - both) * (1 / joined["n"] + 1 / joined["asked"]))
    enough = (joined[["n", "asked"]].min(axis=1) >= FEWEST) & (error > 0)
    z = ((joined["share"] - share) / error.where(enough)).to_numpy(dtype=float)
    return table.assign(answers=share, p_adjusted=adjust_p(2 * stats.norm.sf(np.abs(z)), "holm"))


def _by(
    groups: pd.Series | None, complains: np.ndarray, confidence: float, name: str, stars: pd.Series | None = None
) -> pd.DataFrame:
    columns = [name, "posts", *(["stars"] if stars is not None else []), "complaints", "ci_low", "ci_high"]
    if groups is None or groups.isna().all():
        return pd.DataFrame(columns=columns)
    rows = pd.DataFrame({name: groups.to_numpy(), "complains": complains})
    if stars is not None:
        rows["stars"] = pd.to_numeric(stars, errors="coerce").to_numpy()
    found = rows.groupby(name, observed=True)
    table = found["complains"].agg(posts="size", complaints="mean").reset_index()
    low, high = wilson(table["complaints"].to_numpy(), table["posts"].to_numpy(dtype=float), confidence)
    table = table.assign(ci_low=low, ci_high=high)
    if stars is not None:
        table["stars"] = found["stars"].mean().to_numpy()
    if name != "month":
        table = table.sort_values("posts", ascending=False, kind="stable", ignore_index=True)
    return table[columns]


def _rivals(rows: pd.DataFrame, competitors: Sequence[str], confidence: float) -> pd.DataFrame:
    named = rows[RIVAL].fillna("").astype(str).str.strip() if RIVAL in rows else pd.Series("", index=rows.index)
    plain = [normalise(t).casefold() for t in rows[TEXT]]
    names = list(dict.fromkeys([*competitors, *named[named != ""]]))
    lines = []
    for name in names:
        key = normalise(name).casefold()
        # a post that names its rival in a column is not looked through
        said = [normalise(g).casefold() == key or (not g and key in t) for g, t in zip(named, plain, strict=True)]
        count = sum(said)
        low, high = wilson(np.array(count / len(rows)), np.array(float(len(rows))), confidence)
        lines.append((name, count, count / len(rows), float(low), float(high)))
    table = pd.DataFrame(lines, columns=[RIVAL, "posts", "share", "ci_low", "ci_high"])
    return table.sort_values("posts", ascending=False, kind="stable", ignore_index=True)


def _classes(rows: pd.DataFrame, responses: pd.DataFrame | None) -> pd.Series | None:
    if responses is None or CUSTOMER_ID not in rows or RECOMMEND not in responses:
        return None
    known = responses.drop_duplicates(CUSTOMER_ID).set_index(CUSTOMER_ID)[RECOMMEND]
    known.index = known.index.astype(str)
    return score_classes(rows[CUSTOMER_ID].astype("string").astype(object).map(known))
