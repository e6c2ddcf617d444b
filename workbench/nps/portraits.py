"""What the customers of each segment say and feel, beside the figures of a persona: NPS, praise, complaints, wishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from workbench.core import charts
from workbench.core.language import Language, Message, message
from workbench.core.names import RECOMMEND, Column
from workbench.core.results import Note, Result
from workbench.estimation import Design
from workbench.estimation.chosen import chosen_design
from workbench.nps.code_frame import CodeFrame
from workbench.nps.columns import CI_HIGH, CI_LOW, NPS, N
from workbench.nps.comments import mention_shares
from workbench.nps.needs import EVERYBODY, LEAST, spoken_needs
from workbench.nps.score import net_promoter_score
from workbench.nps.topic_tone import TopicTone

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TOLD = ("praise", "complaint", "wish")
MOST = 3


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SpokenPortraits(Result):
    """What each segment says.

    Attributes
    ----------
    table
        One row per group: `by`, ``nps``, ``ci_low``, ``ci_high``, ``praise``, ``complaint``, ``wish`` (ids of topics,
        the most frequent first, joined by commas; empty where none is mentioned by clearly more than 1 %), ``n``
        (answers).
    frame
        The code frame.
    by
        Column of groups.
    """

    frame: CodeFrame
    by: str

    caption: ClassVar[Message] = message("What segments feel and say")
    columns: ClassVar[Mapping[str, Column]] = {
        "nps": NPS,
        "ci_low": CI_LOW.styled("signed1"),
        "ci_high": CI_HIGH.styled("signed1"),
        "praise": Column(message("Praise")),
        "complaint": Column(message("Complain about")),
        "wish": Column(message("Wish for")),
        "n": N,
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with topics in words."""
        names = {t.id: t.label(language) for t in self.frame.topics}
        said = {c: [", ".join(names[t] for t in ids.split(",") if t) or "–" for ids in self.table[c]] for c in TOLD}
        return self.table.assign(**said)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the NPS of each group with its interval."""
        shown = self.table.assign(estimate=self.table["nps"], label=self.table[self.by].astype(str))

        def draw(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="label", style="signed1", language=language)

        return charts.draw_figure(draw, height=max(2.0, 0.42 * len(shown) + 0.8))


def spoken_portraits(
    data: pd.DataFrame,
    tones: TopicTone,
    design: Design | None = None,
    *,
    by: str,
    minimum_base: int = 30,
    confidence: float = 0.95,
) -> SpokenPortraits:
    """Describe the customers of each group by how they score and by what they praise, complain about and wish for.

    Parameters
    ----------
    data
        Answers with ``recommend`` and `by`.
    tones
        Their praise and complaints (`topic_tone`).
    design
        The sampling design.
    by
        Column of groups, such as ``segment``.
    minimum_base
        Fewest comments of a group for its topics to be named.
    confidence
        Coverage of the intervals.

    Returns
    -------
    SpokenPortraits

    Notes
    -----
    A topic is named where the interval of its share lies above 1 % of the group's commenters; groups are described, not
    compared: differences between them are tested elsewhere (`nps_by_groups`).

    Examples
    --------
    >>> from workbench.nps import code_comments, topic_tone
    >>> data = pd.DataFrame({"c": ["价格太贵", "服务很好"] * 40, "recommend": [2, 10] * 40, "segment": [1, 2] * 40})
    >>> found = spoken_portraits(data, topic_tone(data, code_comments(data, "c")), by="segment")
    >>> found.table[["segment", "nps", "praise", "complaint"]].values.tolist()
    [[1, -100.0, '', 'price'], [2, 100.0, 'staff', '']]
    """
    scores = net_promoter_score(data, RECOMMEND, design, by=by, confidence=confidence, minimum_base=minimum_base)
    table = scores.table[[by, "nps", "ci_low", "ci_high", "n"]].copy()
    said = spoken_needs(data, tones, design, by=by)
    said = said[said["group"].astype(str) != EVERYBODY]
    chosen = chosen_design(design, lonely_psu="certainty")
    praised = mention_shares(data, tones.praises.codes, tones.complaints, chosen, by)
    praised = praised.rename(columns={"topic": "item", "estimate": "share"}).assign(group=praised[by], kind="praise")
    pieces = pd.concat([said, praised[said.columns]], ignore_index=True)
    clear = pieces[(pieces["ci_low"] > LEAST) & (pieces["n"] >= minimum_base)]
    for kind in TOLD:
        rows = clear[clear["kind"] == kind].sort_values("share", ascending=False, kind="stable")
        named = {g: ",".join(part["item"].head(MOST)) for g, part in rows.groupby("group", sort=False)}
        table[kind] = [named.get(g, "") for g in table[by]]
    text = message(
        "Topics that clearly more than 1 % of a segment's commenters mention; segments are not compared here."
    )
    order = [by, "nps", "ci_low", "ci_high", *TOLD, "n"]
    return SpokenPortraits(level=confidence, table=table[order], frame=tones.frame, by=by, notes=(Note(text),))
