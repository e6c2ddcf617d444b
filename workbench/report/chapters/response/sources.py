"""Chapter 20, where the weights come from: the sample drawn here, a column of the answers, or every answer once."""

from __future__ import annotations

import pandas as pd

from workbench.core.language import Message, message, plural
from workbench.core.membership import among
from workbench.core.names import BASE_WEIGHT, CUSTOMER_ID
from workbench.report.run.release import RELEASED
from workbench.store import Wave
from workbench.weighting import Weights, equal_weights

MOST_STRANGERS = 0.5
MOST_STRANGERS_ASKED = 0.9  # who else answered beside a sample that was sent out is left out, until it is nearly all
COUNTED_ONCE = "equal"
CARRIED = ("region", "city", "channel")


def drawn_here(wave: Wave, responses: pd.DataFrame) -> bool:
    """Tell whether the answers come from the sample that chapter 10 draws.

    They do where at least half of the answers come from customers it drew; a tenth is enough where that sample was
    released to the field, or a record of contacts says who was asked. Otherwise somebody else drew the sample, nobody
    did, or nothing leads from the answers to those who gave them.
    """
    if not wave.has("sample") or responses.empty:
        return False
    drawn = wave.read("sample", columns=[CUSTOMER_ID])[CUSTOMER_ID]
    # members of the panel and of the spot check were drawn here, too
    own = [wave.read(n, columns=[CUSTOMER_ID])[CUSTOMER_ID] for n in ("panel_members", "spot_check") if wave.has(n)]
    drawn = pd.concat([drawn, *own])
    most = MOST_STRANGERS_ASKED if wave.has(RELEASED) or wave.has("contacts") else MOST_STRANGERS
    return float((~among(responses[CUSTOMER_ID], drawn)).mean()) <= most


def own_weights(wave: Wave, responses: pd.DataFrame) -> dict[str, Weights] | None:
    """Return the weights that answers have without a sample of this house, by name; None where one was drawn here.

    Either the column that ``response.weight`` names, as it is, or every answer counts once.
    """
    column = wave.config.response.weight
    if column is not None:
        series = responses[column].astype(float)
        table = pd.DataFrame({"step": [column], "sum": [series.sum()], "min": [series.min()], "max": [series.max()]})
        return {column: Weights(weights=series, table=table)}
    return None if drawn_here(wave, responses) else {COUNTED_ONCE: equal_weights(responses)}


def with_customer_columns(wave: Wave, responses: pd.DataFrame) -> pd.DataFrame:
    """Return answers with what the customer list knows of those who answered, where a breakdown asks for it."""
    stratum = wave.config.response.stratum
    answers = responses.rename(columns={stratum: "stratum"}) if stratum else responses
    wanted = dict.fromkeys([*wave.config.loyalty.by, *wave.config.population.strata, *CARRIED])
    known = [c for c in wanted if c in wave.columns("customers") and c not in answers]
    if not known:
        return answers
    customers = wave.read("customers", columns=[CUSTOMER_ID, *known], only=answers[CUSTOMER_ID])
    return answers.merge(customers, on=CUSTOMER_ID, how="left")


def counted_once(wave: Wave) -> bool:
    """Tell whether a wave's respondents count once each, for want of anything that says how they were chosen."""
    return wave.config.response.weight is None and BASE_WEIGHT not in wave.columns("respondents")


def speaks_for(wave: Wave) -> Message:
    """Say whom the numbers of a wave's answers speak for; every page with such numbers shows it."""
    if counted_once(wave):
        return message("Numbers speak for those who answered, each counted once; not for all customers.")
    if wave.config.response.weight is not None:
        return message("Numbers speak for those whom the weights of the answers stand for.")
    return message("Numbers speak for all customers who could have been drawn.")


def identity_note(wave: Wave) -> Message | None:
    """Say how many answers lead to no customer, or were given an id of their own; None if all had one."""
    reports = [r for r in wave.intake_reports() if r.table == "responses"]
    unnamed = sum(r.unnamed for r in reports)
    if unnamed:
        return plural(
            "{n:people} answer leads to no customer, for want of an id or of an invitation that this wave sent; "
            "it counts "
            "by itself. Where the file has customer ids, name their column in wave.yaml.",
            "{n:people} answers lead to no customer, for want of an id or of an invitation that this wave sent; each "
            "counts by itself. Where the file has customer ids, name their column in wave.yaml.",
            n=unnamed,
        )
    given = sum(r.own_ids for r in reports)
    if not given:
        return None
    return plural(
        "{n:people} answer had no id, or one that stood in an earlier row; it counts by itself.",
        "{n:people} answers had no id, or one that stood in an earlier row; each counts by itself.",
        n=given,
    )
