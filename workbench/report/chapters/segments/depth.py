"""Chapter 30, in depth: NPS of the segments, rules, personas, over-representation, RFM cells and how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from workbench.clustering import (
    Drift,
    Personas,
    Representation,
    RfmCells,
    SegmentModel,
    SegmentRules,
    Stability,
    interest_columns,
    representation,
)
from workbench.clustering.attitudes import NO
from workbench.clustering.features import Features
from workbench.core import charts
from workbench.core.engine import Table
from workbench.core.language import Language, Spoken, is_spoken, message
from workbench.core.names import Column
from workbench.report.chapters.columns import NAME_SEGMENT
from workbench.report.chapters.segments.chapter import Formed, described_columns
from workbench.report.site.blocks import Block, Caption, figure, notes, table
from workbench.store import Wave
from workbench.store.config.parts import Words
from workbench.tiers.criteria import with_criteria

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMED = {"name": NAME_SEGMENT}
MOST_NOTABLE = 12


def model_features(model: SegmentModel, features: Features) -> Features:
    """Return this wave's customers on the scale of the model, so that frozen segments are judged on their own scale."""
    from dataclasses import replace

    from workbench.clustering.categories import apply_categories
    from workbench.clustering.feature_rules import apply_rules

    if model.method == "rules" or (model.rules == features.rules and model.categories == features.categories):
        return features
    values, codes = apply_rules(model.rules, features.rows), apply_categories(model.categories, features.rows)
    return replace(features, rules=model.rules, categories=model.categories, values=values, codes=codes)


def named(table: pd.DataFrame, names: Mapping[int, Words]) -> pd.DataFrame:
    """Return a table with the segments' names in place of their numbers."""
    words: list[Spoken] = [
        names.get(int(s), Words.model_validate({"en": str(s), "zh-CN": str(s)})) for s in table["segment"]
    ]
    shown = table.drop(columns="segment")
    shown.insert(0, "name", pd.Series(words, index=table.index, dtype=object))
    return shown


def rules_table(rules: SegmentRules, names: Mapping[int, Words]) -> pd.DataFrame:
    """Return the rules with the segments' names."""
    return named(rules.table, names)[["name", "rule", "n", "share", "right", "ci_low", "ci_high"]]


def persona_table(found: Personas, names: Mapping[int, Words]) -> tuple[pd.DataFrame, dict[str, Column]]:
    """Return one row per segment with its typical ranges, and the labels of the columns."""
    columns: dict[str, Column] = dict(NAMED)
    wide: dict[int, dict[str, object]] = {}
    for row in found.table.to_dict("records"):
        label = row["variable"]
        key = label.text("en") if is_spoken(label) else str(label)
        columns[key] = Column(label if is_spoken(label) else message("{name}", name=key))
        wide.setdefault(int(row["segment"]), {"segment": int(row["segment"])})[key] = row["typical"]
    return named(pd.DataFrame(list(wide.values())), names), columns


def described_by(wave: Wave, assigned: Table) -> Representation:
    """Return who is over- and under-represented, by the columns of ``wave.yaml`` that the customer list has."""
    columns, people = described_columns(wave), wave.table("customers")
    if "interests" in columns:
        flags, names = interest_columns(people)
        people = with_criteria(people, {"interests": (flags, names)})
        columns = [*(c for c in columns if c != "interests"), *names]
    return representation(assigned, people, columns)


def shown_notable(found: Representation, names: Mapping[int, Words], customers: int) -> Block:
    """Show the most notable differences, or that there is none."""
    if not len(found.notable):
        text = message("No group of the customer list is notably over- or under-represented in a segment.")
        return notes([text], "notable-none")
    columns = {**found.columns, **NAMED}
    caption = Caption(found.caption, base=customers)
    return table(notable_table(found, names), "notable", caption, columns=columns, level=found.level)


def shown_choice(formed: Formed) -> list[Block]:
    """Show how the number of segments was chosen, or that it was not chosen anew."""
    choice = formed.choice
    if choice is None:
        text = message("The number of segments was not chosen anew in this wave: k = {k:int}.", k=formed.model.k)
        return [notes([text], "k")]
    text = message("All criteria, each from its worst to its best value; filled: the number it prefers")
    return [
        figure(choice.plot, "choice", choice.caption, alt=choice.verdict),
        figure(choice.criteria, "criteria", text, alt=text),
        table(choice, "choice-table"),
    ]


def shown_drift(drift: Drift | None, names: Mapping[int, Words], base: int) -> list[Block]:
    """Show a refit beside the frozen segments, or that there is none."""
    if drift is None:
        return [notes([message("There is no frozen segmentation to compare a refit with.")], "drift-none")]
    caption = Caption(drift.caption, base=base)
    return [
        table(drift_table(drift, names), "drift", caption, columns={**drift.columns, **NAMED}),
        figure(drift.plot, "drift-picture", caption, alt=drift.verdict),
        notes(drift.notes, "drift-notes"),
    ]


def notable_table(found: Representation, names: Mapping[int, Words]) -> pd.DataFrame:
    """Return the most notable differences, with the segments' names."""
    columns = ["name", "variable", "level", "n", "share", "ci_low", "ci_high", "overall", "index", "p_value"]
    rows = found.notable[found.notable["level"] != NO].head(MOST_NOTABLE)
    told = [str(v).removeprefix("interests: ") if str(v).startswith("interests: ") else None for v in rows["variable"]]
    shown = rows.assign(
        level=[level if name is None else name for level, name in zip(rows["level"], told, strict=True)],
        variable=pd.Series(
            [v if name is None else message("Interest") for v, name in zip(rows["variable"], told, strict=True)],
            index=rows.index,
            dtype=object,
        ),
    )
    return named(shown, names)[columns]


def cells_picture(cells: RfmCells) -> Callable[[Language], Figure]:
    """Return a drawing of the share of customers in each cell of recency × frequency."""
    wide = cells.summary.pivot_table(index="r", columns="f", values="share", aggfunc="sum").sort_index(ascending=False)

    def draw(language: Language) -> Figure:
        def fill(ax: Axes) -> None:
            shown = wide.fillna(0.0)
            charts.heat_map(ax, shown, style="pct1", diverging=False, language=language)
            ax.set_xlabel(message("Frequency score (5 is most often)").text(language))
            ax.set_ylabel(message("Recency score (5 is latest)").text(language))

        return charts.draw_figure(fill, height=3.2)

    return draw


def drift_table(found: Drift, names: Mapping[int, Words]) -> pd.DataFrame:
    """Return the drift of each segment, with its name."""
    return named(found.table, names)


def stability_table(found: Stability, names: Mapping[int, Words]) -> pd.DataFrame:
    """Return the stability of each segment, with its name."""
    return named(found.table, names)
