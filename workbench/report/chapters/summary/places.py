"""Chapter 90: where and why scores differ: groups, what goes with recommending, and what customers write."""

from __future__ import annotations

import pandas as pd

from workbench.core.forms import lollipop, strip, topic_rows
from workbench.core.language import Message, Spoken, message
from workbench.core.names import Column
from workbench.report.chapters.columns import CHANGE, CHANGE_STATE, CI_HIGH, CI_LOW, ESTIMATE_NPS, N_BASE
from workbench.report.chapters.loyalty import pictures, tables
from workbench.report.chapters.loyalty.chapter import group_names, question_names
from workbench.report.chapters.loyalty.comments import topics_measure, topics_title
from workbench.report.chapters.loyalty.titles import title_of
from workbench.report.chapters.summary.chapter import Found, several_groups
from workbench.report.chapters.summary.panels import LOYALTY
from workbench.report.site.blocks import Block, label_of
from workbench.report.site.panels import panel
from workbench.store import Wave


def where_panels(wave: Wave, found: Found) -> list[Block]:
    """Return regions (or the first breakdown), drivers, and words."""
    blocks = []
    groups = found.table("nps_groups")
    several = several_groups(groups) if groups is not None else []
    if groups is not None and several:
        breakdown = _told_breakdown(found, several)
        rows = groups[groups["breakdown"] == breakdown].reset_index(drop=True)
        blocks.append(_strip_panel(wave, found, breakdown, rows))
    kept, topics = found.table("drivers"), found.table("topics")
    if kept is not None and len(kept) > 1:
        stems = pictures.driver_rows(kept, question_names(wave))
        blocks.append(
            panel(
                "drivers",
                title=title_of(found.findings, "driver.first", otherwise=message("What goes with recommending")),
                measure=message("NPS points that go with one point more on the rating"),
                draw=lambda language: lollipop(stems, language, right=message("rated good")),
                note=message("They go together; whether raising one raises the other, only a trial can show."),
                numbers=stems,
                columns=tables.DRIVER_COLUMNS,
                level=wave.config.loyalty.confidence,
                to=LOYALTY,
            )
        )
    if topics is not None and (topics["mentions"] > 0).any():
        lines = pictures.topic_table(topics)
        blocks.append(
            panel(
                "topics",
                title=topics_title(found.findings),
                measure=topics_measure(topics),
                draw=lambda language: topic_rows(lines, language),
                numbers=lines,
                columns=tables.TOPIC_COLUMNS,
                level=wave.config.loyalty.confidence,
                to=LOYALTY,
            )
        )
    return blocks


def _told_breakdown(found: Found, several: list[str]) -> str:
    """Return the breakdown the page's own sentence speaks of, so that its number stands below; else the first."""
    told = found.finding("nps.moved", "nps.stands")
    named = told.id.split(":", 1)[1].split("=", 1)[0] if told is not None else ""
    return named if named in several else several[0]


def _strip_panel(wave: Wave, found: Found, breakdown: str, rows: pd.DataFrame) -> Block:
    names = {str(k): v for k, v in group_names(wave).get(breakdown, {}).items()}
    named = pd.Series([names.get(str(g), str(g)) for g in rows["group"]], dtype=object)
    shown = rows.rename(columns={"nps": "estimate", "change_state": "state"}).assign(name=named)
    overall = found.table("loyalty")
    reference = float(overall["estimate"].iloc[0]) if overall is not None else None
    label = label_of(breakdown, wave.config.labels)
    moved = "change" in rows
    columns = {
        "name": Column(label),
        "estimate": ESTIMATE_NPS,
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
        "difference": Column(message("Difference to all others"), "signed1"),
        "difference_state": Column(message("Against all others")),
        "change": CHANGE,
        "state": CHANGE_STATE,
        "n": N_BASE,
    }
    return panel(
        "groups",
        title=strip_title(found, breakdown, label),
        measure=(
            message("NPS; ● now with its interval, ○ last wave, dashed: all customers")
            if moved
            else message("NPS; ● with its interval, dashed: all customers")
        ),
        draw=lambda language: strip(shown, language, reference=reference, minimum=wave.config.loyalty.minimum_base),
        numbers=shown[[c for c in columns if c in shown]],
        columns=columns,
        level=wave.config.loyalty.confidence,
        to=LOYALTY,
    )


def strip_title(found: Found, breakdown: str, label: Spoken) -> Message:
    """Return what moved, else who stands out, else that nobody does."""
    for start in (f"nps.moved:{breakdown}=", f"nps.stands:{breakdown}=", f"nps.alike:{breakdown}"):
        for finding in found.findings:
            if finding.id.startswith(start):
                return finding.text
    return message("NPS by {group}", group=label)
