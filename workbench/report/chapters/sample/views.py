"""Chapter 10, what it shows: strata as a map, the sample against the frame in words, and the precision to expect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.core import charts
from workbench.core.findings import Finding
from workbench.core.language import LANGUAGES, Language, Message, Spoken, format_value, message
from workbench.core.names import Column
from workbench.core.value_names import in_named_order
from workbench.report.chapters.columns import N_DRAWN
from workbench.report.chapters.sample.words import counted
from workbench.report.site.blocks import label_of
from workbench.sampling import Allocation, FrameSummary, Statement, crossed, margins_by
from workbench.sampling.frame import MISSING_STRATUM, WHOLE
from workbench.sampling.representativeness import Resemblance
from workbench.store.config.sample import SamplePlan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

MOST_ROWS = 40
RESEMBLANCE_COLUMNS = {
    "n": N_DRAWN,
    "share": Column(message("Share of the sample, weighted"), "pct1"),
}


def in_words(resemblance: Resemblance, labels: Mapping[str, Spoken]) -> pd.DataFrame:
    """Return a comparison with the variables named as readers know them."""
    table = in_named_order(resemblance.table, "group", within="variable")
    names: list[Any] = [label_of(v, labels) for v in table["variable"]]
    missing: Any = message("(missing)")
    groups = [missing if g == MISSING_STRATUM else g for g in table["group"]]
    return table.assign(variable=names, group=groups)


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
    crossing = crossed(table, strata[1:], "\n")
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
    table = margins_by(sizes, strata, plan.domain_margins, margin=plan.margin, confidence=plan.confidence)
    everybody: Any = message("All")
    first = table["variable"] == WHOLE
    names: list[Any] = [label_of(v, labels) for v in table["variable"]]
    table["variable"] = pd.Series(names, dtype=object).mask(first, everybody)
    table["domain"] = table["domain"].astype(object).mask(first, everybody)
    return table


def margin_columns(plan: SamplePlan) -> dict[str, Column]:
    """Return how margins are shown: points of NPS, or per cent."""
    style = "dec1" if plan.target == "nps" else "pct1"
    return {
        "domain": Column(message("Group")),
        "invited": Column(message("Customers asked"), "people"),
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
