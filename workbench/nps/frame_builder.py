"""A code frame proposed from the comments themselves: a person names its topics and confirms it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd
import yaml

from workbench.core import charts
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.nps.columns import COMMENTS, COMMENTS_READ, SEED_AGREEMENT, SHARE, TOPIC
from workbench.nps.text.polarity import polarity
from workbench.nps.text.reading import has_chinese, normalise, telling_words, written
from workbench.nps.topics import comment_topics

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HEAD = """# Proposed by 'workbench frame' from {n} comments. For each topic: give it an id and a label in both
# languages (and the department that owns it), take out patterns that do not belong, add others, or remove the topic.
# Then write confirmed: true, and name this file in wave.yaml: loyalty: {{code_frame: {name}}}
"""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ProposedFrame(Result):
    """Topics that the comments themselves suggest.

    Attributes
    ----------
    table
        One row per topic: ``topic`` (number), ``words`` (joined by dots), ``comments`` (with one of the words),
        ``share``, ``agreement`` (between starts), ``n``.
    """

    caption: ClassVar[Message] = message("Topics proposed for a code frame")
    columns: ClassVar[Mapping[str, Column]] = {
        "topic": TOPIC,
        "words": Column(message("Words")),
        "comments": COMMENTS,
        "share": SHARE,
        "agreement": SEED_AGREEMENT,
        "n": COMMENTS_READ,
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the share of comments with the words of each topic."""

        def draw(ax: Axes) -> None:
            charts.bar_rows(
                ax, self.table["words"].tolist(), self.table["share"].tolist(), style="pct", language=language
            )

        return charts.draw_figure(draw, height=max(2.0, 0.42 * len(self.table) + 0.8))

    def text(self, name: str = "code_frame.yaml") -> str:
        """Return the frame as a file to be completed; `read_frame` refuses it until a person has confirmed it."""
        topics = []
        for row in self.table.itertuples():
            words = str(row.words).split(" · ")
            patterns = [w if has_chinese(w) else rf"\b{w}" for w in words]
            label = f"? {words[0]}"
            topics.append(
                {
                    "id": f"topic_{row.topic}",
                    "label": {"en": label, "zh-CN": label},
                    "department": "",
                    "patterns": patterns,
                }
            )
        body = yaml.safe_dump(
            {"confirmed": False, "topics": topics},
            allow_unicode=True,
            sort_keys=False,
            default_flow_style=None,
            width=110,
        )
        return _HEAD.format(n=int(self.table["n"].iloc[0]), name=name) + body


def propose_frame(data: pd.DataFrame, column: str, *, topics: int = 10, seed: int) -> ProposedFrame:
    """Propose the topics of a code frame from comments.

    Parameters
    ----------
    data
        One row per questionnaire.
    column
        Open text.
    topics
        How many topics are sought; a person keeps those that mean something.
    seed
        As in `comment_topics`.

    Returns
    -------
    ProposedFrame
        Words of several topics go to the one where they stand foremost; words of praise and complaint name no topic.

    Raises
    ------
    InputError
        If there are fewer than 100 different comments.

    Notes
    -----
    Topics are found as by `comment_topics`; this is a start for a person, not a coding.

    Examples
    --------
    >>> texts = [f"till and cashier {i}" for i in range(60)] + [f"food from the kitchen {i}" for i in range(60)]
    >>> found = propose_frame(pd.DataFrame({"c": texts}), "c", topics=2, seed=1)
    >>> "confirmed: false" in found.text() and len(found.table)
    2
    """
    found = comment_topics(data, column, topics=topics, seed=seed)
    texts = written(data[column])
    told = [set(telling_words(normalise(t))) for t in texts[texts != ""]]
    ranked = [str(row.terms).split(" · ") for row in found.table.itertuples()]
    # a word of several topics belongs where it stands foremost
    home: dict[str, int] = {}
    for t, words in enumerate(ranked):
        for place, word in enumerate(words):
            if word not in home or place < ranked[home[word]].index(word):
                home[word] = t
    lines: list[dict[str, object]] = []
    for t, row in enumerate(found.table.itertuples()):
        words = [w for w in ranked[t] if home[w] == t and not polarity(w).known]
        if not words:
            continue
        hits = sum(bool(set(words) & t) for t in told)
        lines.append(
            {
                "topic": len(lines) + 1,
                "words": " · ".join(words),
                "comments": hits,
                "share": hits / len(told),
                "agreement": row.agreement,
                "n": len(told),
            }
        )
    return ProposedFrame(table=pd.DataFrame(lines), notes=found.notes)
