"""Chapter 90, what to do: the one list of customers to act on, kept with the wave, and the cards that speak of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from workbench.core.engine import Table
from workbench.core.language import Message, Spoken, message, plural
from workbench.core.names import Column
from workbench.core.people import is_few
from workbench.privacy.gate import COVERS
from workbench.report.chapters.loyalty.comments import TopicName
from workbench.report.chapters.outlook.lists import TO_CALL
from workbench.report.chapters.response.sources import counted_once
from workbench.report.chapters.summary.chapter import NAME, Found
from workbench.report.chapters.tiers.chapter import rules_of
from workbench.report.export.people import list_file, write_people
from workbench.report.site.blocks import Block, table
from workbench.report.site.panels import Action, folded
from workbench.store import Wave
from workbench.store.named_answers import named_answers
from workbench.store.people import gate_of
from workbench.store.wave import LISTS
from workbench.tiers import ActionList, Grades
from workbench.tiers.actions import reasons_in_words

MOST_LISTED = 1_000_000
LIST = "action_list"
NOT_NAMED = message("not named")
FALLEN_COLUMNS = {
    "previous_tier": Column(message("Tier before")),
    "customers": Column(message("To write to"), "people"),
    "amount": Column(message("Value"), "money"),
    "called": Column(message("To call"), "people"),
}


@dataclass(frozen=True)
class Sources:
    """What the list is made from; parts are None where the wave does not have them."""

    grades: Grades | None
    responses: Table | None
    previous: Table | None
    interactions: Table | None
    values: Table | None
    do_not_contact: Table | None
    do_not_write: Table | None


def sources_of(wave: Wave) -> Sources:
    """Return what the list of customers to act on is made from."""
    before = wave.previous
    scored = "recommend" in wave.columns("responses")
    return Sources(
        grades=grades_of(wave),
        responses=named_answers(wave) if scored else None,
        previous=before.table("tiers") if before is not None and before.has("tiers") else None,
        interactions=wave.table("interactions") if wave.has("interactions") else None,
        values=wave.table("tiers") if "amount_12m" in wave.columns("tiers") else None,
        do_not_contact=gate_of(wave, "service").refusing,
        do_not_write=gate_of(wave, "marketing").refusing if COVERS in wave.columns("customers") else None,
    )


def grades_of(wave: Wave) -> Grades | None:
    """Return the grades that chapter 60 kept, None without tiers."""
    if not wave.has("tiers") or not wave.config.tiers:
        return None
    value = "amount_12m" if "value" in wave.columns("tiers") else None
    return Grades(source=wave.table("tiers"), summary=pd.DataFrame(), rules=rules_of(wave), conditions={}, value=value)


def keep_actions(wave: Wave, actions: ActionList) -> None:
    """Keep the list with the wave and write it as a workbook with reasons in words; no id goes to the report."""
    wave.keep("actions", actions.source, made_by=NAME)
    wave.keep("action_counts", actions.summary, made_by=NAME)
    listed = actions.first(MOST_LISTED)
    if len(listed):
        listed = listed.assign(reason=reasons_in_words(listed, wave.config.languages[0]))
    write_people(wave, LIST, {"list": listed}, use="service")


def _file(wave: Wave) -> str:
    return f"{LISTS}/{list_file(wave, LIST)}"


def cards_of(wave: Wave, actions: ActionList, found: Found) -> list[Action]:
    """Return what to do, the most pressing first: call, try an improvement, keep those who may leave, write."""
    cards = [_call(wave, actions, found), _try(wave, found), _keep(wave, found), _write(wave, actions)]
    return [c for c in cards if c is not None]


def list_note(actions: ActionList) -> Message:
    """Say how long the one list is, and which complaints are not on it."""
    n = actions.customers("call") + actions.customers("write")
    within, elsewhere = actions.waiting["within"], actions.waiting["elsewhere"]
    if within + elsewhere:
        return plural(
            "{n:people} customer on the list. {more:people} more complaints are open: {within:people} within "
            "their service time, {elsewhere:people} in tiers the policy leaves out.",
            "{n:people} customers on one list, each once. {more:people} more complaints are open: "
            "{within:people} within their service time, {elsewhere:people} in tiers the policy leaves out.",
            n=n,
            more=within + elsewhere,
            within=within,
            elsewhere=elsewhere,
        )
    return plural("{n:people} customer on the list.", "{n:people} customers on one list, each once.", n=n)


def _stake(actions: ActionList, action: str) -> list[tuple[Message, Spoken, bool]]:
    rows = actions.summary[(actions.summary["action"] == action) & (actions.summary["reason"] == "all")]
    # the spending of few is theirs
    amount = 0 if is_few(actions.customers(action)) else rows["amount"].sum()
    return [(message("At stake"), message("{amount:money} of yearly spending", amount=amount), False)] if amount else []


def _owner(wave: Wave, *reasons: str) -> tuple[Message, Spoken, bool]:
    named = {**wave.config.owners.named(), "leaving": wave.config.owners.leaving}
    owners = list(dict.fromkeys(str(named[r]) for r in reasons if named.get(r)))
    if owners:
        return (message("Owner"), Message("{owners}", {"owners": ", ".join(owners)}), False)
    return (message("Owner"), NOT_NAMED, True)


def _call(wave: Wave, actions: ActionList, found: Found) -> Action | None:
    n = actions.customers("call")
    if not n:
        return None
    unhappy, waiting = actions.customers("call", "detractor"), actions.customers("call", "complaint")
    oldest = actions.summary.loc[actions.summary["reason"] == "complaint", "oldest_days"].max()
    values = {"unhappy": unhappy, "waiting": waiting, "oldest": oldest}
    if is_few(waiting):
        # how long the oldest waits is one customer's
        why = message(
            "{unhappy:people} gave 0 to 6 on recommending; {waiting:people} wait for an answer to a complaint."
        )
    elif unhappy and waiting:
        why = message(
            "{unhappy:people} gave 0 to 6 on recommending; {waiting:people} have a complaint open beyond its "
            "service time, the oldest for {oldest:int} days."
        )
    elif unhappy:
        why = message("{unhappy:people} gave 0 to 6 on recommending.")
    else:
        why = message(
            "{waiting:people} have a complaint open beyond its service time, the oldest for {oldest:int} days."
        )
    facts = [*_stake(actions, "call"), _owner(wave, "complaint", "detractor")]
    last = found.finding("loop.called")
    if last is not None:
        facts.append((message("Last time"), last.message, last.tone == "bad"))
    where = plural("{n:people} row to call in {file}", "{n:people} rows to call in {file}", n=n, file=_file(wave))
    return Action(
        plural("Call {n:people} customer now", "Call {n:people} customers now", n=n),
        Message(why.template, values),
        facts,
        where,
    )


def _try(wave: Wave, found: Found) -> Action | None:
    first, kept = found.finding("driver.worth"), found.table("drivers")
    if first is None or kept is None or not len(kept):
        return None
    row = kept.iloc[0]
    question = wave.config.questions.get(str(row["driver"]))
    label: Spoken = question.label if question is not None else Message(str(row["driver"]))
    proof = first.evidence
    why = message(
        "{q} goes with recommending most ({points:signed0} NPS per rating point, {low:signed0} to {high:signed0}) and "
        "{rest:pct} do not rate it good.",
        q=label,
        points=proof.estimate,
        low=proof.ci_low,
        high=proof.ci_high,
        rest=1 - row["good"],
    )
    facts: list[tuple[Message, Spoken, bool]] = []
    strata = found.table("frame_strata")
    if strata is not None and not counted_once(wave):
        reach = plural(
            "{rest:pct} of {n:people} customer",
            "{rest:pct} of {n:people} customers",
            rest=1 - row["good"],
            n=int(strata["population"].sum()),
        )
        facts.append((message("Reach"), reach, False))
    need = found.finding("need.first")
    if need is not None:
        facts.append((message("Most needed"), need.message, False))
    owner = _department(found, str(row["driver"]))
    facts.append((message("Owner"), owner or NOT_NAMED, owner is None))
    return Action(message("Try to improve {q}, and measure it", q=label), why, facts)


def _keep(wave: Wave, found: Found) -> Action | None:
    """Return whom to keep: those who may stay away, are worth it, and can be reached; the outlook has chosen them."""
    listed = found.finding("outlook.call")
    if listed is None:
        return None
    n = int(listed.evidence.estimate)
    facts: list[tuple[Message, Spoken, bool]] = [_owner(wave, "leaving")]
    facts.append((message("Done when"), message("more of them buy than of those held out by chance"), False))
    where = plural(
        "{n:people} row in {file}", "{n:people} rows in {file}", n=n, file=f"{LISTS}/{list_file(wave, TO_CALL)}"
    )
    title = plural("Keep {n:people} customer who may stay away", "Keep {n:people} customers who may stay away", n=n)
    return Action(title, listed.message, facts, where)


def _department(found: Found, driver: str) -> Spoken | None:
    """Return the department of the topic of the same name, None where there is none."""
    topics = found.table("topics")
    rows = topics[topics["topic"] == driver] if topics is not None else None
    if rows is None or not len(rows) or not rows["owner_en"].iloc[0]:
        return None
    return TopicName({"en": str(rows["owner_en"].iloc[0]), "zh-CN": str(rows["owner_zh"].iloc[0])})


def _write(wave: Wave, actions: ActionList) -> Action | None:
    n = actions.customers("write")
    if not n:
        return None
    labels = {t.name: t.label for t in wave.config.tiers}
    parts = actions.fallen[actions.fallen["customers"] > 0]
    said = [
        message("{n:people} came from tier {tier}", n=row["customers"], tier=_tier(row["previous_tier"], labels))
        for _, row in parts.iterrows()
    ]
    why: Message = said[0] if said else message("They fell to a lower tier.")
    for part in said[1:]:
        why = message("{first}, {second}", first=why, second=part)
    also = int(actions.fallen["called"].sum()) if len(actions.fallen) else 0
    if also:
        why = message("{why}. {n:people} more who fell are to be called.", why=why, n=also)
    facts = [*_stake(actions, "write"), _owner(wave, "fallen")]
    facts.append((message("Done when"), message("their share is back up next wave"), False))
    where = plural(
        "{n:people} row to write to in {file}", "{n:people} rows to write to in {file}", n=n, file=_file(wave)
    )
    return Action(
        plural("Write to {n:people} customer who fell a tier", "Write to {n:people} customers who fell a tier", n=n),
        why,
        facts,
        where,
    )


def _tier(name: object, labels: Mapping[str, Spoken]) -> Message:
    label = labels.get(str(name))
    return message("{tier} {label}", tier=str(name), label=label) if label else Message(str(name))


def count_tables(wave: Wave, actions: ActionList) -> list[Block]:
    """Return how many customers there are to act on by reason, and of those who fell by their former tier, folded."""
    blocks = [folded(table(actions, "actions-table"), message("Customers to act on, by reason"))]
    if len(actions.fallen):
        labels = {t.name: t.label for t in wave.config.tiers}
        named = [_tier(t, labels) for t in actions.fallen["previous_tier"]]
        rows = actions.fallen.assign(previous_tier=pd.Series(named, index=actions.fallen.index, dtype=object))
        caption = message("Who fell, by former tier")
        blocks.append(folded(table(rows, "fallen", caption, columns=FALLEN_COLUMNS), caption))
    return blocks
