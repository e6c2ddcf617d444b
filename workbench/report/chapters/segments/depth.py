"""Chapter 30, in depth: NPS of the segments, rules, personas, over-representation, RFM cells and how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.clustering import (
    Drift,
    Personas,
    Representation,
    RfmCells,
    SegmentModel,
    SegmentRules,
    Stability,
    explain_segments,
    interest_columns,
    representation,
    stability,
)
from workbench.clustering.attitudes import NO
from workbench.clustering.features import Features
from workbench.core import charts
from workbench.core.engine import Table
from workbench.core.language import Language, Spoken, message
from workbench.core.names import Column
from workbench.nps import net_promoter_score
from workbench.report.chapters.response.design import survey_design
from workbench.store import Wave
from workbench.store.config.parts import Words
from workbench.tiers import Offers
from workbench.tiers.criteria import with_criteria

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMED = {"name": Column(message("Segment"))}
MOST_NOTABLE = 12
FEWEST = 10


def segment_nps(wave: Wave, assigned: Table) -> pd.DataFrame | None:
    """Return the NPS of each segment with its interval and base; None where nobody was asked."""
    if not wave.has("respondents") or "recommend" not in wave.columns("respondents"):
        return None
    answers = wave.read("respondents")
    listed = pd.DataFrame({"customer_id": answers["customer_id"].astype(str)})
    kept = assigned.engine.register(listed)
    found = assigned.rows(
        f"SELECT s.customer_id, s.segment FROM {{table}} AS s JOIN {kept} AS r ON r.customer_id = s.customer_id"
    )
    joined = answers.drop(columns="segment", errors="ignore").merge(found, on="customer_id", how="left")
    known = joined[joined["segment"].notna()]
    if not len(known):
        return None
    # everybody stays in the table, as the design counts all respondents
    joined["segment"] = joined["segment"].astype("Int64").astype(object).where(joined["segment"].notna(), "-")
    plan = wave.config.loyalty
    score = net_promoter_score(
        joined,
        "recommend",
        survey_design(wave),
        by="segment",
        confidence=plan.confidence,
        minimum_base=plan.minimum_base,
    ).table
    table = score[score["segment"] != "-"]
    shown = table[table["nps"].notna()]
    return shown.assign(segment=shown["segment"].astype(int))[["segment", "nps", "ci_low", "ci_high", "n"]]


def nps_picture(scores: pd.DataFrame, names: Mapping[int, Words]) -> Callable[[Language], Figure]:
    """Return a drawing of the NPS of each segment with its interval and base."""

    def draw(language: Language) -> Figure:
        shown = scores.assign(label=[names[s].text(language) for s in scores["segment"]], estimate=scores["nps"])

        def fill(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="label", style="signed1", language=language)

        return charts.draw_figure(fill, height=1.0 + 0.5 * len(shown))

    return draw


def offers_test(found: Offers, names: Mapping[int, Words]) -> pd.DataFrame:
    """Return how offers did in orders held out, with the segments' names."""
    return named(found.table.rename(columns={"group": "segment"}), names)


def stability_of(model: SegmentModel, features: Features, replicates: int, resampled: int) -> Stability | None:
    """Return how well the segments are found again; None for segments made by hand or on another scale."""
    if model.method == "rules":
        return None
    return stability(features, model, replicates=replicates, resampled=min(resampled, len(features.rows)), seed=1)


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


def rules_of(model: SegmentModel, features: Features) -> SegmentRules | None:
    """Return the segments as rules; None where a segment is too small to tell apart."""
    sizes = model.assign(features).value_counts()
    if len(features.rows) < FEWEST or len(sizes) < 2 or sizes.min() < 2:
        return None
    return explain_segments(model, features)


def rules_table(rules: SegmentRules, names: Mapping[int, Words]) -> pd.DataFrame:
    """Return the rules with the segments' names."""
    return named(rules.table, names)[["name", "rule", "n", "share", "right", "ci_low", "ci_high"]]


def persona_table(found: Personas, names: Mapping[int, Words]) -> tuple[pd.DataFrame, dict[str, Column]]:
    """Return one row per segment with its typical ranges, and the labels of the columns."""
    columns: dict[str, Column] = dict(NAMED)
    wide: dict[int, dict[str, object]] = {}
    for row in found.table.to_dict("records"):
        label = row["variable"]
        key = label.text("en") if isinstance(label, Spoken) else str(label)
        columns[key] = Column(label if isinstance(label, Spoken) else message("{name}", name=key))
        wide.setdefault(int(row["segment"]), {"segment": int(row["segment"])})[key] = row["typical"]
    return named(pd.DataFrame(list(wide.values())), names), columns


def described_by(wave: Wave, assigned: Table) -> Representation | None:
    """Return who is over- and under-represented, by the columns of ``wave.yaml`` that the customer list has."""
    if not wave.has("customers"):
        return None
    columns = [c for c in wave.config.segments.describe if c in wave.columns("customers")]
    people = wave.table("customers")
    if "interests" in wave.columns("customers"):
        flags, names = interest_columns(people)
        people, columns = with_criteria(people, {"interests": (flags, names)}), [*columns, *names]
    return representation(assigned, people, columns) if columns else None


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


def lasting_shift(found: Drift) -> float:
    """Return the largest shift of a centre, for the contract of the notebook."""
    shifts = found.table["centre_shift"].to_numpy(dtype=float)
    return float(np.nanmax(shifts)) if np.isfinite(shifts).any() else 0.0
