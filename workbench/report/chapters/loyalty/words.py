"""Chapter 50 in words: headline cards, findings that follow from the tests, and descriptions of its pictures."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.core.language import Message, Spoken, message
from workbench.core.results import Note
from workbench.estimation import Change, Design
from workbench.nps import NetPromoterScore
from workbench.report.chapters.response.sources import speaks_for
from workbench.report.site.blocks import Card, Finding, Tone
from workbench.store import Wave

TONES: Mapping[str, Tone] = {"up": "good", "down": "bad"}


def loyalty_cards(numbers: pd.DataFrame) -> list[Card]:
    """Return the headline numbers as cards."""
    cards = []
    rows = {r["measure"]: r for _, r in numbers.iterrows()}
    nps = rows["nps"]
    interval = message(
        "{low:signed1} to {high:signed1} · n = {n:int}", low=nps["ci_low"], high=nps["ci_high"], n=nps["n"]
    )
    cards.append(Card(message("NPS"), message("{nps:signed1}", nps=nps["estimate"]), interval, *change_words(nps)))
    if "satisfied" in rows:
        csat = rows["satisfied"]
        interval = message(
            "{low:pct1} to {high:pct1} · n = {n:int}", low=csat["ci_low"], high=csat["ci_high"], n=csat["n"]
        )
        cards.append(Card(message("Satisfied customers"), message("{share:pct1}", share=csat["estimate"]), interval))
    return cards


def change_words(row: pd.Series) -> tuple[Message | None, Tone]:
    """Return the change of a headline number in words, and its tone."""
    if pd.isna(row["change"]):
        return None, "neutral"
    text = message(
        "{change:signed1} since the previous wave ({low:signed1} to {high:signed1})",
        change=row["change"],
        low=row["change_low"],
        high=row["change_high"],
    )
    return text, TONES.get(str(row["verdict"]), "neutral")


def loyalty_findings(
    numbers: pd.DataFrame, scores: Mapping[str, NetPromoterScore], changes: Mapping[str, Change]
) -> list[Finding]:
    """Put the chapter's results into words; every sentence follows from a test."""
    found = [nps_sentence(numbers.iloc[0])]
    for score in list(scores.values())[:1]:
        column = score.table.columns[0]
        shown = score.table.dropna(subset=["nps"]).sort_values("nps")
        if len(shown) > 1 and shown["ci_high"].iloc[0] < shown["ci_low"].iloc[-1]:
            low, high = shown.iloc[0], shown.iloc[-1]
            text = message(
                "{best} scores highest ({top:signed1}) and {worst} lowest ({bottom:signed1}); their intervals do not "
                "overlap.",
                best=_named(high[column]),
                top=high["nps"],
                worst=_named(low[column]),
                bottom=low["nps"],
            )
            found.append(Finding(text))
    for change in changes.values():
        for _, row in change.table[change.table["verdict"].isin(["up", "down"])].iterrows():
            if change.table.columns[0] == "variable":
                continue
            up = row["verdict"] == "up"
            words = message("rose") if up else message("fell")
            text = message(
                "{group}: the NPS {moved} by {points:dec1} points ({low:signed1} to {high:signed1}; {p:p_is} after "
                "correction for {many:int} comparisons).",
                group=_named(row.iloc[0]),
                moved=words,
                points=abs(row["estimate"]),
                low=row["ci_low"],
                high=row["ci_high"],
                p=row["p_adjusted"],
                many=len(change.table),
            )
            found.append(Finding(text, "good" if up else "bad"))
    return found


def _named(group: object) -> object:
    # a group with a name of its own is said in the reader's language
    return group if isinstance(group, Spoken) else str(group)


def nps_sentence(row: pd.Series) -> Finding:
    """Say the NPS and its change in one sentence."""
    if pd.isna(row["change"]):
        return Finding(
            message(
                "The NPS is {nps:signed1} ({low:signed1} to {high:signed1}).",
                nps=row["estimate"],
                low=row["ci_low"],
                high=row["ci_high"],
            )
        )
    template = {
        "up": message(
            "The NPS has risen to {nps:signed1}: {change:signed1} points since the previous wave "
            "({low:signed1} to {high:signed1}; {p:p_is})."
        ),
        "down": message(
            "The NPS has fallen to {nps:signed1}: {change:signed1} points since the previous wave "
            "({low:signed1} to {high:signed1}; {p:p_is})."
        ),
    }.get(
        str(row["verdict"]),
        message(
            "The NPS is {nps:signed1}; the difference of {change:signed1} to the previous wave is within chance "
            "({low:signed1} to {high:signed1}; {p:p_is})."
        ),
    )
    values = {
        "nps": row["estimate"],
        "change": row["change"],
        "low": row["change_low"],
        "high": row["change_high"],
        "p": row["p_value"],
    }
    return Finding(Message(template.template, values), TONES.get(str(row["verdict"]), "neutral"))


def data_notes(wave: Wave, design: Design) -> list[Note]:
    """Say how the intervals of the chapter were computed."""
    if design.psu is not None:
        text = message("Intervals respect strata and primary sampling units (Taylor linearisation, Student's t).")
    elif design.population is not None:
        text = message("Intervals respect strata and the finite population (Taylor linearisation, Student's t).")
    else:
        text = message("Intervals respect the weights (Taylor linearisation, Student's t).")
    base = message("Groups with fewer than {n:int} answers are not shown.", n=wave.config.loyalty.minimum_base)
    return [Note(speaks_for(wave)), Note(text), Note(base)]


def spoken_summary(result: NetPromoterScore, label: Spoken) -> Message:
    """Return what somebody who cannot see the picture of an NPS by group should know."""
    shown = result.table.dropna(subset=["nps"])
    if shown.empty:
        return message("NPS by {group}: every base is too small to show.", group=label)
    worst, best = (shown.sort_values("nps").iloc[i] for i in (0, -1))
    return message(
        "NPS by {group} with intervals, from {low:signed1} ({worst}) to {high:signed1} ({best}).",
        group=label,
        low=worst["nps"],
        worst=_named(worst.iloc[0]),
        high=best["nps"],
        best=_named(best.iloc[0]),
    )


def spoken_changes(result: Change, label: Spoken) -> Message:
    """Return what somebody who cannot see the picture of changes should know."""
    clear = result.table["verdict"].isin(["up", "down"])
    return message(
        "Change of the NPS by {group} with intervals; {clear:int} of {n:int} changes are clearer than chance.",
        group=label,
        clear=int(clear.sum()),
        n=len(clear),
    )
