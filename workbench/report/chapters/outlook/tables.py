"""Chapter 45's tables: what of its results is shown, in words."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.core.language import Message, Spoken, message
from workbench.learning import Choice, Promise, PromiseByGroup, Scores
from workbench.learning.choosing import CANDIDATES
from workbench.learning.reasons import AGAINST
from workbench.report.chapters.value.groups import Names, breakdown_label
from workbench.report.site.blocks import Card


def outlook_cards(scores: Scores, choice: Choice) -> list[Card]:
    """Return the headline numbers of the chapter."""
    told = scores.summary.iloc[0]
    ahead = message("in the next {days:int} days", days=scores.horizon_days)
    return [
        Card(message("Expected to buy"), message("{n:int}", n=told["buying"]), ahead),
        Card(message("Expected spend"), message("{clv:money}", clv=told["expected_spend"]), ahead),
        Card(message("Told by"), message("{name}", name=choice.label), _known_from(choice)),
    ]


def _known_from(choice: Choice) -> Message:
    return message("tested on the days after {day:date}", day=choice.folds["tested_on"].iloc[0])


def reasons_table(scores: Scores) -> pd.DataFrame:
    """Return what speaks against buying, in words."""
    words = pd.Series([AGAINST[r] for r in scores.reasons["reason"]], dtype=object)
    return scores.reasons.assign(reason=words)


def total_table(promise: Promise) -> pd.DataFrame:
    """Return chances told and shares that bought of all customers tested on, in one row."""
    row = {"customers": promise.n, "told": promise.told, "bought": promise.bought, "p_value": promise.p_value}
    return pd.DataFrame([row])


def named_folds(choice: Choice) -> pd.DataFrame:
    """Return what each candidate learnt from and was tested on, in words."""
    words = pd.Series([CANDIDATES[c] for c in choice.folds["candidate"]], dtype=object)
    return choice.folds.assign(candidate=words)


def fairness_tables(found: PromiseByGroup, names: Names, labels: Mapping[str, Spoken]) -> list[pd.DataFrame]:
    """Return chances told and shares that bought by group, in words; nothing where there are no groups."""
    if not len(found.table):
        return []
    pairs = list(zip(found.table["breakdown"].astype(str), found.table["group"].astype(str), strict=True))
    columns = {
        "breakdown": pd.Series([breakdown_label(b, labels) for b, _ in pairs], dtype=object),
        "group": pd.Series([names.get(b, {}).get(g, g) for b, g in pairs], dtype=object),
    }
    return [found.table.assign(**columns)]
