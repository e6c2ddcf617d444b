"""Chapter 90: the page a director reads: the answer, what to do, the proof, and how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from workbench.core.findings import Finding, findings_from, said
from workbench.core.language import Message, message
from workbench.report.chapter import LIST_SETTINGS, Chapter, ChapterParameters, Section
from workbench.report.chapters.value.chapter import UNTOLD
from workbench.store import Wave
from workbench.store.named_answers import named_answers

NAME = "90_summary"
FINDINGS = ("sample", "response", "segments", "attitudes", "value", "outlook", "loyalty", "tiers")
READ = (
    "frame_strata",
    "loyalty",
    "ratings",
    "nps_groups",
    "drivers",
    "topics",
    "scorecard",
    "value_summary",
    "segment_sizes",
    "segment_names",
    "tier_sizes",
    "respondents",
    *(f"findings_{c}" for c in FINDINGS),
)


class SummaryParameters(ChapterParameters):
    """Parameters of the notebook."""

    service_days: int = 5


def made(wave: Wave, name: str) -> bool:
    """Tell whether an artefact is there and belongs to a chapter that ran."""
    entry = wave.manifest.artefacts.get(name)
    return entry is not None and entry.made_by in wave.manifest.chapters and entry.rows > 0


def _no_actions(wave: Wave) -> Message | None:
    scored = "recommend" in wave.columns("responses") and named_answers(wave) is not None
    if scored or wave.has("interactions") or _no_movement(wave) is None:
        return None
    return message("There are no answers or complaints of named customers, and no tiers of two waves.")


def _no_scores(wave: Wave) -> Message | None:
    there = made(wave, "loyalty") or made(wave, "ratings")
    return None if there else message("There are no scores.")


def _no_where(wave: Wave) -> Message | None:
    # what the section's panels ask for: several groups, several drivers, a topic that somebody mentions
    groups = made(wave, "nps_groups") and bool(several_groups(wave.read("nps_groups", columns=["breakdown"])))
    drivers = made(wave, "drivers") and len(wave.read("drivers", columns=["driver"])) > 1
    topics = made(wave, "topics") and bool((wave.read("topics", columns=["mentions"])["mentions"] > 0).any())
    return None if groups or drivers or topics else message("There are no groups, drivers or comments.")


def several_groups(groups: pd.DataFrame) -> list[str]:
    """Return the breakdowns of more than one group, in their order."""
    sizes = groups["breakdown"].value_counts(sort=False)
    return [str(b) for b, n in sizes.items() if n > 1]


def _no_doing(wave: Wave) -> Message | None:
    return None if _no_scores(wave) is None or _no_value(wave) is None else message("There are no scores or values.")


def _no_value(wave: Wave) -> Message | None:
    return None if made(wave, "value_summary") else message("There are no customer values.")


def _no_bridge(wave: Wave) -> Message | None:
    before = wave.previous
    both = wave.has("clv") and before is not None and before.has("clv") and made(wave, "value_summary")
    return None if both else message("There is no previous wave with customer values.")


def _no_risk(wave: Wave) -> Message | None:
    there = {"probability_alive", "at_risk"} <= set(wave.columns("clv")) and made(wave, "value_summary")
    told = there and wave.read("value_summary")["basis"].iloc[0] not in UNTOLD
    return None if told else message("It cannot be told who has left.")


def _no_movement(wave: Wave) -> Message | None:
    before = wave.previous
    both = wave.has("tiers") and before is not None and before.has("tiers")
    return None if both else message("There is no previous wave with tiers.")


def _no_segments(wave: Wave) -> Message | None:
    there = made(wave, "segment_sizes") and wave.has("segments")
    return None if there else message("There are no segments.")


def _no_stake(wave: Wave) -> Message | None:
    parts = (_no_risk, _no_movement, _no_segments)
    return None if any(p(wave) is None for p in parts) else message("There are no values, tiers or segments.")


CHAPTER = Chapter(
    name=NAME,
    title=message("Summary"),
    parameters=SummaryParameters,
    reads=(
        "customers",
        "transactions",
        "contacts",
        "responses",
        "interactions",
        "panel",
        "contracts",
        "segments",
        "tiers",
        "clv",
        "profits",
        *READ,
    ),
    makes=("summary", "actions", "action_counts"),
    after=(
        "10_sample",
        "20_response",
        "30_segments",
        "35_attitudes",
        "40_value",
        "45_outlook",
        "50_loyalty",
        "60_tiers",
    ),
    left_out=lambda _: None,
    reads_before=("loyalty", "ratings", "clv", "tiers", "actions"),
    settings=(
        "languages",
        "currency",
        "labels",
        "values",
        "questions",
        "sets",
        "response",
        "sample",
        "value",
        "loyalty",
        "tiers",
        "tier_rules",
        "targets",
        "marks",
        "owners",
        *LIST_SETTINGS,
    ),
    sections=(
        Section("actions", message("What to do"), makes=("actions", "action_counts"), left_out=_no_actions),
        Section("doing", message("How are we doing?"), left_out=_no_doing),
        Section("scores", message("Scores"), left_out=_no_scores),
        Section("bridge", message("Where the change of value comes from"), left_out=_no_bridge),
        Section("value", message("What customers are worth"), left_out=_no_value, instead_of="bridge"),
        Section("where", message("Where and why"), left_out=_no_where),
        Section("stake", message("What is at stake"), left_out=_no_stake),
        Section("risk", message("Value at risk"), left_out=_no_risk),
        Section("movement", message("Movement between tiers"), after=("actions",), left_out=_no_movement),
        Section("segments", message("Segments"), left_out=_no_segments),
    ),
)


@dataclass(frozen=True)
class Found:
    """What the other chapters found, as the summary draws on it.

    Attributes
    ----------
    tables
        Artefact → its rows, of those that are there and belong to chapters that ran.
    findings
        Everything that may be said, the clear and the important first.
    """

    tables: Mapping[str, pd.DataFrame]
    findings: list[Finding]

    def table(self, name: str) -> pd.DataFrame | None:
        """Return an artefact, None where it is not there."""
        return self.tables.get(name)

    def finding(self, *ids: str) -> Finding | None:
        """Return the first finding with one of some ids, or of some kinds (the id before its colon)."""
        for wanted in ids:
            for one in self.findings:
                if one.id == wanted or one.id.split(":")[0] == wanted:
                    return one
        return None


def results_of(wave: Wave) -> Found:
    """Return the small results of the other chapters that are there and belong to this run's chapters."""
    tables = {name: wave.read(name) for name in READ if name != "respondents" and made(wave, name)}
    told = [f for c in FINDINGS for f in findings_from(tables.get(f"findings_{c}", pd.DataFrame({"id": []})))]
    return Found(tables=tables, findings=said(told))


def summary_table(found: Found, confidence: float) -> pd.DataFrame:
    """Return the headline numbers as a table, to be kept.

    Parameters
    ----------
    found
        What the chapters kept.
    confidence
        Level of the intervals of the chapter on loyalty; customer values know their own.

    Returns
    -------
    DataFrame
        ``measure``, ``estimate``, ``ci_low``, ``ci_high``, ``level`` (of its interval).
    """
    columns = ["measure", "estimate", "ci_low", "ci_high", "level"]
    parts = []
    for name, measure in (("loyalty", "nps"), ("ratings", "satisfied")):
        rows = found.table(name)
        if rows is not None and "measure" in rows:
            parts.append(rows[rows["measure"] == measure].assign(level=confidence)[columns])
    value = found.table("value_summary")
    if value is not None:
        parts.append(value.head(1).rename(columns={"clv": "estimate"}).assign(measure="clv")[columns])
    known = [p for p in parts if len(p)]
    if not known:
        return pd.DataFrame({c: pd.Series(dtype=object if c == "measure" else float) for c in columns})
    return pd.concat(known, ignore_index=True)
