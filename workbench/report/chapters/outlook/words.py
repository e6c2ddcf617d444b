"""Chapter 45 in words: how well it is told who will buy again, who may not, and what calls did."""

from __future__ import annotations

import math

from workbench.clv import KeepList
from workbench.core.findings import Evidence, Finding
from workbench.core.language import message
from workbench.core.money import MoneyInterval
from workbench.learning import Choice, KeptPromises, ListEffect, OutlookList, Promise, PromiseByGroup, Scores
from workbench.learning.choosing import CANDIDATES
from workbench.learning.reasons import AGAINST
from workbench.report.chapters.value.groups import Names, spoken


def choice_findings(choice: Choice) -> list[Finding]:
    """Say how rightly customers are ranked, and why the candidate that does it is used."""
    row = choice.of_chosen
    n = int(choice.folds["n"].iloc[0])
    ranked = message(
        "Of two customers of whom one bought and one did not, the one who bought was told the higher chance in "
        "{auc:pct1} of the cases ({low:pct1} to {high:pct1}).",
        auc=row["auc"],
        low=row["auc_low"],
        high=row["auc_high"],
    )
    where = f"candidate = {choice.label.text('en')}"
    proof = Evidence(
        source="candidates", row=where, estimate=row["auc"], ci_low=row["auc_low"], ci_high=row["auc_high"], n=n
    )
    found = [Finding(id="outlook.ranked", message=ranked, evidence=proof, claim="estimate", importance=70)]
    family = max(len(choice.table) - 1, 1)
    if row["against"]:
        text = message(
            "Used: {name}. Its log-loss is smaller than that of the simpler one, {other}, by {gain:dec4} ({low:dec4} "
            "to {high:dec4}).",
            name=choice.label,
            other=CANDIDATES[row["against"]],
            gain=row["gain"],
            low=row["ci_low"],
            high=row["ci_high"],
        )
        proof = Evidence(
            source="candidates",
            row=where,
            estimate=row["gain"],
            ci_low=row["ci_low"],
            ci_high=row["ci_high"],
            family=family,
            n=n,
        )
        found.append(Finding(id="outlook.better", message=text, evidence=proof, claim="estimate", importance=60))
    others = choice.table[(choice.table["against"] == choice.chosen) & ~choice.table["better"].astype(bool)]
    if len(others):
        best = others.sort_values("gain", ascending=False, kind="stable").iloc[0]
        told = {"other": CANDIDATES[best["candidate"]], "name": choice.label}
        ends = {"gain": best["gain"], "low": best["ci_low"], "high": best["ci_high"]}
        text = message(
            "Not used: {other}. Its log-loss is smaller than that of the simpler one, {name}, by {gain:dec4} "
            "({low:dec4} to {high:dec4}), which is no gain beyond chance.",
            **told,
            **ends,
        )
        if best["gain"] < 0:
            text = message(
                "Not used: {other}. Its log-loss is larger than that of the simpler one, {name}, by {loss:dec4} "
                "({low:dec4} to {high:dec4}).",
                **told,
                loss=-best["gain"],
                low=-best["ci_high"],
                high=-best["ci_low"],
            )
        proof = Evidence(
            source="candidates",
            row=f"candidate = {CANDIDATES[best['candidate']].text('en')}",
            estimate=best["gain"],
            ci_low=best["ci_low"],
            ci_high=best["ci_high"],
            family=family,
            n=n,
        )
        found.append(Finding(id="outlook.not_better", message=text, evidence=proof, claim="estimate", importance=40))
    return found


def promise_findings(promise: Promise) -> list[Finding]:
    """Say whether as many bought as were told to."""
    values = {"told": promise.told, "bought": promise.bought, "p": promise.p_value}
    off = message("{told:pct1} were told to buy, {bought:pct1} did ({p:p_is}).", **values)
    kept = message("As many bought as were told to: {told:pct1} told, {bought:pct1} happened ({p:p_is}).", **values)
    proof = Evidence(
        source="promise-total", estimate=promise.bought - promise.told, p_value=promise.p_value, n=promise.n
    )
    return [
        Finding(id="outlook.off", message=off, evidence=proof, claim="difference", importance=50, tone="bad"),
        Finding(id="outlook.kept", message=kept, evidence=proof, claim="no difference", importance=45, tone="good"),
    ]


def fairness_findings(found: PromiseByGroup, names: Names) -> list[Finding]:
    """Say in which group chances mean something else, of all groups of all breakdowns (Holm)."""
    if not len(found.table):
        return []
    row = found.table.sort_values("p_adjusted", kind="stable").iloc[0]
    family = len(found.table)
    text = message(
        "In {group} {bought:pct1} bought where {told:pct1} were told to: chances mean something else there.",
        group=spoken(str(row["breakdown"]), row["group"], names),
        bought=row["bought"],
        told=row["told"],
    )
    same = message("In none of {n:int} groups do chances mean something else than for all, beyond chance.", n=family)
    proof = Evidence(
        source="promise-groups",
        row=f"{row['breakdown']} = {row['group']}",
        estimate=row["difference"],
        p_value=row["p_adjusted"],
        family=family,
        n=int(row["customers"]),
    )
    return [
        Finding(
            id=f"outlook.unfair:{row['breakdown']}={row['group']}",
            message=text,
            evidence=proof,
            claim="difference",
            importance=50,
            tone="bad",
        ),
        Finding(id="outlook.fair", message=same, evidence=proof, claim="no difference", importance=30, tone="good"),
    ]


def scores_findings(scores: Scores) -> list[Finding]:
    """Say what speaks most often against a customer's buying again."""
    if not len(scores.reasons):
        return []
    row = scores.reasons.iloc[0]
    text = message(
        "What speaks most often against a further purchase: {reason} ({n:people} customers).",
        reason=AGAINST[row["reason"]],
        n=int(row["customers"]),
    )
    proof = Evidence(source="reasons", row=f"reason = {row['reason']}", estimate=row["customers"], minimum_base=1)
    return [Finding(id="outlook.reason", message=text, evidence=proof, claim="count", importance=40)]


def list_findings(found: OutlookList) -> list[Finding]:
    """Say who is to be called, what is at stake, and who is not called and why."""
    rows = found.table.set_index("state")
    calls, lost = found.count("call"), found.count("lost")
    stake = float(rows["at_stake"].get("call", 0.0))
    text = message(
        "{n:people} customers are to be called: they may stay away, {stake:money} is at stake, and they can still be "
        "reached. The list is in the wave's folder.",
        n=calls,
        stake=stake,
    )
    proof = Evidence(source="to-call", row="state = call", estimate=calls, minimum_base=1)
    gone = message("{n:people} customers are not called because they are more likely lost than not.", n=lost)
    away = Evidence(source="to-call", row="state = lost", estimate=lost, minimum_base=1)
    return [
        Finding(id="outlook.call", message=text, evidence=proof, claim="count", importance=75, tone="bad"),
        Finding(id="outlook.lost", message=gone, evidence=away, claim="count", importance=35),
    ]


def keep_findings(kept: KeepList, contracts: bool) -> list[Finding]:
    """Say how many customers are within reach, and what is at stake with them."""
    values = {"risk": float(kept.table["at_risk"].sum()), "n": kept.base, "listed": len(kept.customers)}
    if contracts:
        text = message(
            "{risk:money} are at risk with {n:people} customers under contract; the {listed:people} with most at "
            "stake are "
            "listed in the wave's folder.",
            **values,
        )
    else:
        text = message(
            "{risk:money} can still be saved, with {n:people} customers within reach; the {listed:people} with most "
            "at stake are listed in the wave's folder.",
            **values,
        )
    proof = Evidence(source="to-keep", estimate=kept.base, minimum_base=1)
    return [Finding(id="value.keep", message=text, evidence=proof, claim="count", importance=70, tone="bad")]


def calls_findings(effect: ListEffect) -> list[Finding]:
    """Say what calls did, and what a customer kept by them costs."""
    row = effect.of("bought")
    n = int(row["n_called"] + row["n_held_out"])
    values = {"called": row["called"], "held": row["held_out"], "low": row["ci_low"], "high": row["ci_high"]}
    more = message(
        "Of the customers on the previous wave's list {called:dec1} per cent bought, of those held out {held:dec1} "
        "(difference {low:signed1} to {high:signed1} points).",
        **values,
    )
    same = message(
        "Whether the previous wave's calls did anything cannot be told from chance: of those on the list "
        "{called:dec1} per cent bought, of those held out {held:dec1} (difference {low:signed1} to {high:signed1} "
        "points).",
        **values,
    )
    proof = Evidence(
        source="calls",
        row="outcome = bought",
        estimate=row["difference"],
        ci_low=row["ci_low"],
        ci_high=row["ci_high"],
        p_value=effect.p_value,
        n=n,
    )
    good = row["difference"] > 0
    found = [
        Finding(
            id="calls.effect",
            message=more,
            evidence=proof,
            claim="difference",
            importance=80,
            tone="good" if good else "bad",
        ),
        Finding(id="calls.unclear", message=same, evidence=proof, claim="no difference", importance=60),
    ]
    if not math.isnan(effect.cost_per_kept):
        text = message(
            "A customer who bought because of the list cost {cost}.",
            cost=MoneyInterval(effect.cost_per_kept, effect.cost_low, effect.cost_high),
        )
        cost = Evidence(
            source="calls",
            row="outcome = bought",
            estimate=effect.cost_per_kept,
            ci_low=effect.cost_low,
            ci_high=effect.cost_high,
            n=n,
        )
        found.append(Finding(id="calls.cost", message=text, evidence=cost, claim="estimate", importance=65))
    halves = message("Calls do not do the same for those likelier and those less likely to buy.")
    # one of two comparisons of the same list
    p_halves = min(2 * effect.p_halves, 1.0)
    apart = Evidence(source="calls", row="outcome = likelier", estimate=p_halves, p_value=p_halves, family=2, n=n)
    return [*found, Finding(id="calls.halves", message=halves, evidence=apart, claim="difference", importance=50)]


def last_findings(kept: KeptPromises) -> list[Finding]:
    """Say how last wave's forecast turned out."""
    row = kept.table.loc[kept.table["measure"] == "auc"].iloc[0]
    text = message(
        "The previous wave ranked customers rightly in {auc:pct1} of the cases ({low:pct1} to {high:pct1}); "
        "{told:pct1} were told to buy, {bought:pct1} did.",
        auc=row["actual"],
        low=row["ci_low"],
        high=row["ci_high"],
        told=kept.promise.told,
        bought=kept.promise.bought,
    )
    proof = Evidence(
        source="last",
        row="measure = auc",
        estimate=row["actual"],
        ci_low=row["ci_low"],
        ci_high=row["ci_high"],
        n=kept.n,
    )
    return [Finding(id="outlook.last", message=text, evidence=proof, claim="estimate", importance=65)]
