"""Chapter 50: how loyal and how satisfied customers are, where, why, and what has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core.choices import choice_separator
from workbench.core.language import Message, Spoken, message
from workbench.estimation import Change, Design
from workbench.nps import NetPromoterScore, NpsByGroups, Satisfaction, satisfaction
from workbench.nps.satisfaction_change import SatisfactionChange
from workbench.report.chapter import LIST_SETTINGS, Chapter, ChapterParameters
from workbench.report.chapters.loyalty.sections import GROUPS, SECTIONS, asked_for, rated, told_apart
from workbench.report.chapters.response.design import survey_design
from workbench.report.chapters.segments.chapter import segment_names
from workbench.report.quotes import FILE
from workbench.store import Wave
from workbench.store.config.questions import Rating
from workbench.store.sets import set_items, with_sets
from workbench.store.value_names import value_names

ChangeMethod = Callable[..., SatisfactionChange]
UNKNOWN = "–"
NAME = "50_loyalty"
HEADLINE = (
    "measure",
    "estimate",
    "std_error",
    "ci_low",
    "ci_high",
    "n",
    "n_effective",
    "change",
    "change_error",
    "change_low",
    "change_high",
    "p_value",
)


class LoyaltyParameters(ChapterParameters):
    """Parameters of the notebook."""

    bootstrap: int = 500
    seed: int = 1
    recent_days: int = 90


def _left_out(wave: Wave) -> Message | None:
    if not wave.has("respondents"):
        return message("There are no weighted answers.")
    if not asked_for(wave) and not rated(wave):
        return message("Nobody was asked how likely they are to recommend the company, or how satisfied they are.")
    return None


CHAPTER = Chapter(
    name=NAME,
    title=message("Loyalty and satisfaction"),
    parameters=LoyaltyParameters,
    reads=(
        "respondents",
        "raking_totals",
        "weight_replicates",
        "segments",
        "segment_names",
        "tiers",
        "clv",
        "customers",
        "transactions",
        "contacts",
        "responses",
        "sample",
        "interactions",
        "panel",
        "contracts",
        "regions",
        "posts",
    ),
    makes=(
        "loyalty",
        "nps_groups",
        "ratings",
        "drivers",
        "topics",
        "quotes",
        "tones",
        "needs",
        "scorecard",
        "findings_loyalty",
    ),
    after=("20_response", "30_segments", "40_value", "60_tiers"),
    left_out=_left_out,
    reads_before=("loyalty", "ratings", "respondents", "raking_totals", "weight_replicates", "actions", "tiers"),
    settings=(
        "languages",
        "currency",
        "labels",
        "values",
        "questions",
        "sets",
        "response",
        "sample",
        "loyalty",
        "offers.item",
        "tiers",
        "targets",
        "marks",
        *LIST_SETTINGS,
        "fieldwork.interviewers",
        "privacy.publish_quotes",
    ),
    beside=(FILE,),
    sections=SECTIONS,
)


@dataclass(frozen=True)
class Asked:
    """The answers of a wave and of the one before, as every part of the chapter needs them.

    Attributes
    ----------
    answers, design
        Answers of this wave with segment and tier, and how they came about.
    before, before_design
        The same of the wave before; None without one.
    shared
        Column of customer ids where both waves asked some of the same customers.
    by
        Breakdowns of ``loyalty: by:`` that tell the answers apart.
    names
        Breakdown → group → its name as readers know it.
    """

    answers: pd.DataFrame
    design: Design
    before: pd.DataFrame | None
    before_design: Design | None
    shared: str | None
    by: list[str]
    names: Mapping[str, Mapping[Any, Spoken]]

    @property
    def exclusive(self) -> list[str]:
        """Breakdowns with one group per answer; where several choices could be ticked, shares do not add up."""
        return [c for c in self.by if choice_separator(self.answers[c]) is None]

    @property
    def designs(self) -> tuple[Design, Design]:
        """Designs of the wave before and of this one."""
        return (self.before_design or self.design, self.design)

    def compares(self, column: str) -> bool:
        """Tell whether the wave before asked the same."""
        return self.before is not None and column in self.before and bool(self.before[column].notna().any())


def opened(wave: Wave) -> Asked:
    """Return the answers of a wave and of the one before, ready for every part of the chapter."""
    answers, previous = answers_of(wave), wave.previous
    there = previous is not None and previous.has("respondents")
    before = answers_of(previous) if previous is not None and there else None
    return Asked(
        answers=answers,
        design=survey_design(wave),
        before=before,
        before_design=survey_design(previous) if previous is not None and there else None,
        shared=None if before is None else shared_ids(wave, before, answers),
        by=[c for c in wave.config.loyalty.by if c in answers and told_apart(answers[c])],
        names=group_names(wave),
    )


def answers_of(wave: Wave) -> pd.DataFrame:
    """Return a wave's respondents with the segment and the tier of each, where they are known."""
    answers: pd.DataFrame = wave.read("respondents")
    for column, name in GROUPS.items():
        if wave.has(name):
            known = wave.read(name, only=answers["customer_id"])[["customer_id", column]]
            answers = answers.drop(columns=column, errors="ignore").merge(known, on="customer_id", how="left")
    answers = with_sets(answers, wave.config)
    # who did not answer a question of several answers is in none of its groups, and not in their rest
    present = [c for c in wave.config.loyalty.by if c in answers and choice_separator(answers[c]) is None]
    return answers.assign(**{c: answers[c].astype("object").where(answers[c].notna(), UNKNOWN) for c in present})


def group_names(wave: Wave) -> dict[str, Mapping[Any, Spoken]]:
    """Return the names of the groups of each breakdown as readers know them."""
    given = {c: value_names(wave.config, c) for c in wave.config.loyalty.by}
    return {**given, "segment": segment_names(wave), "tier": {t.name: t.label for t in wave.config.tiers}}


def shared_ids(wave: Wave, previous: pd.DataFrame, current: pd.DataFrame) -> str | None:
    """Return the id column if both waves asked some of the same customers, else None."""
    both = bool(set(previous["customer_id"]) & set(current["customer_id"]))
    before = wave.previous.config.response.replicates if wave.previous is not None else None
    # replicates that were made in different ways show nothing of what the waves have in common
    alike = wave.config.response.replicates == before
    # nor do those that weighed each wave anew
    alike = alike and not any(w is not None and w.has("weight_replicates") for w in (wave, wave.previous))
    return "customer_id" if both and alike and wave.config.response.psu is None else None


def headline(measure: str, row: pd.Series, change: Change | None) -> pd.DataFrame:
    """Return a headline number with interval, base and change, one row, to be kept."""
    line = {"measure": measure, **row[["estimate", "std_error", "ci_low", "ci_high", "n", "n_effective"]].to_dict()}
    if change is not None:
        line |= _moved(change.table.iloc[0])
    return pd.DataFrame([line]).reindex(columns=list(HEADLINE))


def _moved(change: pd.Series) -> dict[Any, float]:
    named = {"change": "estimate", "change_error": "std_error", "change_low": "ci_low", "change_high": "ci_high"}
    return {kept: change[name] for kept, name in {**named, "p_value": "p_value"}.items()}


def score_row(score: NetPromoterScore) -> pd.Series:
    """Return the score of everybody under the names of every estimate."""
    return score.table.iloc[0].rename({"nps": "estimate"})


def ratings_of(wave: Wave) -> dict[str, Rating]:
    """Return the rating questions the wave asked, in the order of ``wave.yaml``."""
    return {n: wave.config.questions[n] for n in rated(wave)}


def rating_table(
    answers: pd.DataFrame, design: Design, questions: Mapping[str, Rating], *, confidence: float = 0.95
) -> Satisfaction:
    """Return satisfaction with every question asked, one line each.

    Returns
    -------
    Satisfaction
        Its table has ``question`` (the column) before the other columns.
    """
    parts = []
    for name, question in questions.items():
        if answers[name].notna().sum() == 0:
            continue
        top = question.high - question.top_box + 1
        scale = (question.low, question.high)
        result = satisfaction(answers, name, design, scale=scale, top=top, confidence=confidence)
        parts.append((result.table.assign(question=name), result.distribution.assign(question=name), result.notes))
    table = pd.concat([p[0] for p in parts], ignore_index=True)
    distribution = pd.concat([p[1] for p in parts], ignore_index=True)
    return Satisfaction(
        table=table[["question", *[c for c in table if c != "question"]]],
        distribution=distribution,
        notes=tuple(dict.fromkeys(n for p in parts for n in p[2])),
    )


def question_names(wave: Wave) -> dict[str, Spoken]:
    """Return the questions as readers know them."""
    items = {
        column: values_spoken(wave, name, c)
        for name in wave.config.sets
        for c, column in set_items(wave.config, name).items()
    }
    return {**items, **{n: q.label for n, q in wave.config.questions.items()}}


def values_spoken(wave: Wave, name: str, choice: str) -> Spoken:
    """Return a choice of a set as readers know it."""
    return value_names(wave.config, name).get(choice) or message("{choice}", choice=choice)


def rating_changes(wave: Wave, asked: Asked, method: ChangeMethod, first: str) -> SatisfactionChange:
    """Return how good ratings changed, for the questions both waves asked on the same scale; none where none was.

    Parameters
    ----------
    method
        `workbench.nps.satisfaction_change.satisfaction_change`.
    first
        The headline question.
    """
    plan, questions = wave.config.loyalty, ratings_of(wave)
    before = wave.previous.config.questions if wave.previous is not None else {}
    same = {
        n: float(q.top_box)
        for n, q in questions.items()
        if n in before and (before[n].low, before[n].high, before[n].top_box) == (q.low, q.high, q.top_box)
    }
    tops = {n: t for n, t in same.items() if asked.compares(n)}
    if asked.before is None or not tops:
        columns = ["question", "current", *HEADLINE[1:4], "p_adjusted", "state"]
        return SatisfactionChange(table=pd.DataFrame(columns=columns), family=1)
    return method(
        asked.before,
        asked.answers,
        asked.designs,
        tops,
        first=first,
        id=asked.shared,
        confidence=plan.confidence,
        minimum_base=plan.minimum_base,
    )


def satisfied(ratings: Satisfaction, changes: SatisfactionChange) -> pd.DataFrame:
    """Return the headline number of satisfaction, that of the first question, to be kept."""
    row = ratings.table.iloc[0]
    line = {"measure": "satisfied", "estimate": row["top_box"]}
    line |= {c: row[c] for c in ("std_error", "ci_low", "ci_high", "n", "n_effective") if c in row}
    mine = changes.table[changes.table["question"] == row["question"]]
    if len(mine):
        line |= _moved(mine.iloc[0])
    return pd.DataFrame([line]).reindex(columns=list(HEADLINE))


def kept_groups(groups: NpsByGroups) -> pd.DataFrame:
    """Return the NPS by group as it is kept: groups as text, since one table holds several breakdowns."""
    return groups.table.assign(group=groups.table["group"].astype(str))
