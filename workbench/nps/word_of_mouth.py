"""Word of mouth: who refers others and who posts, by what they say they would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, current_language, message
from workbench.core.membership import among
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation import Design, compare_groups, estimate_proportion
from workbench.estimation.chosen import chosen_design
from workbench.nps.columns import CI_HIGH, CI_LOW, SHARE, STD_ERROR
from workbench.nps.wording import in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KINDS: Final[Mapping[str, Sequence[str]]] = {
    "referral": ("referral", "推荐", "转介绍"),
    "post": ("post", "review", "发帖", "评论"),
}
WORDS: Final[Mapping[str, Message]] = {"referral": message("Referred somebody"), "post": message("Posted about us")}
CLASSES: Final[Mapping[str, Message]] = {
    "promoters": message("Promoters"),
    "passives": message("Passives"),
    "detractors": message("Detractors"),
}
CLASS, DID = "(class)", "(did)"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class WordOfMouth(Result):
    """Share of customers who refer or post, by what they answered.

    Attributes
    ----------
    table
        One row per kind and class: ``kind`` (``referral``, ``post``), ``group`` (``promoters``, ``passives``,
        ``detractors``), ``estimate`` (share who did at least once), ``std_error``, ``ci_low``, ``ci_high``, ``n``,
        ``p_value`` (that all classes do so alike).
    """

    caption: ClassVar[Message] = message("Word of mouth by score")
    columns: ClassVar[Mapping[str, Column]] = {
        "kind": Column(message("What they did")),
        "group": Column(message("Class")),
        "estimate": SHARE,
        "std_error": STD_ERROR,
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
        "p_value": Column(message("p-value that classes are alike"), "p"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with kinds and classes in words."""
        return in_words(in_words(self.table, "kind", WORDS, language), "group", CLASSES, language)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw each share with its interval and base."""
        shown = self.shown_table(language or current_language())
        shown = shown.assign(label=shown["kind"] + " · " + shown["group"])

        def draw(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="label", style="pct1", language=language)

        return charts.draw_figure(draw, height=max(2.0, 0.45 * len(shown) + 0.8))


def word_of_mouth(
    responses: pd.DataFrame,
    interactions: pd.DataFrame,
    design: Design | None = None,
    *,
    column: str = "recommend",
    kinds: Mapping[str, Sequence[str]] = KINDS,
    confidence: float = 0.95,
) -> WordOfMouth:
    """Estimate how many customers refer others or post, by the score they gave.

    Parameters
    ----------
    responses
        Answers with ``customer_id`` and `column`.
    interactions
        ``customer_id`` and ``kind``.
    design
        The sampling design of the answers.
    column
        Column of `responses` with the 0–10 answer.
    kinds
        What is counted → values of ``kind`` that mean it.
    confidence
        Coverage of the intervals.

    Returns
    -------
    WordOfMouth

    Raises
    ------
    InputError
        If a column is missing, or no interaction is of these kinds.

    Notes
    -----
    Shares have logit intervals; the p-value is that of the joint test of `workbench.estimation.compare_groups`.

    Examples
    --------
    >>> answers = pd.DataFrame({"customer_id": list("abcdef"), "recommend": [10, 10, 8, 7, 2, 3]})
    >>> told = pd.DataFrame({"customer_id": ["a"], "kind": ["referral"]})
    >>> word_of_mouth(answers, told).table[["kind", "group", "estimate"]]
           kind       group  estimate
    0  referral   promoters       0.5
    1  referral    passives       0.0
    2  referral  detractors       0.0
    """
    require_columns(map(str, responses.columns), ["customer_id", column], where="responses")
    require_columns(map(str, interactions.columns), ["customer_id", "kind"], where="interactions")
    score = responses[column]
    group = np.where(score >= 9, "promoters", np.where(score >= 7, "passives", "detractors")).astype(object)
    rows = responses.assign(**{CLASS: pd.Series(group, index=responses.index).where(score.notna())})
    plan = chosen_design(design, lonely_psu="certainty")
    parts = []
    for kind, values in kinds.items():
        people = interactions.loc[interactions["kind"].isin(list(values)), "customer_id"]
        if not len(people):
            continue
        marked = rows.assign(**{DID: among(rows["customer_id"], people).astype(int)})
        table = estimate_proportion(marked, DID, plan, level=1, by=CLASS, confidence=confidence).table
        table = table.set_index(CLASS).reindex([c for c in CLASSES if c in set(table[CLASS])]).reset_index()
        p = np.nan
        if marked[DID].sum() >= 5 and len(table) > 1:
            test = compare_groups(marked, DID, plan, by=CLASS, statistic="proportion", adjust=None)
            p = float(test.test["p_value"].iloc[0])
        parts.append(table.rename(columns={CLASS: "group"}).assign(kind=kind, p_value=p))
    if not parts:
        raise InputError(
            "There is word of mouth to count.",
            found=f"no interactions of kind {', '.join(v for vs in kinds.values() for v in vs)}",
            fix="Pass kinds= with the values your CRM uses.",
            where="interactions",
        )
    columns = ["kind", "group", "estimate", "std_error", "ci_low", "ci_high", "n", "p_value"]
    note = message("Counted among customers who answered; the others are not in these shares.")
    return WordOfMouth(level=confidence, table=pd.concat(parts, ignore_index=True)[columns], notes=(Note(note),))
