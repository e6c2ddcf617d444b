"""What customers need: complaints, wishes, weak ratings, Kano and usage gaps as one ranked list per segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.errors import require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation import Design
from workbench.estimation.chosen import chosen_design
from workbench.estimation.intervals import wilson
from workbench.nps.columns import CI_HIGH, CI_LOW, SHARE, N
from workbench.nps.comments import mention_shares
from workbench.nps.text.wishes import is_wish
from workbench.nps.topic_tone import TopicTone

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KINDS: Final[Mapping[str, Message]] = {
    "complaint": message("complained about"),
    "wish": message("wished for"),
    "rating": message("matters and rated low"),
    "kano": message("expected (Kano)"),
    "stopped": message("bought before, not now"),
    "missing": message("bought by their like, not by them"),
}
# what two pieces of one source say is one piece of evidence
SOURCES: Final[Mapping[str, str]] = {
    "complaint": "words",
    "wish": "words",
    "rating": "ratings",
    "kano": "kano",
    "stopped": "orders",
    "missing": "orders",
}
EVIDENCE: Final = ("group", "item", "kind", "share", "ci_low", "ci_high", "n")
EVERYBODY: Final = ""
LEAST: Final = 0.01  # an interval that reaches below one in a hundred supports no need


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Needs(Result):
    """Needs by segment, the best supported first.

    Attributes
    ----------
    table
        One row per group and item: ``group`` (empty for everybody), ``rank``, ``item``, ``kinds`` (joined by commas),
        ``evidence`` (how many sources: words, ratings, Kano, orders), ``share`` (the largest share of customers
        concerned), ``ci_low``, ``ci_high``, ``customers`` (about how many that are, where the group's size is known),
        ``n`` (answers behind the share).
    evidence
        Every piece: ``group``, ``item``, ``kind``, ``share``, ``ci_low``, ``ci_high``, ``n``, ``clear``.
    """

    evidence: pd.DataFrame

    caption: ClassVar[Message] = message("What customers need")
    columns: ClassVar[Mapping[str, Column]] = {
        "rank": Column(message("Place"), "int"),
        "item": Column(message("Need")),
        "kinds": Column(message("Evidence")),
        "share": SHARE,
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
        "customers": Column(message("Customers, about"), "some"),
        "n": N,
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with kinds of evidence in words."""
        said = [", ".join(KINDS[k].text(language) for k in str(kinds).split(",")) for kinds in self.table["kinds"]]
        return self.table.assign(kinds=said)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the shares of everybody's needs."""
        shown = self.table[self.table["group"] == EVERYBODY].head(12)

        def draw(ax: Axes) -> None:
            charts.bar_rows(ax, shown["item"].tolist(), shown["share"].tolist(), style="pct1", language=language)

        return charts.draw_figure(draw, height=max(2.0, 0.42 * len(shown) + 0.8))


def spoken_needs(
    data: pd.DataFrame, tones: TopicTone, design: Design | None = None, *, by: str | None = None
) -> pd.DataFrame:
    """Return complaints and wishes in comments as evidence of needs, for everybody and by group.

    Parameters
    ----------
    data
        The rows that were coded.
    tones
        Their praise and complaints (`topic_tone`).
    design
        The sampling design; commenters are a domain of it.
    by
        Column of groups.

    Returns
    -------
    DataFrame
        ``group``, ``item`` (topic), ``kind`` (``complaint``, ``wish``), ``share`` of commenters, ``ci_low``,
        ``ci_high``, ``n``.

    Notes
    -----
    A wish is a clause that asks for something (希望…, “should have …”); it belongs to the topics of its clause.

    Examples
    --------
    >>> from workbench.nps import code_comments, topic_tone
    >>> data = pd.DataFrame({"c": ["希望增加停车位", "价格太贵"] * 5})
    >>> found = spoken_needs(data, topic_tone(data, code_comments(data, "c")))
    >>> sorted(zip(found.loc[found["share"] > 0, "item"], found.loc[found["share"] > 0, "kind"]))
    [('location', 'wish'), ('price', 'complaint')]
    """
    chosen = chosen_design(design, lonely_psu="certainty")
    topics = list(tones.complaints.codes.columns)
    wished = tones.clauses[tones.clauses["clause"].map(is_wish).astype(bool)]
    texts = tones.complaints.comments
    first = pd.Series(np.arange(len(texts))).groupby(texts.to_numpy()).transform("first").to_numpy()
    by_text = wished.groupby("comment")[topics].any().reindex(first).fillna(False).to_numpy(dtype=bool)
    wishes = pd.DataFrame(by_text, index=texts.index, columns=topics)
    parts = []
    for kind, codes in (("complaint", tones.complaints.codes), ("wish", wishes)):
        for column in dict.fromkeys([None, by]):
            table = mention_shares(data, codes, tones.complaints, chosen, column)
            group = pd.Series(EVERYBODY, index=table.index, dtype=object) if column is None else table[column]
            parts.append(table.assign(group=group, kind=kind))
    found = pd.concat(parts, ignore_index=True).rename(columns={"topic": "item", "estimate": "share"})
    return found[list(EVIDENCE)]


def ranked_needs(
    evidence: pd.DataFrame, *, sizes: Mapping[object, float] | None = None, minimum_base: int = 30, most: int = 8
) -> Needs:
    """Join evidence of several kinds into one list of needs per group.

    Parameters
    ----------
    evidence
        ``group`` (empty for everybody), ``item``, ``kind`` (a key of `KINDS`), ``share`` (of customers concerned),
        ``ci_low``, ``ci_high`` (the share itself where all were counted), ``n``.
    sizes
        Group → its customers, to tell about how many a share is.
    minimum_base
        Fewest answers behind a piece of evidence.
    most
        Needs per group.

    Returns
    -------
    Needs

    Raises
    ------
    InputError
        If a column of `evidence` is missing.

    Notes
    -----
    A piece counts where it rests on enough answers and its interval lies above 1 %. Items stand by how many sources
    (words, ratings, Kano, orders) support them, then by the lower end of the largest share: independent sources that
    agree weigh more than one loud one.

    Examples
    --------
    >>> rows = [("", "price", "complaint", 0.3, 0.2, 0.4, 100), ("", "staff", "complaint", 0.2, 0.1, 0.3, 100),
    ...         ("", "staff", "rating", 0.1, 0.05, 0.2, 100), ("", "app", "wish", 0.01, 0.0, 0.03, 100)]
    >>> ranked_needs(pd.DataFrame(rows, columns=list(EVIDENCE))).table[["item", "kinds"]]
        item             kinds
    0  staff  complaint,rating
    1  price         complaint
    """
    require_columns(map(str, evidence.columns), EVIDENCE, where="evidence")
    rows = evidence.assign(clear=(evidence["n"] >= minimum_base) & (evidence["ci_low"] > LEAST))
    lines: list[dict[str, object]] = []
    kinds = list(KINDS)
    clear = rows[rows["clear"]]
    for group in dict.fromkeys(clear["group"]):
        mine = clear[clear["group"] == group]
        items = []
        for item, part in mine.groupby("item", sort=False):
            top = part.sort_values(["ci_low", "share"], ascending=False, kind="stable").iloc[0]
            named = sorted(set(part["kind"]), key=kinds.index)
            size = (sizes or {}).get(group, np.nan)
            items.append(
                {
                    "group": group,
                    "item": item,
                    "kinds": ",".join(named),
                    "evidence": len({SOURCES[k] for k in named}),
                    "share": float(top["share"]),
                    "ci_low": float(top["ci_low"]),
                    "ci_high": float(top["ci_high"]),
                    "customers": size * float(top["share"]),
                    "n": int(top["n"]),
                }
            )
        items.sort(key=lambda line: (-line["evidence"], -line["ci_low"], str(line["item"])))
        lines += [{**line, "rank": i} for i, line in enumerate(items[:most], 1)]
    columns = ["group", "rank", "item", "kinds", "evidence", "share", "ci_low", "ci_high", "customers", "n"]
    table = pd.DataFrame(lines, columns=columns)
    text = message(
        "Ordered by how many sources agree (words, ratings, Kano, orders), then by how many are concerned at least."
    )
    return Needs(level=0.95, table=table, evidence=rows, notes=(Note(text),))


def rating_needs(drivers: pd.DataFrame, ratings: pd.DataFrame) -> pd.DataFrame:
    """Return questions that matter more and are rated lower than the rest as evidence.

    Parameters
    ----------
    drivers
        As of `key_drivers`: ``driver``, ``share``, ``performance``, ``clear``.
    ratings
        As of `satisfaction`, one row per ``question``: ``top_box``, ``ci_low``, ``ci_high``, ``n``.

    Examples
    --------
    >>> drivers = pd.DataFrame({"driver": ["a", "b"], "share": [0.7, 0.3], "performance": [3.0, 4.0], "clear": True})
    >>> ratings = pd.DataFrame({"question": ["a"], "top_box": [0.6], "ci_low": [0.5], "ci_high": [0.7], "n": [90]})
    >>> rating_needs(drivers, ratings)[["item", "share", "ci_low"]].round(1).values.tolist()
    [['a', 0.4, 0.3]]
    """
    matters = drivers["clear"].astype(bool) & (drivers["share"] >= drivers["share"].mean())
    low = drivers["performance"] < drivers["performance"].mean()
    rows = ratings[ratings["question"].isin(drivers.loc[matters & low, "driver"])]
    return pd.DataFrame(
        {
            "group": EVERYBODY,
            "item": rows["question"].to_numpy(),
            "kind": "rating",
            "share": 1 - rows["top_box"].to_numpy(dtype=float),
            "ci_low": 1 - rows["ci_high"].to_numpy(dtype=float),
            "ci_high": 1 - rows["ci_low"].to_numpy(dtype=float),
            "n": rows["n"].to_numpy(),
        }
    )


def kano_needs(kano: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return features that customers clearly expect (M) or want more of (O) as evidence.

    Parameters
    ----------
    kano
        The table of `kano`.
    confidence
        Coverage of the intervals (Wilson).

    Examples
    --------
    >>> table = pd.DataFrame({"feature": ["app"], "M": [60], "O": [20], "category": ["M"], "clear": [True], "n": [100]})
    >>> kano_needs(table)[["item", "share"]].values.tolist()
    [['app', 0.8]]
    """
    rows = kano[kano["category"].isin(["M", "O"]) & kano["clear"].astype(bool)]
    n = rows["n"].to_numpy(dtype=float)
    share = (rows["M"] + rows["O"]).to_numpy(dtype=float) / np.maximum(n, 1)
    low, high = wilson(share, n, confidence)
    items = rows["feature"].to_numpy()
    return pd.DataFrame(
        {"group": EVERYBODY, "item": items, "kind": "kano", "share": share, "ci_low": low, "ci_high": high, "n": n}
    )


def usage_needs(gaps: pd.DataFrame) -> pd.DataFrame:
    """Return what customers stopped buying, or do not buy as their like do, as evidence.

    Parameters
    ----------
    gaps
        The table of `workbench.clv.usage_gaps`. All customers were counted, so intervals are the shares themselves.

    Examples
    --------
    >>> gaps = pd.DataFrame({"segment": [0], "item": ["tea"], "active": [100], "stopped": [30], "missing": [0]})
    >>> usage_needs(gaps)[["item", "kind", "share"]].values.tolist()
    [['tea', 'stopped', 0.3], ['tea', 'missing', 0.0]]
    """
    parts = []
    for kind in ("stopped", "missing"):
        share = gaps[kind] / gaps["active"]
        group = gaps["segment"].map(lambda s: EVERYBODY if s == 0 else str(s))
        parts.append(
            pd.DataFrame({"group": group, "item": gaps["item"], "kind": kind, "share": share, "n": gaps["active"]})
        )
    found = pd.concat(parts, ignore_index=True)
    return found.assign(ci_low=found["share"], ci_high=found["share"])[list(EVIDENCE)]
