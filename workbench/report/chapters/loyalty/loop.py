"""Chapter 50, closing the loop: what became of the last list, what calling did, and complaints by owner."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from workbench.core.engine import collecting
from workbench.core.errors import InputError
from workbench.core.findings import Evidence, Finding
from workbench.core.language import Message, Spoken, message
from workbench.core.names import Column
from workbench.nps import CallbackEffect, CallbackStatus, ComplaintThemes, callback_effect, code_comments
from workbench.report.chapters.loyalty.comments import TopicName, frame_of
from workbench.report.chapters.loyalty.interactions import CASES_MOST, interactions_of
from workbench.report.export.people import write_people
from workbench.store import Wave

LIST = "actions"
OUTCOMES: dict[str, Spoken] = {
    "score_after": message("Score in this wave, 0–10"),
    "spend_after": message("Spending since the list"),
}
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
    "still_open",
    "days",
    "verdict",
)
STEP_COLUMNS = {
    "name": Column(message("Step")),
    "value": Column(message("Customers"), "some"),
}
STEP_HEADS = (message("step"), message("customers"), message("of the list"))


def last_list(wave: Wave) -> pd.DataFrame | None:
    """Return whom the wave before listed to be called, with the reason; None without a list."""
    previous = wave.previous
    if previous is None or not previous.has(LIST) or previous.config.as_of >= wave.config.as_of:
        return None
    if "action" not in previous.columns(LIST):
        return None
    with collecting(CASES_MOST):
        calls = previous.read(LIST, among={"action": ["call"]})
    if not len(calls):
        return None
    said = calls["reasons"].str.split(",")
    both = said.map(lambda r: {"complaint", "detractor"} <= set(r))
    complaint = said.map(lambda r: "complaint" in r)
    reason = pd.Series("detractor", index=calls.index).mask(complaint, "complaint").mask(both, "both")
    return calls.assign(reason=reason)


def write_departments(wave: Wave) -> None:
    """Write the open complaints of each department as a workbook in the wave's folder; no id goes to the report."""
    departments = department_lists(wave)
    if departments:
        write_people(wave, "complaints_by_department", departments, use="service")


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
    cases = interactions_of(wave, kinds=wave.config.loyalty.complaint_kinds)
    assert cases is not None
    opened, closed = (pd.to_datetime(cases[c]) for c in ("opened_at", "closed_at"))
    waits = (opened <= today) & (closed.isna() | (closed > today))
    rows = cases[waits & cases["text"].notna()].sort_values(["opened_at", "customer_id"], ignore_index=True)
    if not (rows["text"].astype(str).str.strip() != "").any():
        return {}
    coded = code_comments(rows, "text", frame_of(wave, rows, "text"))
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


def called_and_alike(wave: Wave, status: CallbackStatus) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Return those of the last list with what happened to them, the outcomes, and in what people must be alike.

    Returns
    -------
    tuple
        Customers with ``called``, the outcomes known of somebody who was called, and the columns to match on.
    """
    people = status.customers.rename(columns={"score_before": "before"})
    people = people[people["called"].notna()].reset_index(drop=True)
    people["called"] = people["called"] > 0
    people["score_class"] = pd.cut(people["before"], [-1, 4, 6, 10], labels=["0-4", "5-6", "7-10"]).astype(object)
    alike = ["reason", "score_class"]
    if wave.previous is not None and wave.previous.has("tiers"):
        tiers = wave.previous.read("tiers", only=people["customer_id"])[["customer_id", "tier"]]
        people = people.merge(tiers, on="customer_id", how="left")
        alike.append("tier")
    people["spend_after"] = spending_since(wave, people["customer_id"])
    outcomes = [o for o in OUTCOMES if people.loc[people["called"], o].notna().any()]
    return people, outcomes, alike


def effect_of(wave: Wave, status: CallbackStatus) -> CallbackEffect:
    """Compare score and spending of those called with those alike on the list who were not.

    Raises
    ------
    InputError
        If nobody, or everybody, was called.
    """
    people, outcomes, alike = called_and_alike(wave, status)
    if not outcomes:
        raise InputError(
            message("Whether calling helped is told from customers of the last list, some of whom were called."),
            found=message("nobody of the list is known to have been called"),
            fix=message("Record calls in the table of interactions, with a kind that 'loyalty: call_kinds:' names."),
            where="interactions",
        )
    result = callback_effect(people, outcomes, alike=alike, confidence=wave.config.loyalty.confidence)
    named = pd.Series([OUTCOMES[str(o)] for o in result.table["outcome"]], dtype=object)
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


def complaints_of(wave: Wave) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return the complaints of this wave and those of the wave before; what both files hold belongs to the latter."""
    kinds, previous = wave.config.loyalty.complaint_kinds, wave.previous
    cases, earlier = (interactions_of(w, kinds=kinds) if w is not None else None for w in (wave, previous))
    assert cases is not None
    if previous is None or earlier is None or "text" not in earlier:
        return cases, None
    return cases[pd.to_datetime(cases["opened_at"]) > pd.Timestamp(previous.config.as_of)], earlier


def answered(wave: Wave) -> pd.DataFrame | None:
    """Return the answers that may show whether customers of the last list came back."""
    there = wave.has("responses") and {"customer_id", "recommend"} <= set(wave.columns("responses"))
    return wave.read("responses") if there else None


def steps_of(status: CallbackStatus) -> pd.DataFrame:
    """Return how many were listed, called and solved: ``name``, ``value``, ``right`` (share of it), ``strong``."""
    row = status.table.iloc[-1]
    listed = int(row["listed"])
    lines: list[tuple[Message, float]] = [(message("Listed"), listed)]
    if row["called_base"]:
        lines.append((message("Called"), round(row["called"] * row["called_base"])))
    if row["solved_base"]:
        lines.append((message("Complaint solved"), round(row["solved"] * row["solved_base"])))
    return pd.DataFrame(
        {
            "name": pd.Series([n for n, _ in lines], dtype=object),
            "value": [float(v) for _, v in lines],
            "right": [v / listed for _, v in lines],
            "strong": [i == 0 for i in range(len(lines))],
        }
    )


def loop_findings(status: CallbackStatus, minimum: int) -> list[Finding]:
    """Say how many of the last list were called, and how many of those asked again came back."""
    row, found = status.table.iloc[-1], []
    if row["called_base"]:
        called, listed = round(row["called"] * row["called_base"]), int(row["listed"])
        # a count that is known has no interval
        proof = Evidence(source="last-list", estimate=float(listed))
        text = message(
            "Of {listed:people} customers listed last time {called:people} were called.", listed=listed, called=called
        )
        tone = "bad" if called < listed / 2 else "neutral"
        found.append(
            Finding(id="loop.called", message=text, evidence=proof, claim="count", importance=55, tone=tone)  # type: ignore[arg-type]
        )
    if row["recovered_base"]:
        proof = Evidence(
            source="last-list",
            row="recovered",
            estimate=row["recovered"],
            ci_low=row["recovered_low"],
            ci_high=row["recovered_high"],
            n=int(row["recovered_base"]),
            minimum_base=minimum,
        )
        text = message(
            "Of {asked:people} detractors asked again {recovered:pct} are detractors no more ({low:pct} to "
            "{high:pct}).",
            asked=row["recovered_base"],
            recovered=row["recovered"],
            low=row["recovered_low"],
            high=row["recovered_high"],
        )
        found.append(Finding(id="loop.recovered", message=text, evidence=proof, claim="estimate", importance=35))
    return found


def theme_findings(themes: ComplaintThemes) -> list[Finding]:
    """Say which theme of complaints clearly grew."""
    names = {t.id: TopicName(t.labels) for t in themes.frame.topics}
    tested = themes.table.dropna(subset=["p_adjusted"])
    found = []
    for _, row in tested[tested["topic"].isin(names)].iterrows():
        if row["change"] <= 0:
            continue
        proof = Evidence(
            source="complaint-themes",
            row=str(row["topic"]),
            estimate=row["change"],
            p_value=row["p_adjusted"],
            family=len(tested),
            n=int(row["n"]),
        )
        text = message(
            "Complaints about {topic} grew to {share:pct} of all complaints.",
            topic=names[row["topic"]],
            share=row["share"],
        )
        found.append(
            Finding(
                id=f"complaints.grew:{row['topic']}",
                message=text,
                evidence=proof,
                claim="difference",
                importance=50,
                tone="bad",
            )
        )
    return found


def reach_note(status: CallbackStatus) -> Message:
    """Say what can be told of the complaints of the last list."""
    listed = status.customers["reason"].isin(["complaint", "both"]).any()
    if listed and not status.table.iloc[-1]["solved_base"]:
        return message("The interactions do not reach back to these complaints: whether they were solved is not known.")
    return message("Too few were asked again to tell how they are now.")
