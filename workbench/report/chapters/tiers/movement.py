"""Chapter 60, movement: tests, regression to the mean, value at stake, who came and left, and reasons of tiers."""

from __future__ import annotations

import pandas as pd

from workbench.core.engine import Table
from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import Column, column_label
from workbench.core.results import Note
from workbench.report.chapters.tiers.chapter import MOST_LISTED
from workbench.report.export.lists import write_workbook
from workbench.report.site.blocks import Finding
from workbench.store import Wave
from workbench.tiers import (
    Grades,
    Migration,
    MigrationTests,
    RegressionToMean,
    migration,
    migration_paths,
    migration_tests,
    regression_to_mean,
    tier_changes,
)

REGRESSION_SHOWN = (
    "tier",
    "customers",
    "before",
    "expected",
    "after",
    "general",
    "by_itself",
    "beyond",
    "ci_low",
    "ci_high",
)
STAKE_COLUMNS = {
    "from_tier": Column(message("Tier before")),
    "customers": Column(message("Customers who fell"), "int"),
    "share": Column(message("Share of the tier"), "pct1"),
    "value_before": Column(message("Spending before"), "money"),
    "value_after": Column(message("Spending now"), "money"),
    "value_change": Column(message("Change of spending"), "money"),
}
CAME_COLUMNS = {
    "entrants": Column(message("New customers"), "int"),
    "entrants_value": Column(message("Their spending"), "money"),
    "leavers": Column(message("No longer in the frame"), "int"),
    "leavers_value": Column(message("Their earlier spending"), "money"),
}


def tests_of(wave: Wave, moved: Migration) -> MigrationTests:
    """Return the tests of movement; with three waves also whether rates changed and whether earlier tiers matter."""
    one, two, three = _three_waves(wave)
    if one is None or two is None or three is None:
        return migration_tests(moved)
    names = list(moved.tiers)
    tables = [w.table("tiers") for w in (one, two, three)]
    try:
        earlier = migration(tables[0], tables[1], tiers=names)
        return migration_tests(moved, earlier, paths=migration_paths(*tables, tiers=names))
    except InputError:  # the wave before last had other tiers
        return migration_tests(moved)


def _three_waves(wave: Wave) -> tuple[Wave | None, Wave | None, Wave | None]:
    before = wave.previous
    first = before.previous if before is not None else None
    known = (
        first is not None and before is not None and first.has("tiers") and before.has("tiers") and wave.has("tiers")
    )
    return (first, before, wave) if known else (None, None, None)


def regression_of(wave: Wave, grades: Grades) -> RegressionToMean | None:
    """Return how much of the change comes by itself; None where the previous wave kept no values."""
    before = wave.previous
    if before is None or not before.has("tiers") or "value" not in before.columns("tiers") or grades.value is None:
        return None
    return regression_to_mean(before.table("tiers"), grades, tiers=list(grades.rules.names))


def stake_table(moved: Migration) -> pd.DataFrame:
    """Return who fell from each tier, what they spent and spend."""
    started = moved.table.groupby("from_tier")["customers"].sum()
    table = moved.at_stake
    share = table["customers"] / table["from_tier"].map(started).where(lambda n: n > 0)
    table.insert(2, "share", share)
    return table


def came_and_left(moved: Migration) -> pd.DataFrame:
    """Return who is in one wave only, by tier."""
    table = pd.DataFrame({"tier": list(moved.tiers), "entrants": moved.entrants["customers"]})
    if "amount" in moved.entrants:
        table["entrants_value"] = moved.entrants["amount"]
    table["leavers"] = moved.leavers["customers"]
    if "amount" in moved.leavers:
        table["leavers_value"] = moved.leavers["amount"]
    return table


def movement_findings(moved: Migration, regression: RegressionToMean | None, tests: MigrationTests) -> list[Finding]:
    """Put movement into words: what is at stake, how much of it comes by itself, whether sizes changed."""
    found = []
    stake = moved.at_stake
    if "value_change" in stake and stake["customers"].sum():
        text = message(
            "Customers who fell spend {lost:money} less than in the wave before.",
            lost=-float(stake["value_change"].to_numpy(dtype=float).sum()),
        )
        found.append(Finding(text))
    if regression is not None:
        first = regression.table.iloc[0]
        sure = first["ci_low"] > 0 or first["ci_high"] < 0
        text = message(
            "By regression to the mean alone tier {tier} was expected to change by {by:money}, with the general change "
            "by {all:money}; beyond that it changed by {beyond:money} ({low:money} to {high:money}).",
            tier=first["tier"],
            by=first["by_itself"],
            all=first["by_itself"] + first["general"],
            beyond=first["beyond"],
            low=first["ci_low"],
            high=first["ci_high"],
        )
        found.append(Finding(text, ("bad" if first["beyond"] < 0 else "good") if sure else "neutral"))
    p_value = tests.table.set_index("test")["p_value"].to_dict()["Bhapkar"]
    if p_value < 0.05:
        text = message("The tiers have changed their size (Bhapkar's test, {p:p_is}).", p=p_value)
    else:
        text = message("The sizes of the tiers have not changed beyond chance (Bhapkar's test, {p:p_is}).", p=p_value)
    found.append(Finding(text))
    return found


def keep_changes(wave: Wave, grades: Grades, previous: Table | None) -> pd.DataFrame:
    """Write who must be told of a new tier, with the reason in words, as a workbook; return how many rose and fell.

    Customer ids never go to the report.
    """
    if previous is None:
        return pd.DataFrame(columns=["direction", "customers"])
    found = tier_changes(grades, previous, language=wave.config.languages[0])
    write_workbook(found.table.head(MOST_LISTED), wave.lists / "tier_changes.xlsx")
    return found.summary


def reason_examples(grades: Grades) -> pd.DataFrame:
    """Return some reasons in words, without anybody's id: the commonest of each tier, with how many have them."""
    held = "held_by" in grades.source.columns
    more = ", coalesce(held_by, '') AS held" if held else ", '' AS held"
    counts = grades.source.rows(
        f"SELECT tier, coalesce(blocked_by, '') AS blocked{more}, count(*) AS customers FROM {{table}} GROUP BY 1, 2, 3"
    )
    everybody = int(counts["customers"].sum())
    lines = [
        {
            "tier": tier,
            "reason": _reason(str(blocked), str(held_by), grades, place),
            "customers": int(n),
            "share": int(n) / everybody,
        }
        for place, tier in enumerate(grades.rules.names)
        for blocked, held_by, n in counts[counts["tier"] == tier]
        .sort_values(["customers", "blocked"], ascending=[False, True])
        .head(3)[["blocked", "held", "customers"]]
        .itertuples(index=False)
    ]
    return pd.DataFrame(lines, columns=["tier", "reason", "customers", "share"])


def _reason(blocked: str, held: str, grades: Grades, place: int) -> Message:
    if held == "slack":
        return message("kept, as it is missed by no more than the share allowed")
    if held == "grace":
        return message("kept in the period of grace")
    if place == 0 or not blocked:
        return message("everything the highest tier needs is reached")
    above = grades.rules.names[place - 1]
    parts = [message("{criterion}", criterion=column_label(c)) for c in blocked.split(",")]
    joined = parts[0]
    for part in parts[1:]:
        joined = message("{first}, {second}", first=joined, second=part)
    return message("for {tier} not enough: {list}", tier=above, list=joined)


REASON_COLUMNS = {"reason": Column(message("Why customers are in the tier"))}


def regression_notes() -> list[Note]:
    """Return the warning that goes with every fall of a tier selected on purchases."""
    text = message(
        "Customers who reached a high tier by an unusually good year fall back by themselves: a fall is not in itself "
        "a sign of dissatisfaction."
    )
    return [Note(text, "caution")]
