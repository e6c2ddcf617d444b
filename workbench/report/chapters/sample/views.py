"""Chapter 10, what it shows: the strata as a map, the sample held against the frame, and the precision to expect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.findings import Finding
from workbench.core.language import LANGUAGES, Language, Message, Spoken, format_value, message
from workbench.core.names import Column
from workbench.report.chapters.sample.words import counted
from workbench.report.site.blocks import label_of
from workbench.sampling import Allocation, FrameSummary, Sample, Statement, expected_precision
from workbench.sampling.frame import MISSING_STRATUM, SEPARATOR
from workbench.sampling.representativeness import Resemblance
from workbench.store.config.sample import SamplePlan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NOTABLE = 0.1  # a standardised difference that balance tables call notable
MOST_ROWS = 40
COMPARED = {
    "stratum": Column(message("Stratum")),
    "frame_share": Column(message("Share of the frame"), "pct1"),
    "sample_share": Column(message("Share of the sample"), "pct1"),
    "population": Column(message("Eligible customers"), "int"),
    "n": Column(message("Drawn"), "int"),
    "inclusion_probability": Column(message("Inclusion probability"), "pct1"),
    "base_weight": Column(message("Base weight"), "dec2"),
}
RESEMBLANCE_COLUMNS = {
    "n": Column(message("Drawn"), "int"),
    "share": Column(message("Share of the sample, weighted"), "pct1"),
}


def compare_with_frame(sample: Sample, allocation: Allocation, strata: list[str]) -> pd.DataFrame:
    """Return the strata of frame and sample side by side.

    Returns
    -------
    DataFrame
        ``stratum``, ``population``, ``frame_share``, ``n``, ``sample_share``, ``inclusion_probability``,
        ``base_weight`` (of the average customer of the stratum).
    """
    drawn = sample.table
    # a simple random sample has one stratum; its page still shows the groups it was planned by
    parts = [drawn[c].astype("object").fillna(MISSING_STRATUM).astype(str) for c in strata]
    label = crossed(parts, SEPARATOR) if parts else drawn["stratum"]
    table = allocation.table[["stratum", "population"]].copy()
    table["n"] = table["stratum"].map(label.value_counts()).fillna(0).astype("int64")
    table["frame_share"] = table["population"] / table["population"].sum()
    table["sample_share"] = table["n"] / table["n"].sum()
    table["inclusion_probability"] = table["n"] / table["population"]
    table["base_weight"] = (table["population"] / table["n"]).where(table["n"] > 0)
    return table[list(COMPARED)]


def crossed(columns: list[pd.Series[str]], separator: str) -> pd.Series[str]:
    """Return the columns' values joined row by row."""
    label = columns[0]
    for column in columns[1:]:
        label = label + separator + column
    return label


def in_words(resemblance: Resemblance, labels: Mapping[str, Spoken]) -> pd.DataFrame:
    """Return a comparison with the variables named as readers know them."""
    names: list[Any] = [label_of(v, labels) for v in resemblance.table["variable"]]
    missing: Any = message("(missing)")
    groups = [missing if g == MISSING_STRATUM else g for g in resemblance.table["group"]]
    return resemblance.table.assign(variable=names, group=groups)


def difference_figure(table: pd.DataFrame, language: Language) -> Figure:
    """Draw the standardised difference between sample and frame for every group, with the band that chance explains."""
    shown = table.loc[table["difference"].abs().nlargest(MOST_ROWS).index].sort_index()
    labels = [
        f"{v.text(language)}: {format_value(g, 'text', language)}"
        for v, g in zip(shown["variable"], shown["group"], strict=True)
    ]

    def draw(ax: Axes) -> None:
        rows = np.arange(len(shown))[::-1]
        far = (shown["difference"].abs() > NOTABLE).to_numpy()
        ax.axvspan(-NOTABLE, NOTABLE, color=charts.GRID, alpha=0.5, linewidth=0)
        ax.axvline(0, color=charts.MUTED, linewidth=1)
        for mask, color in ((~far, charts.ACCENT), (far, charts.BAD)):
            ax.plot(shown["difference"].to_numpy()[mask], rows[mask], "o", color=color, markersize=5)
        ax.set_yticks(rows, labels)
        widest = max(2 * NOTABLE, 1.1 * float(shown["difference"].abs().max()))
        ax.set_xlim(-widest, widest)
        charts.format_axis(ax.xaxis, "dec2", language)

    return charts.draw_figure(draw, height=1.0 + 0.24 * len(shown))


def strata_map(summary: FrameSummary, strata: list[str], language: Language) -> Figure:
    """Draw how many eligible customers each crossing of the stratum variables has."""
    table = summary.strata
    if len(strata) < 2:
        shown = table.nlargest(MOST_ROWS, "population").sort_index()
        names = [str(s) for s in shown["stratum"]]
        values = shown["population"].tolist()
        return charts.draw_figure(
            lambda ax: charts.bar_rows(ax, names, values, language=language), height=1.0 + 0.3 * len(shown)
        )
    crossing = crossed([table[c].astype(str) for c in strata[1:]], "\n")
    grid = table.assign(crossing=crossing).pivot_table(
        index=strata[0], columns="crossing", values="population", aggfunc="sum", fill_value=0, sort=False
    )
    grid = grid.loc[grid.sum(axis=1).nlargest(MOST_ROWS).index]
    return charts.draw_figure(
        lambda ax: charts.heat_map(ax, grid, style="int", diverging=False, language=language),
        height=1.2 + 0.36 * len(grid),
    )


def precision_table(
    allocation: Allocation, planned: pd.DataFrame, plan: SamplePlan, strata: list[str], labels: Mapping[str, Spoken]
) -> pd.DataFrame:
    """Return the margin to expect for all, and in each group of each stratum variable, beside the one wanted.

    Returns
    -------
    DataFrame
        ``variable``, ``domain``, ``population``, ``invited``, ``completes``, ``margin``, ``wanted``.
    """
    keys = ["stratum", "std_dev", "response_rate", *strata]
    sizes = allocation.table[["stratum", "population", "n"]].merge(planned[keys], on="stratum")
    sizes = sizes[sizes["n"] > 0]
    everybody = message("All")
    parts = [pd.DataFrame({"variable": [everybody], "domain": [everybody], "wanted": [plan.margin]})]
    first = expected_precision(sizes, confidence=plan.confidence).table.drop(columns=["domain", "deff"])
    parts[0] = pd.concat([parts[0], first], axis=1)
    for column in strata:
        found = expected_precision(sizes, domain=column, confidence=plan.confidence).table.iloc[1:]
        goal = plan.domain_margins.get(column, {})
        wanted = [goal.get(d, np.nan) if isinstance(goal, dict) else goal for d in found["domain"]]
        name: Any = label_of(column, labels)
        parts.append(found.drop(columns="deff").assign(variable=[name] * len(found), wanted=wanted))
    table = pd.concat(parts, ignore_index=True)
    return table[["variable", "domain", "population", "invited", "completes", "margin", "wanted"]]


def margin_columns(plan: SamplePlan) -> dict[str, Column]:
    """Return how margins are shown: points of NPS, or per cent."""
    style = "dec1" if plan.target == "nps" else "pct1"
    return {
        "domain": Column(message("Group")),
        "invited": Column(message("Customers asked"), "int"),
        "completes": Column(message("Expected interviews"), "int"),
        "margin": Column(message("Margin of error (±)"), style),
        "wanted": Column(message("Wanted (±)"), style),
        "widest": Column(message("Widest margin of a group (±)"), style),
    }


def precision_findings(table: pd.DataFrame, plan: SamplePlan) -> list[Finding]:
    """Say which margins the sample is expected to keep."""
    style = "dec1" if plan.target == "nps" else "pct1"
    asked = table[table["wanted"].notna()]
    # an interview cannot be split, so a margin may miss by a rounding error
    missed = asked[asked["margin"] > asked["wanted"] * 1.005]
    if missed.empty:
        kept = message("Every margin wanted is expected to be kept ({n:int} in all).", n=len(asked))
        return [counted("sample.margins", kept, len(asked), source="precision", importance=70, tone="good")]
    found = []
    for row in missed.head(8).itertuples():
        margin, wanted = (_Shown(float(str(v)), style) for v in (row.margin, row.wanted))
        text = message(
            "{group}: ±{margin} is expected instead of ±{wanted}.", group=row.domain, margin=margin, wanted=wanted
        )
        name = f"sample.margin:{row.domain}"
        found.append(counted(name, text, float(str(row.margin)), source="precision", importance=70, tone="bad"))
    return found


class _Shown:
    """A number that is written in the style it was given."""

    def __init__(self, value: float, style: str) -> None:
        self.value, self.style = value, style

    def text(self, language: Language) -> str:
        return format_value(self.value, self.style, language)


def statement_texts(statement: Statement) -> pd.DataFrame:
    """Return the sampling statement as text: ``language``, ``text``."""
    return pd.DataFrame({"language": list(LANGUAGES), "text": [statement.text(x) for x in LANGUAGES]})


def shown_statement(statement: Statement) -> list[Message]:
    """Return the sentences of the statement for the page; the exact starts stand in its text, in the wave's folder."""
    return [s for s in statement.sentences if "stratum" not in s.values or "start" not in s.values]
