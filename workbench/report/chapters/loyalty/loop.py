"""Chapter 50, closing the loop: whom to call, what became of the last list, complaints by owner, word of mouth."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from workbench.core.errors import InputError, UntrustedWarning
from workbench.core.language import Message, Spoken, message
from workbench.core.names import Column
from workbench.estimation import Design
from workbench.nps import (
    CallbackEffect,
    CallbackList,
    CallbackStatus,
    ComplaintThemes,
    WordOfMouth,
    callback_effect,
    callback_list,
    callback_status,
    code_comments,
    complaint_themes,
    word_of_mouth,
)
from workbench.nps.callbacks import REASONS
from workbench.report.chapters.loyalty.comments import TopicName, frame_source
from workbench.report.export.lists import write_sheets, write_workbook
from workbench.report.site.blocks import Finding
from workbench.store import Wave

LIST = "callbacks"
FEWEST_ASKED_AGAIN = 30
MOST_LISTED = 1_000_000
OUTCOMES: Mapping[str, Spoken] = {
    "score_after": message("Score in this wave, 0–10"),
    "spend_after": message("Spending since the list"),
}
STATUS_SHOWN = (
    "reason",
    "listed",
    "called",
    "called_low",
    "called_high",
    "solved",
    "solved_base",
    "recovered",
    "recovered_low",
    "recovered_high",
    "recovered_base",
)
EFFECT_SHOWN = (
    "outcome",
    "called",
    "alike",
    "estimate",
    "ci_low",
    "ci_high",
    "p_adjusted",
    "verdict",
    "n",
    "n_alike",
    "unmatched",
)
THEME_SHOWN = (
    "department",
    "topic",
    "complaints",
    "share",
    "ci_low",
    "ci_high",
    "still_open",
    "days",
    "previous",
    "change",
    "verdict",
)
LIST_COLUMNS = {"reason": Column(message("Reason"))}


@dataclass(frozen=True)
class Loop:
    """Everything the chapter says about closing the loop; parts are None where the wave has no data for them."""

    calls: CallbackList
    status: CallbackStatus | None
    effect: CallbackEffect | None
    themes: ComplaintThemes | None
    mouth: WordOfMouth | None


def close_loop(wave: Wave, answers: pd.DataFrame, design: Design) -> Loop:
    """Return whom to call, what became of the last list, and what complaints and referrals say."""
    cases = wave.read("interactions") if wave.has("interactions") else None
    status = last_list(wave, cases)
    return Loop(
        calls=calls_of(wave, cases),
        status=status,
        effect=effect_of(wave, status),
        themes=themes_of(wave, cases),
        mouth=mouth_of(answers, cases, design),
    )


def keep_calls(wave: Wave, loop: Loop) -> None:
    """Keep the list with the wave, write it and the departments' complaints as workbooks; no id goes to the report."""
    wave.keep(LIST, loop.calls.customers, made_by="50_loyalty")
    reasons = loop.calls.customers["reason"].map({r: m.text(wave.config.languages[0]) for r, m in REASONS.items()})
    listed = loop.calls.customers.assign(reason=reasons)
    write_workbook(listed.head(MOST_LISTED), wave.lists / "callback_list.xlsx")
    departments = department_lists(wave)
    if departments:
        write_sheets(departments, wave.lists / "complaints_by_department.xlsx")


def department_lists(wave: Wave) -> dict[str, pd.DataFrame]:
    """Return the open complaints of each department's themes, the oldest first; complaints of no theme by themselves.

    Returns
    -------
    dict
        Department → ``customer_id``, ``opened_at``, ``theme``, ``text``, in the first language of the wave. Empty
        where complaints have no text.
    """
    if not wave.has("interactions") or "text" not in wave.columns("interactions"):
        return {}
    language, today = wave.config.languages[0], pd.Timestamp(wave.config.as_of)
    cases = wave.read("interactions")
    opened, closed = (pd.to_datetime(cases[c]) for c in ("opened_at", "closed_at"))
    waits = (opened <= today) & (closed.isna() | (closed > today))
    if "kind" in cases:
        waits &= cases["kind"].isin(wave.config.loyalty.complaint_kinds)
    rows = cases[waits & cases["text"].notna()].sort_values(["opened_at", "customer_id"], ignore_index=True)
    if not (rows["text"].astype(str).str.strip() != "").any():
        return {}
    coded = code_comments(rows, "text", frame_source(wave))
    parts: dict[str, list[pd.DataFrame]] = {}
    none = message("No theme of the frame").text(language)
    themes = [(t.owner(language) or none, t.label(language), coded.codes[t.id]) for t in coded.frame.topics]
    themes.append((none, none, ~coded.codes.any(axis=1)))
    for owner, label, said in themes:
        found = rows.loc[said, ["customer_id", "opened_at", "text"]]
        if len(found):
            parts.setdefault(owner, []).append(found.assign(theme=label))
    columns = ["customer_id", "opened_at", "theme", "text"]
    return {
        owner: pd.concat(found).sort_values(["opened_at", "customer_id"], ignore_index=True)[columns]
        for owner, found in parts.items()
    }


def calls_of(wave: Wave, cases: pd.DataFrame | None) -> CallbackList:
    """Return detractors and open complaints, by yearly spending where tiers know it."""
    answered = wave.read("responses") if wave.has("responses") else wave.read("respondents")
    values = None
    if wave.has("tiers") and "amount_12m" in wave.columns("tiers"):
        values = wave.read("tiers", columns=["customer_id", "amount_12m"])
    kinds = wave.config.loyalty.complaint_kinds
    return callback_list(answered, cases, values, as_of=wave.config.as_of, value="amount_12m", complaint_kinds=kinds)


def last_list(wave: Wave, cases: pd.DataFrame | None) -> CallbackStatus | None:
    """Return what became of the previous wave's list, None where it had none."""
    previous = wave.previous
    if previous is None or not previous.has(LIST) or previous.config.as_of >= wave.config.as_of:
        return None
    listed = previous.read(LIST)
    if not len(listed):
        return None
    answered = wave.read("responses") if wave.has("responses") else None
    plan = wave.config.loyalty
    return callback_status(
        listed,
        cases,
        answered,
        since=previous.config.as_of,
        as_of=wave.config.as_of,
        call_kinds=plan.call_kinds,
        complaint_kinds=plan.complaint_kinds,
    )


def effect_of(wave: Wave, status: CallbackStatus | None) -> CallbackEffect | None:
    """Compare score and spending of those called with those alike on the list who were not; None without calls."""
    if status is None or wave.previous is None:
        return None
    people = status.customers.rename(columns={"score_before": "before"})
    people = people[people["called"].notna()].reset_index(drop=True)
    if people.empty:
        return None
    people["called"] = people["called"] > 0
    people["score_class"] = pd.cut(people["before"], [-1, 4, 6, 10], labels=["0-4", "5-6", "7-10"]).astype(object)
    alike = ["reason", "score_class"]
    if wave.previous.has("tiers"):
        tiers = wave.previous.read("tiers", only=people["customer_id"])[["customer_id", "tier"]]
        people = people.merge(tiers, on="customer_id", how="left")
        alike.append("tier")
    people["spend_after"] = spending_since(wave, people["customer_id"])
    outcomes = [o for o in OUTCOMES if people.loc[people["called"], o].notna().any()]
    try:
        with warnings.catch_warnings():
            # the note on the page says so
            warnings.simplefilter("ignore", UntrustedWarning)
            result = callback_effect(people, outcomes, alike=alike)
    except InputError:
        # nobody, or everybody, was called
        return None
    named = pd.Series([OUTCOMES[o] for o in result.table["outcome"]], dtype=object)
    return replace(result, table=result.table.assign(outcome=named))


def spending_since(wave: Wave, ids: pd.Series) -> pd.Series:
    """Return what each customer spent since the previous wave, missing without orders in the wave."""
    if not wave.has("transactions") or wave.previous is None:
        return pd.Series(float("nan"), index=ids.index)
    orders = wave.read("transactions", columns=["customer_id", "ordered_at", "amount"], only=ids)
    day = pd.to_datetime(orders["ordered_at"])
    inside = (day > pd.Timestamp(wave.previous.config.as_of)) & (day <= pd.Timestamp(wave.config.as_of))
    spent = orders[inside].groupby("customer_id")["amount"].sum()
    return ids.map(spent).astype(float).fillna(0.0)


def themes_of(wave: Wave, cases: pd.DataFrame | None) -> ComplaintThemes | None:
    """Return the complaints of the wave by theme, None where they have no text."""
    if cases is None or "text" not in cases:
        return None
    previous = wave.previous
    earlier = previous.read("interactions") if previous and previous.has("interactions") else None
    if earlier is not None and "text" not in earlier:
        earlier = None
    if previous is not None and earlier is not None:
        # what both files hold belongs to the wave before
        cases = cases[pd.to_datetime(cases["opened_at"]) > pd.Timestamp(previous.config.as_of)]
    try:
        return complaint_themes(
            cases,
            frame_source(wave),
            as_of=wave.config.as_of,
            previous=earlier,
            complaint_kinds=wave.config.loyalty.complaint_kinds,
        )
    except InputError:
        # no complaints
        return None


def mouth_of(answers: pd.DataFrame, cases: pd.DataFrame | None, design: Design) -> WordOfMouth | None:
    """Return referrals and posts by score, None where there are none."""
    if cases is None or "kind" not in cases:
        return None
    try:
        return word_of_mouth(answers, cases, design)
    except InputError:
        return None


def loop_findings(loop: Loop) -> list[Finding]:
    """Say how many to call, what became of the last list, and which complaint theme grew."""
    found = []
    calls = int(loop.calls.table["customers"].sum())
    worth = float(loop.calls.table["value"].sum())
    if calls and worth:
        text = message(
            "{n:int} customers should be called back; together they spent {value:money} in twelve months.",
            n=calls,
            value=worth,
        )
        found.append(Finding(text, "bad"))
    elif calls:
        found.append(Finding(message("{n:int} customers should be called back.", n=calls), "bad"))
    if loop.status is not None and loop.status.table["called_base"].iloc[-1]:
        row = loop.status.table.iloc[-1]
        text = message(
            "Of the {n:int} customers on the last list {called:pct1} were called ({low:pct1} to {high:pct1}).",
            n=row["listed"],
            called=row["called"],
            low=row["called_low"],
            high=row["called_high"],
        )
        found.append(Finding(text))
        if row["recovered_base"] >= FEWEST_ASKED_AGAIN:
            text = message(
                "Of {asked:int} detractors asked again {recovered:pct} are detractors no more ({low:pct} to "
                "{high:pct}).",
                asked=row["recovered_base"],
                recovered=row["recovered"],
                low=row["recovered_low"],
                high=row["recovered_high"],
            )
            found.append(Finding(text))
    if loop.themes is not None:
        grown = loop.themes.table[loop.themes.table["verdict"] == "up"].head(1)
        for topic in grown["topic"]:
            names = {t.id: t for t in loop.themes.frame.topics}
            if topic in names:
                said = loop.themes.table.set_index("topic").loc[topic]
                text = message(
                    "Complaints about {topic} grew to {share:pct} of all complaints.",
                    topic=TopicName(names[topic].labels),
                    share=said["share"],
                )
                found.append(Finding(text, "bad"))
    return found


def reach_note(loop: Loop) -> Message | None:
    """Say that the interactions do not reach back, where no complaint of the list is found in them."""
    if loop.status is None:
        return None
    listed = loop.status.customers["reason"].isin(["complaint", "both"]).any()
    if listed and not loop.status.table.iloc[-1]["solved_base"]:
        return message(
            "The interactions of this wave do not reach back to the complaints of the last list, so whether they were "
            "solved is not known."
        )
    return None
