"""Chapter 45's offers: what is offered to whom, sent only where it comes true more often than what is popular."""

from __future__ import annotations

import datetime as dt
from typing import Final

import pandas as pd

from workbench.core.engine import Table
from workbench.core.findings import Evidence, Finding, Tone
from workbench.core.groups import gather_groups
from workbench.core.language import Message, message
from workbench.learning import OfferList, OffersCheck, check_offers, offer_items
from workbench.learning.offers.suggesting import METHODS
from workbench.report.export.people import remove_list, write_people
from workbench.store import Wave
from workbench.store.people import gate_of

LIST: Final = "customers_to_offer"
MOST_GROUPS: Final = 1_000


def no_items(wave: Wave) -> Message | None:
    """Return why nothing can be offered, None if something can."""
    item = wave.config.offers.item
    if item in wave.columns("transactions"):
        return None
    return message("Orders have no column {column} to offer (offers.item).", column=item)


def checked_offers(wave: Wave, *, most: int, level: float, seed: int) -> OffersCheck:
    """Learn offers from all orders but those of the last days, which they are tested on.

    Parameters
    ----------
    wave
        The wave.
    most
        Most customers learnt from and tested on.
    level, seed
        Of the intervals and of the bootstrap.
    """
    plan, end = wave.config.offers, wave.config.as_of
    return check_offers(
        wave.table("transactions"),
        item=plan.item,
        cut=end - dt.timedelta(days=plan.holdout_days),
        until=end,
        repeat=plan.bought == "repeat",
        most=most,
        level=level,
        seed=seed,
    )


def offered(wave: Wave, check: OffersCheck, scores: Table | None) -> list[OfferList]:
    """Return what is offered to whom; nothing where no method is better than the most popular items.

    Parameters
    ----------
    wave
        The wave.
    check
        How offers came true.
    scores
        ``customer_id`` and ``expected_spend``: whoever is expected to spend most comes first.
    """
    if not check.beats:
        return []
    plan = wave.config.offers
    return [
        offer_items(
            wave.table("transactions"),
            item=plan.item,
            until=wave.config.as_of,
            method=check.chosen,
            per_customer=plan.per_customer,
            repeat=plan.bought == "repeat",
            customers=scores,
            leave_out=gate_of(wave, "marketing").refusing,
            out_of_stock=plan.out_of_stock,
            only=plan.only,
            groups=_groups(wave, list(plan.only)),
            most=plan.customers,
        )
    ]


def _groups(wave: Wave, columns: list[str]) -> Table | None:
    own = [c for c in columns if c in wave.columns("customers")]
    parts = [(wave.table("customers"), own)] if own else []
    before = wave.previous
    if "tier" in columns and "tier" not in own and before is not None and before.has("tiers"):
        parts.append((before.table("tiers"), ["tier"]))
    return gather_groups(parts, wave.engine, most=MOST_GROUPS) if parts else None


def sent_offers(wave: Wave, found: list[OfferList]) -> pd.DataFrame:
    """Write offers as a workbook into the wave's folder, and return them: a row per customer, none without offers.

    Parameters
    ----------
    wave
        The wave.
    found
        What `offered` returned.
    """
    language = wave.config.languages[0]
    if not found:
        remove_list(wave.lists, LIST)
        return pd.DataFrame({"customer_id": pd.Series(dtype=str)})
    rows = found[0].wide(language)
    write_people(wave, LIST, {"list": rows}, use="marketing")
    return rows


def offers_findings(check: OffersCheck, found: list[OfferList]) -> list[Finding]:
    """Say how often offers come true against what is popular, and to how many customers they go."""
    popular, n = check.of_popular, int(check.of_popular["n"])
    if not check.beats:
        best = check.table.iloc[1:].sort_values("gain", ascending=False, kind="stable").iloc[0]
        text = message(
            "Nothing is sent: one of five personal offers came true for {hit:pct1} of the customers, one of the five "
            "most popular items for {popular:pct1} (difference {low:signed1} to {high:signed1} points).",
            hit=best["hit_5"],
            popular=popular["hit_5"],
            low=best["ci_low"],
            high=best["ci_high"],
        )
        return [_finding("offers.none", text, best, n, len(check.table) - 1, "neutral")]
    row = check.of_chosen
    text = message(
        "One of five offers by “{name}” came true for {hit:pct1} of the customers, one of the five most popular items "
        "for {popular:pct1}.",
        name=METHODS[row["method"]],
        hit=row["hit_5"],
        popular=popular["hit_5"],
    )
    claims = [_finding("offers.beats", text, row, n, len(check.table) - 1, "good")]
    for one in found:
        text = message(
            "{n:people} customers get offers; the list is in the wave's folder (fieldwork/customers_to_offer.xlsx).",
            n=one.customers,
        )
        proof = Evidence(source="offers", estimate=one.customers, minimum_base=1)
        claims.append(Finding(id="offers.sent", message=text, evidence=proof, claim="count", importance=45))
    return claims


def _finding(name: str, text: Message, row: pd.Series, n: int, family: int, tone: Tone) -> Finding:
    proof = Evidence(
        source="offers-test",
        row=f"method = {METHODS[row['method']].text('en')}",
        estimate=float(row["gain"]),
        ci_low=float(row["ci_low"]),
        ci_high=float(row["ci_high"]),
        family=max(family, 1),
        n=n,
    )
    return Finding(id=name, message=text, evidence=proof, claim="estimate", importance=55, tone=tone)
