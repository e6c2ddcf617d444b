"""The sections of chapter 50 in the order of its page, and when a wave has nothing for one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import pandas as pd

from workbench.core.choices import choice_separator
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, RECOMMEND
from workbench.report.chapter import Section
from workbench.report.chapters.loyalty.interactions import has_kind
from workbench.store import Wave
from workbench.store.sets import set_items, with_sets

GROUPS = {"segment": "segments", "tier": "tiers"}
# how survey tools name the items of one question
ITEM = re.compile(r"(.+)[_.\-]\d+")


def asked_for(wave: Wave) -> bool:
    """Tell whether anybody answered whether they would recommend the company."""
    return bool(_answered(wave, [RECOMMEND]))


def rated(wave: Wave) -> list[str]:
    """Return the rating questions of ``wave.yaml`` that anybody answered."""
    return _answered(wave, [n for n in wave.config.questions if n != RECOMMEND])


def _answered(wave: Wave, questions: Sequence[str]) -> list[str]:
    there = [n for n in questions if n in wave.columns("respondents")]
    answers = wave.read("respondents", columns=there)
    return [n for n in there if answers[n].notna().any()]


def _no_score(wave: Wave) -> Message | None:
    return None if asked_for(wave) else message("Nobody was asked whether they would recommend the company.")


def told_apart(column: pd.Series) -> bool:
    """Tell whether a column tells respondents apart: it has two groups, one of which may be those without a value."""
    return len(column.unique()) > 1


def _groups_of(wave: Wave, column: str) -> pd.Series | None:
    """Return a breakdown of the respondents: segment and tier from their tables, any other from the answers."""
    name = GROUPS.get(column)
    if name is not None and wave.has(name):
        people = wave.read("respondents", columns=[CUSTOMER_ID])
        return people.merge(wave.read(name, only=people[CUSTOMER_ID])[[CUSTOMER_ID, column]], how="left")[column]
    plan, there = wave.config.sets.get(column), wave.columns("respondents")
    if plan is not None and column not in there:
        answers = wave.read("respondents", columns=[c for c in plan.columns if c in there])
        return with_sets(answers, wave.config).get(column)
    return wave.read("respondents", columns=[column])[column] if column in there else None


def _no_groups(wave: Wave) -> Message | None:
    found = [g for c in wave.config.loyalty.by if (g := _groups_of(wave, c)) is not None]
    if not found:
        return message("The answers have none of the columns that 'loyalty: by:' names.")
    if not any(told_apart(g) for g in found):
        return message("All answers are of one group in every column that 'loyalty: by:' names.")
    return _no_score(wave)


def _no_ratings(wave: Wave) -> Message | None:
    return None if rated(wave) else message("No rating questions are named in wave.yaml.")


def about_parts(names: Sequence[str]) -> list[str]:
    """Return the rating questions about parts of what a customer met: all but the first, which is about everything.

    Where the first is an item of a question with several, as survey tools number them, none is about everything.

    Examples
    --------
    >>> about_parts(["satisfaction", "service"]), about_parts(["Q2_1", "Q2_2"]), about_parts(["Q1", "Q2"])
    (['service'], ['Q2_1', 'Q2_2'], ['Q2'])
    """
    stems = [m[1] if (m := ITEM.fullmatch(n)) else None for n in names]
    return list(names if names and stems[0] is not None and stems[0] in stems[1:] else names[1:])


def _no_drivers(wave: Wave) -> Message | None:
    if not asked_for(wave):
        return _no_score(wave)
    wanted = [c for n in wave.config.loyalty.drivers for c in set_items(wave.config, n).values() or [n]]
    named = [n for n in wanted if n in wave.columns("respondents")]
    asked = wave.config.questions
    scales = Counter((asked[n].low, asked[n].high) for n in about_parts(rated(wave)))
    # unless drivers are named, they are the questions about parts, on the scale that most of them share
    if (len(named) or max(scales.values(), default=0)) < 2:
        return message("Two rating questions besides the first are needed for an analysis of drivers.")
    if not told_apart(wave.read("respondents", columns=[RECOMMEND])[RECOMMEND].dropna()):
        return message("Everybody gave the same answer, so nothing can be said about what drives it.")
    return None


def _no_comments(wave: Wave) -> Message | None:
    column = wave.config.loyalty.comment
    there = column in wave.columns("respondents")
    return None if there else message("The answers have no comments; name their column in 'loyalty: comment:'.")


def _no_regions(wave: Wave) -> Message | None:
    known = _groups_of(wave, "region")
    if known is None or known.dropna().empty:
        return message("The customers' regions are not known.")
    return None if len(known.dropna().unique()) > 1 else message("All answers are of one region.")


def _no_mix(wave: Wave) -> Message | None:
    before = wave.previous
    known = {c: g for c in wave.config.loyalty.by if (g := _groups_of(wave, c)) is not None and told_apart(g)}
    by = [c for c, g in known.items() if choice_separator(g) is None]
    there = before is not None and before.has("respondents") and asked_for(before)
    if before is None or not there or not by or _groups_of(before, by[0]) is None:
        return message("There is no previous wave with the same groups.")
    return _no_groups(wave)


def _no_themes(wave: Wave) -> Message | None:
    there = "text" in wave.columns("interactions")
    return None if there else message("There are no complaints with a text.")


def _no_list(wave: Wave) -> Message | None:
    before = wave.previous
    listed = before is not None and before.has("actions") and before.config.as_of < wave.config.as_of
    return None if listed else message("There is no list of a previous wave to follow up.")


def _no_calls(wave: Wave) -> Message | None:
    if "kind" not in wave.columns("interactions"):
        return _no_list(wave) or message("No calls are recorded; a table of interactions with their kind tells them.")
    kinds = wave.config.loyalty.call_kinds
    text = message("No calls are recorded: no interaction is of a kind that 'loyalty: call_kinds:' names.")
    return _no_list(wave) or (None if has_kind(wave, kinds) else text)


def _no_kinds(wave: Wave) -> Message | None:
    there = "kind" in wave.columns("interactions")
    return _no_score(wave) if there else message("The interactions do not tell referrals and posts.")


def _no_posts(wave: Wave) -> Message | None:
    kinds = [*wave.config.loyalty.post_kinds, *wave.config.loyalty.interview_kinds]
    if "text" in wave.columns("posts"):
        return None
    if {"text", "kind"} <= set(wave.columns("interactions")) and has_kind(wave, kinds, text=True):
        return None
    return message("There are no posts or interviews with a text.")


def _no_kano(wave: Wave) -> Message | None:
    return None if wave.config.loyalty.kano else message("No pairs of questions are named in 'loyalty: kano:'.")


def _no_battery(wave: Wave) -> Message | None:
    return message("Two rating questions are needed.") if len(rated(wave)) < 2 else None


def _no_change(wave: Wave) -> Message | None:
    before = wave.previous
    there = before is not None and before.has("respondents") and asked_for(before)
    return _no_score(wave) or (None if there else message("There is no previous wave that asked the question."))


SECTIONS = (
    Section("score", message("Score"), makes=("loyalty",), left_out=_no_score),
    Section("groups", message("Groups"), makes=("nps_groups",), left_out=_no_groups),
    Section("mix", message("Real change or other customers"), left_out=_no_mix),
    Section("questions", message("Questions"), makes=("ratings",), left_out=_no_ratings),
    Section("drivers", message("Drivers"), makes=("drivers",), left_out=_no_drivers),
    Section("words", message("Words"), makes=("topics", "quotes"), left_out=_no_comments),
    Section("tone", message("Praise and complaints"), after=("words",), makes=("tones",), left_out=_no_comments),
    Section("needs", message("What customers need"), after=("tone",), makes=("needs",), left_out=_no_comments),
    Section("regions", message("Regions compared"), makes=("scorecard",), left_out=_no_regions),
    Section("loop", message("Closing the loop"), left_out=_no_list),
    Section("effect", message("Did calling help?"), after=("loop",), left_out=_no_calls),
    Section("complaints", message("Complaints by theme and owner"), left_out=_no_themes),
    Section("mouth", message("Word of mouth"), left_out=_no_kinds),
    Section("posts", message("Said outside the survey"), left_out=_no_posts),
    Section("kano", message("What customers expect"), left_out=_no_kano),
    Section("methods", message("The change computed in three ways"), after=("score",), left_out=_no_change),
    Section("ordinal", message("The ordinal model"), after=("drivers",), left_out=_no_drivers),
    Section("battery", message("Do the questions belong together?"), left_out=_no_battery),
)
