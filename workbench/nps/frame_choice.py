"""The code frame that fits the comments of a study, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, current_language, message
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.estimation.intervals import wilson
from workbench.nps.code_frame import BOTH, TRADES, CodeFrame, read_frame
from workbench.nps.columns import COMMENTS_READ
from workbench.nps.text.reading import normalise, written
from workbench.nps.wording import in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FEWEST_SIGNS = 0.05  # share of comments with a word of the trade
FEWEST_CODED = 0.40  # share of comments with a topic
FEWEST_GENERAL = 0.60  # the same where no comment names a trade
READ = 2000
TRADE_NAMES: Mapping[str, Message] = {
    "retail": message("Retail"),
    "hotel": message("Hotels"),
    "airport": message("Airports and lounges"),
    "restaurant": message("Restaurants and takeaway"),
    "telecom": message("Telecommunications"),
    "bank": message("Banks and insurance"),
    "software": message("Software and business services"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class FrameChoice(Result):
    """How well each ready code frame fits comments.

    Attributes
    ----------
    table
        One row per frame, the best first: ``frame``, ``signs`` (share of comments with a word of its trade),
        ``ci_low``, ``ci_high``, ``coded`` (share with one of its topics), ``n`` (comments read).
    chosen
        Name of the frame that fits; None where none does.
    """

    chosen: str | None

    caption: ClassVar[Message] = message("Which code frame fits the comments")
    columns: ClassVar[Mapping[str, Column]] = {
        "frame": Column(message("Trade")),
        "signs": Column(message("Comments with words of the trade"), "pct1"),
        "coded": Column(message("Comments with a topic"), "pct1"),
        "n": COMMENTS_READ,
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with trades in words."""
        return in_words(self.table, "frame", TRADE_NAMES, language)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the share of comments with words of each trade."""
        shown = self.shown_table(language or current_language())

        def draw(ax: Axes) -> None:
            charts.bar_rows(ax, shown["frame"].tolist(), shown["signs"].tolist(), style="pct1", language=language)

        return charts.draw_figure(draw, height=1.0 + 0.42 * len(shown))

    @property
    def frame(self) -> CodeFrame:
        """The frame that fits.

        Raises
        ------
        InputError
            If none fits.
        """
        if self.chosen is None:
            best = self.table.iloc[0]
            raise InputError(
                message("Comments are coded by a frame of their trade."),
                found=message(
                    "no ready frame fits: the best, {frame}, finds words of its trade in {signs:pct} of comments and a "
                    "topic in {coded:pct}",
                    frame=TRADE_NAMES[str(best["frame"])],
                    signs=float(best["signs"]),
                    coded=float(best["coded"]),
                ),
                fix=message(
                    "Let topics be proposed (workbench frame WAVE), name them, and write the file in 'loyalty: "
                    "code_frame:'."
                ),
                where="code_frame",
            )
        return read_frame(self.chosen)


def choose_frame(data: pd.DataFrame, column: str, *, frames: Sequence[str] = (BOTH, *TRADES)) -> FrameChoice:
    """Find the ready code frame that fits comments, or none.

    Parameters
    ----------
    data
        One row per questionnaire.
    column
        Open text.
    frames
        Names of ready frames.

    Returns
    -------
    FrameChoice

    Raises
    ------
    InputError
        If the column is missing or holds no text.

    Notes
    -----
    That many comments find *some* topic does not say that a frame fits: “a good selection of food” is no stock of a
    shop. A frame fits where at least 5 % of comments hold words that only its trade uses, clearly more than of any
    other trade (its interval lies above the next one's share), and at least 40 % find a topic. Where hardly a comment
    names a trade, the general topics of retail do if 60 % of comments find one. The first 2,000 different comments are
    read.

    Examples
    --------
    >>> data = pd.DataFrame({"c": ["The lounge was crowded", "Good food before my flight", "Showers at the terminal"]})
    >>> choose_frame(data, "c").chosen
    'airport'
    >>> choose_frame(pd.DataFrame({"c": ["The dentist was gentle", "My tooth hurts", "No pain"]}), "c").chosen is None
    True
    """
    require_columns(map(str, data.columns), [column], where="data")
    texts = written(data[column])
    once = pd.unique(texts[texts != ""])[:READ]
    if not len(once):
        raise InputError(
            message("There is at least one comment."),
            found=message("'{column}' is empty in all rows", column=column),
            fix=message("Choose another column."),
            where="data",
        )
    plain = [normalise(str(t)) for t in once]
    lines = []
    for name in frames:
        frame = read_frame(name)
        signs = frame.signs
        share = float(np.mean([signs is not None and signs.search(t) is not None for t in plain]))
        coded = float(np.mean(frame.codes(plain).any(axis=1)))
        low, high = wilson(np.array(share), np.array(float(len(plain))), 0.95)
        lines.append((name, share, float(low), float(high), coded, len(plain)))
    names = ["frame", "signs", "ci_low", "ci_high", "coded", "n"]
    table = pd.DataFrame(lines, columns=names).sort_values(
        ["signs", "coded"], ascending=False, kind="stable", ignore_index=True
    )
    return FrameChoice(level=0.95, table=table, chosen=_chosen(table))


def _chosen(table: pd.DataFrame) -> str | None:
    best = table.iloc[0]
    second = float(table["signs"].iloc[1]) if len(table) > 1 else 0.0
    if best["signs"] >= FEWEST_SIGNS:
        clear = best["ci_low"] > second or best["signs"] > 2 * second
        return str(best["frame"]) if clear and best["coded"] >= FEWEST_CODED else None
    general = table[table["frame"] == BOTH]
    return BOTH if len(general) and float(general["coded"].iloc[0]) >= FEWEST_GENERAL else None
