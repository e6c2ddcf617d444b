"""Chapter 60: which tier each customer is in, who moved, and what each tier gets."""

from __future__ import annotations

import pandas as pd

from workbench.core.engine import Table
from workbench.core.findings import Evidence, Finding
from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.core.people import is_few
from workbench.report.chapter import LIST_SETTINGS, Chapter, ChapterParameters, Section
from workbench.report.chapters.columns import CI_HIGH, CI_LOW, CUSTOMERS, VALUE_AFTER, VALUE_BEFORE
from workbench.report.site.blocks import Card
from workbench.sampling.activity import with_activity
from workbench.store import Wave
from workbench.tiers import Grades, Migration, PolicyTable, TierRules
from workbench.tiers.aims import Aims
from workbench.tiers.criteria import buyers, with_criteria

MOST_LISTED = 1_000_000
TIER_COLUMN = Column(message("Tier"))
MOVE_COLUMNS = {
    "move": Column(message("Movement")),
    "customers": CUSTOMERS,
    "share": Column(message("Share"), "pct1"),
    "ci_low": CI_LOW.styled("pct1"),
    "ci_high": CI_HIGH.styled("pct1"),
    "value_before": VALUE_BEFORE,
    "value_after": VALUE_AFTER,
}
MOVES = {"rose": message("rose"), "stayed": message("stayed"), "fell": message("fell")}
SIZE_COLUMNS = {
    "label": Column(message("Name")),
    "amount": Column(message("Spending in 12 months"), "money"),
    "value_share": Column(message("Share of spending"), "pct1"),
}


class TierParameters(ChapterParameters):
    """Parameters of the notebook."""


def _left_out(wave: Wave) -> Message | None:
    if not wave.config.tiers:
        return message("wave.yaml names no tiers.")
    if not wave.has("transactions"):
        return message("There are no orders, so customers cannot be graded.")
    return None


def not_comparable(wave: Wave) -> Message | None:
    """Return why tiers cannot be compared with those of the wave before, None if they can."""
    before = wave.previous
    if before is None or not before.has("tiers"):
        return message("There is no previous wave to compare with.")
    if {t.name for t in before.config.tiers} != {t.name for t in wave.config.tiers}:
        return message("The previous wave had other tiers.")
    return None


def _no_values_before(wave: Wave) -> Message | None:
    if (reason := not_comparable(wave)) is not None:
        return reason
    known = wave.previous is not None and "value" in wave.previous.columns("tiers")
    return None if known else message("The previous wave kept no spending of its customers.")


CHAPTER = Chapter(
    name="60_tiers",
    title=message("Tiers"),
    parameters=TierParameters,
    reads=("transactions", "customers", "responses", "interactions", "clv"),
    makes=("tiers", "tier_sizes", "tier_moves", "findings_tiers"),
    after=("40_value",),
    left_out=_left_out,
    settings=("languages", "currency", "labels", "values", "tiers", "tier_rules", *LIST_SETTINGS),
    sections=(
        Section("sizes", message("How large the tiers are")),
        Section("reasons", message("Why customers are where they are")),
        Section("moves", message("Who moved"), makes=("tier_moves",), left_out=not_comparable),
        Section("stake", message("Value at stake"), left_out=_no_values_before),
        Section("regression", message("How much of it comes by itself"), left_out=_no_values_before),
        Section("policy", message("What each tier gets")),
    ),
)


def rules_of(wave: Wave) -> TierRules:
    """Return the tiers of ``wave.yaml``."""
    options = wave.config.tier_rules
    return TierRules.of(
        wave.config.tiers,
        unknown=options.unknown,
        scores=options.scores,
        by=options.by,
        variants=options.variants,
        slack=options.slack,
        grace_waves=options.grace_waves,
    )


def previous_tiers(wave: Wave) -> Table | None:
    """Return the grades of the wave before, None if there are none."""
    before = wave.previous
    return before.table("tiers") if before is not None and before.has("tiers") else None


def graded_table(wave: Wave, rules: TierRules) -> Table:
    """Return all customers with the criteria of the rules: purchases, answers of this wave, and customer value."""
    orders = wave.table("transactions")
    people = wave.table("customers") if wave.has("customers") else buyers(orders)
    active = with_activity(people, orders, as_of=wave.config.as_of)
    others = {}
    wanted = [c for c in rules.columns if c not in active.columns]
    for name in ("responses", "clv"):
        columns = [c for c in wanted if c in wave.columns(name)]
        if columns and wave.has(name):
            others[name] = (wave.table(name), columns)
    return with_criteria(active, others)


def tier_sizes(wave: Wave, grades: Grades) -> pd.DataFrame:
    """Return the sizes of the tiers, to be kept, with their names in both languages."""
    labels = {t.name: t.label for t in wave.config.tiers}
    table = grades.summary.drop(columns="label")
    table["en"] = [f"{n} ({labels[n].text('en')})" for n in table["tier"]]
    table["zh"] = [f"{n}（{labels[n].text('zh-CN')}）" for n in table["tier"]]
    return table


def moves_table(moved: Migration) -> pd.DataFrame:
    """Return how many customers rose, stayed and fell, to be kept."""
    columns = ["move", "customers", "share", "ci_low", "ci_high", "value_before", "value_after"]
    return moved.movement.rename(columns={"direction": "move"}).reindex(columns=columns)


def shown_moves(moves: pd.DataFrame) -> pd.DataFrame:
    """Return the movement with its directions in words."""
    return moves.assign(move=pd.Series([MOVES[m] for m in moves["move"]], dtype=object))


def migration_table(moved: Migration) -> pd.DataFrame:
    """Return the movement between tiers with its directions in words."""
    return moved.table.assign(direction=pd.Series([MOVES[d] for d in moved.table["direction"]], dtype=object))


def policy_parts(policy: PolicyTable) -> tuple[list[str], list[str]]:
    """Return the columns of the policy in two parts: what each tier gets, and how many and what it costs."""
    given = ("tier", "label", "requirement", "gets", "service_hours", "contacts_per_year", "offers", "owner")
    counts = [str(c) for c in policy.table if c not in given]
    return [c for c in given if c in policy.table], ["tier", *counts]


def aims_of(grades: Grades) -> list[Aims]:
    """Return the shares aimed at and reached in a list; an empty one where no requirement is a share."""
    found = grades.aims
    return [found] if found is not None and len(found.table) else []


def tier_cards(grades: Grades) -> list[Card]:
    """Return one card for each of the first four tiers."""
    shown = grades.summary.head(4)
    return [
        Card(
            message("Tier {tier}: {label}", tier=row["tier"], label=row["label"]),
            message("{n:people}", n=row["customers"]),
            None
            if is_few(row["customers"])
            else message(
                "{share:pct1} of customers, {value:pct1} of spending", share=row["share"], value=row["value_share"]
            ),
        )
        for _, row in shown.iterrows()
    ]


def tier_findings(grades: Grades) -> list[Finding]:
    """Say how much of the customers and of the spending the first tier is."""
    first = grades.summary.iloc[0]
    text = message(
        "Tier {tier} is {share:pct1} of the customers and {value:pct1} of the spending of the last 12 months.",
        tier=first["tier"],
        share=first["share"],
        value=first["value_share"],
    )
    row, n = f"tier = {first['tier']}", int(first["customers"])
    proof = Evidence(source="tier_sizes", row=row, estimate=float(first["share"]), n=n, minimum_base=1)
    return [Finding(id="tiers.first", message=text, evidence=proof, claim="count", importance=60)]


def move_findings(moves: pd.DataFrame) -> list[Finding]:
    """Say which share fell to a lower tier, and which rose."""
    rows = moves.set_index("move").to_dict("index")
    fell = rows["fell"]
    text = message(
        "{fell:pct1} of the customers of both waves fell to a lower tier ({low:pct1} to {high:pct1}) and "
        "{rose:pct1} rose.",
        fell=fell["share"],
        low=fell["ci_low"],
        high=fell["ci_high"],
        rose=rows["rose"]["share"],
    )
    proof = Evidence(
        source="tier_moves",
        row="move = fell",
        estimate=float(fell["share"]),
        ci_low=float(fell["ci_low"]),
        ci_high=float(fell["ci_high"]),
        n=int(moves["customers"].sum()),
    )
    return [Finding(id="tiers.moves", message=text, evidence=proof, claim="estimate", importance=75)]
