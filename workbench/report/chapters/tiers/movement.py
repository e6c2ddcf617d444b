"""Chapter 60, movement: tests, regression to the mean, value at stake, who came and left, and reasons of tiers."""

from __future__ import annotations

import pandas as pd

from workbench.core.engine import Table
from workbench.core.errors import InputError
from workbench.core.findings import Evidence, Finding, Tone
from workbench.core.language import message
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.report.chapters.columns import VALUE_AFTER, VALUE_BEFORE
from workbench.report.chapters.tiers.chapter import MOST_LISTED, not_comparable, previous_tiers
from workbench.report.export.people import write_people
from workbench.store import Wave
from workbench.store.people import gate_of
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
    "customers": Column(message("Customers who fell"), "people"),
    "share": Column(message("Share of the tier"), "pct1"),
    "value_before": VALUE_BEFORE,
    "value_after": VALUE_AFTER,
    "value_change": Column(message("Change of spending"), "money"),
}
CAME_COLUMNS = {
    "entrants": Column(message("New customers"), "people"),
    "entrants_value": Column(message("Their spending"), "money"),
    "leavers": Column(message("No longer in the frame"), "people"),
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


def moved_since(wave: Wave, grades: Grades) -> Migration | None:
    """Return who moved since the wave before; None where there is none, or it had other tiers."""
    before = previous_tiers(wave)
    return None if before is None or not_comparable(wave) is not None else migration(before, grades)


def regression_of(wave: Wave, grades: Grades) -> RegressionToMean:
    """Return how much of the change of spending since the wave before comes by itself.

    Raises
    ------
    InputError
        If there is no wave before, or its customers do not differ in value.
    """
    before = previous_tiers(wave)
    if before is None:
        raise InputError(
            message("Regression to the mean is seen from one wave to the next."),
            found=message("There is no previous wave to compare with."),
            fix=message("Name the previous wave in wave.yaml."),
            where="previous",
        )
    return regression_to_mean(before, grades, tiers=list(grades.rules.names))


def size_findings(tests: MigrationTests) -> list[Finding]:
    """Say whether the tiers have changed their size."""
    p_value = float(tests.table.set_index("test")["p_value"].to_dict()["Bhapkar"])
    changed = message("The tiers have changed their size (Bhapkar's test, {p:p_is}).", p=p_value)
    same = message("The sizes of the tiers have not changed beyond chance (Bhapkar's test, {p:p_is}).", p=p_value)
    proof = Evidence(source="movement-tests", row="test = Bhapkar", estimate=p_value, p_value=p_value)
    return [
        Finding(id="tiers.resized", message=changed, evidence=proof, claim="difference", importance=50),
        Finding(id="tiers.same_size", message=same, evidence=proof, claim="no difference", importance=30),
    ]


def stake_findings(moved: Migration) -> list[Finding]:
    """Say how much less those who fell spend; nothing where they do not spend less."""
    lost = -float(moved.at_stake["value_change"].to_numpy(dtype=float).sum())
    text = message("Customers who fell spend {lost:money} less than in the wave before.", lost=lost)
    n = int(moved.at_stake["customers"].sum())
    proof = Evidence(source="stake", row="value_change", estimate=lost, n=n, minimum_base=1)
    return [Finding(id="tiers.stake", message=text, evidence=proof, claim="count", importance=65)]


def regression_findings(regression: RegressionToMean) -> list[Finding]:
    """Say how far the first tier changed beyond what comes by itself."""
    first = regression.table.iloc[0]
    low, high, beyond = (float(first[c]) for c in ("ci_low", "ci_high", "beyond"))
    text = message(
        "By regression to the mean alone tier {tier} was expected to change by {by:money}, with the general change "
        "by {all:money}; beyond that it changed by {beyond:money} ({low:money} to {high:money}).",
        tier=first["tier"],
        by=first["by_itself"],
        all=first["by_itself"] + first["general"],
        beyond=beyond,
        low=low,
        high=high,
    )
    sure = low > 0 or high < 0
    tone: Tone = "neutral" if not sure else "bad" if beyond < 0 else "good"
    proof = Evidence(
        source="regression-table",
        row=f"tier = {first['tier']}",
        estimate=beyond,
        ci_low=low,
        ci_high=high,
        n=int(first["customers"]),
    )
    found = Finding(id="tiers.by_itself", message=text, evidence=proof, claim="estimate", importance=55, tone=tone)
    return [found]


def keep_changes(wave: Wave, grades: Grades, previous: Table) -> pd.DataFrame:
    """Write who is to be told of a new tier, with the reason in words, as a workbook; return how many rose and fell.

    Those who may not be contacted are neither on the list nor counted. Customer ids never go to the report.
    """
    found = tier_changes(
        grades, previous, language=wave.config.languages[0], leave_out=gate_of(wave, "service").refusing
    )
    write_people(wave, "tier_changes", {"list": found.first(MOST_LISTED)}, use="service")
    return found.summary


def regression_notes() -> list[Note]:
    """Return the warning that goes with every fall of a tier selected on purchases."""
    text = message(
        "Customers who reached a high tier by an unusually good year fall back by themselves: a fall is not in itself "
        "a sign of dissatisfaction."
    )
    return [Note(text, "caution")]
