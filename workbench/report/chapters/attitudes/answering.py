"""Those who answered, with the ratings and batteries they are divided by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from workbench.clustering import BatteryScore, battery_score
from workbench.core.engine import Table, as_table
from workbench.core.language import Message, message, plural
from workbench.core.names import CUSTOMER_ID, RECOMMEND, WEIGHT
from workbench.core.results import Note
from workbench.report.chapters.segments.chapter import formed_by_answers
from workbench.report.chapters.segments.people import with_named_columns
from workbench.store import Wave

FEWEST = 100  # answers: with fewer, segments would be too small to be told apart
HALF = 0.5  # of the respondents have to have answered a rating that nobody named


@dataclass(frozen=True)
class Answering:
    """Those who answered at least one of the ratings they are divided by.

    Attributes
    ----------
    people
        One row each: ``customer_id``, ``weight``, the features, and what came along with the answers.
    features, categories
        The ratings, batteries and other columns they are divided by.
    batteries
        How well the ratings of each battery go together.
    unanswered
        Respondents who answered none of the ratings, and so are in no segment.
    scales
        Lowest and highest answer of each rating and battery.
    """

    people: Table
    features: list[str]
    categories: list[str]
    batteries: dict[str, BatteryScore]
    unanswered: int
    scales: dict[str, tuple[float, float]]

    @property
    def notes(self) -> list[Note]:
        """Who is in no segment, and what is to be known about the batteries."""
        told = [n for found in self.batteries.values() for n in found.notes]
        if self.unanswered:
            text = plural(
                "{n:people} respondent answered none of the ratings and is in no segment.",
                "{n:people} respondents answered none of the ratings and are in no segment.",
                n=self.unanswered,
            )
            told.append(Note(text))
        return told


def features_of(wave: Wave) -> tuple[list[str], list[str]]:
    """Return the features and categories of a wave's attitudes.

    Those of ``wave.yaml`` where it names a question or a battery; else all batteries and ratings that at least half of
    the respondents answered, and not all alike. Whether they would recommend the company is what segments are asked
    about, so it is none of them unless it is named.
    """
    plan = wave.config.segments
    if formed_by_answers(wave):
        return list(plan.features), list(plan.categories)
    inner = {i for items in plan.batteries.values() for i in items}
    there = set(wave.columns("respondents"))
    names = [q for q in wave.config.questions if q != RECOMMEND and q in there and q not in inner]
    answers = wave.read("respondents", columns=names) if names else pd.DataFrame()
    asked = [n for n in names if answers[n].notna().mean() >= HALF and len(answers[n].dropna().unique()) > 1]
    return [*(b for b, items in plan.batteries.items() if set(items) <= there), *asked], []


def answering(wave: Wave, features: Sequence[str], categories: Sequence[str] = ()) -> Answering:
    """Return those who answered, with batteries as one score each and columns of orders and customers joined.

    Raises
    ------
    InputError
        If a feature is nowhere, or a battery's ratings are none.
    """
    rows = wave.read("respondents")
    plan = wave.config.segments
    batteries = {name: battery_score(rows, plan.batteries[name]) for name in features if name in plan.batteries}
    rows = rows.assign(**{name: found.score for name, found in batteries.items()})
    if WEIGHT not in rows:
        rows[WEIGHT] = 1.0
    rated = [c for c in (*features, *categories) if c in wave.config.questions or c in batteries]
    answered = rows[rated].notna().any(axis=1) if rated else pd.Series(True, index=rows.index)
    kept = rows[answered].drop_duplicates(CUSTOMER_ID)
    people = with_named_columns(wave, as_table(kept, wave.engine), [*features, *categories])
    asked = wave.config.questions
    of = {**{q: q for q in asked}, **{b: items[0] for b, items in plan.batteries.items()}}
    scales = {f: (float(asked[of[f]].low), float(asked[of[f]].high)) for f in features if of.get(f) in asked}
    return Answering(people, list(features), list(categories), batteries, int(len(rows) - answered.sum()), scales)


def batteries_table(found: Answering) -> pd.DataFrame | None:
    """Return the ratings of all batteries: ``battery``, and the columns of `BatteryScore` with ``alpha``."""
    if not found.batteries:
        return None
    parts = [
        b.table.assign(battery=pd.Series([name] * len(b.table), dtype=object), alpha=b.alpha)
        for name, b in found.batteries.items()
    ]
    return pd.concat(parts, ignore_index=True)[["battery", "item", "n", "mean", "item_rest", "alpha"]]


def no_batteries(wave: Wave) -> Message | None:
    """Return why there is nothing to say about batteries, None if there is."""
    named = set(features_of(wave)[0]) & set(wave.config.segments.batteries)
    return None if named else message("No batteries are named in 'segments: batteries:'.")
