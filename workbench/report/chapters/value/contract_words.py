"""Chapter 40 in words: how long contracts last, what they are worth, and regular buyers, who are like them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from workbench.clv import ContractStay, OrderValue, RegularCheck, RenewalCheck, Renewals
from workbench.clv.contracts.kinds import ALL
from workbench.clv.contracts.spells import STARTED_IN
from workbench.clv.value.terms import NO_GROUP
from workbench.core.findings import Evidence, Finding, Tone
from workbench.core.language import Spoken, message
from workbench.core.money import MoneyInterval
from workbench.core.results import Note
from workbench.estimation.comparisons import compare_extremes
from workbench.report.chapters.value.chapter import Contracts
from workbench.report.chapters.value.groups import Names, spoken
from workbench.report.chapters.value.words import OFF, apart_evidence, measured_evidence


def contract_findings(stays: Mapping[str, ContractStay], names: Names) -> list[Finding]:
    """Say how long contracts last, and which groups end sooner."""
    found = []
    every = stays[""].table.iloc[0]
    if "after_12" in every and every["ended"]:
        text = message(
            "{share:pct1} of the contracts last longer than 12 months ({low:pct1} to {high:pct1}); {rate:pct1} end per "
            "month.",
            share=every["after_12"],
            low=every["ci_low"],
            high=every["ci_high"],
            rate=every["churn"],
        )
        proof = measured_evidence("contracts", every["after_12"], every["ci_low"], every["ci_high"], every["contracts"])
        found.append(Finding(id="contracts.after_12", message=text, evidence=proof, claim="estimate", importance=60))
    compared = {c: s.table for c, s in stays.items() if c not in ("", STARTED_IN)}
    for column, table in compared.items():
        rows = table[~table["group"].isin(["", NO_GROUP]) & (table["ended"] > 0)]
        if len(rows) < 2:
            continue
        # rates of Poisson counts, on the scale of their logarithm
        logs = [math.log(rate) for rate in rows["churn"]]
        apart = compare_extremes(logs, (rows["ended"] ** -0.5).tolist(), families=len(compared))
        low, high = rows.iloc[apart.low], rows.iloc[apart.high]
        text = message(
            "Contracts of {group} end at {fast:pct1} a month, those of {other} at {slow:pct1}.",
            group=spoken(column, high["group"], names),
            fast=high["churn"],
            other=spoken(column, low["group"], names),
            slow=low["churn"],
        )
        proof = apart_evidence(f"contracts-{column}", apart)
        found.append(Finding(id=f"contracts.differs:{column}", message=text, evidence=proof, claim="difference"))
    return found


def contract_worth_finding(contracts: Contracts) -> Finding:
    """Say what the running contracts are worth."""
    total = contracts.value.total
    text = message(
        "The running contracts bring {worth} in the horizon.",
        worth=MoneyInterval(total.estimate, total.ci_low, total.ci_high),
    )
    proof = measured_evidence("worth", total.estimate, total.ci_low, total.ci_high, contracts.value.running)
    return Finding(id="contracts.worth", message=text, evidence=proof, claim="estimate", importance=70)


def renewal_finding(check: RenewalCheck) -> Finding:
    """Say how many ends of contracts the model told in the months held back."""
    off = check.told / check.happened - 1 if check.happened else math.nan
    text = message(
        "Fitted without the last {months:int} months, the model tells {told:int} ended contracts in them; "
        "{happened:people} ended ({off:signed1} %).",
        months=check.months,
        told=check.told,
        happened=check.happened,
        off=100 * off,
    )
    proof = Evidence(source="contracts", estimate=check.happened, minimum_base=1)
    tone: Tone = "good" if abs(off) <= OFF else "bad"
    return Finding(id="contracts.check", message=text, evidence=proof, claim="count", tone=tone)


def regular_findings(orders: OrderValue) -> list[Finding]:
    """Say that customers buy as by calendar, how well that forecast the last months, and how many left in them."""
    if not orders.rhythm.regular:
        return []
    text = message(
        "Customers buy as by calendar, every {days:int} days: whoever is overdue has most likely left.",
        days=orders.rhythm.days,
    )
    proof = Evidence(source="rhythm", estimate=orders.rhythm.days, n=orders.rhythm.pairs, minimum_base=1)
    found = [Finding(id="value.regular", message=text, evidence=proof, claim="count", importance=70)]
    if orders.compared is not None:
        found.append(_regular_check(orders.compared))
    return [*found, *([] if orders.check is None else [renewal_finding(orders.check)])]


def _regular_check(check: RegularCheck) -> Finding:
    rows = check.table.set_index("method")
    best, random = rows.loc[check.best].to_dict(), rows.loc["random"].to_dict()
    text = message(
        "Made without the last {days:int} days, the forecast for regular buyers tells {told:int} purchases in them and "
        "a model of random times {random:int}; {actual:int} happened. It is off by {error:dec2} per customer, the "
        "other by {other:dec2}.",
        days=check.days,
        told=best["forecast"],
        random=random["forecast"],
        actual=best["actual"],
        error=best["rmse"],
        other=random["rmse"],
    )
    proof = Evidence(source="regular-check", estimate=best["actual"], minimum_base=1)
    tone: Tone = "good" if best["rmse"] < random["rmse"] else "neutral"
    return Finding(id="value.regular_check", message=text, evidence=proof, claim="count", importance=55, tone=tone)


def renewal_notes(renewals: Mapping[str, Renewals], names: Mapping[str, Spoken] | None = None) -> list[Note]:
    """Return how contracts are renewed, and how that is told, kind by kind where kinds differ."""
    found = []
    if len(renewals) > 1:
        text = message("Kinds of contracts end at different rates; each is told by itself.")
        found.append(Note(text))
    for kind, told in renewals.items():
        mine = [*([] if told.words is None else [Note(told.words)]), *told.notes]
        named = (names or {}).get(kind, kind)
        found += [
            n if kind == ALL else Note(message("{kind}: {text}", kind=named, text=n.message), n.severity) for n in mine
        ]
    return found
