"""Chapter 50, drivers: what goes with recommending, where to act, and what a point is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import pandas as pd

from workbench.core import charts
from workbench.core.language import Language, Message, Spoken, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation import Design
from workbench.nps import (
    Drivers,
    DriverWorth,
    ImportancePerformance,
    PenaltyReward,
    driver_worth,
    importance_performance,
    key_drivers,
    penalty_reward,
)
from workbench.report.site.blocks import Finding
from workbench.store import Wave
from workbench.store.config.parts import Rating

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ResultT = TypeVar("ResultT", bound=Result)
ROWS_PER_DRIVER = 10
DRIVER_SHOWN = (
    "driver",
    "share",
    "ci_low",
    "ci_high",
    "rank",
    "rank_low",
    "rank_high",
    "clear",
    "performance",
    "missing",
    "n",
)
ODDS_COLUMNS = {
    "driver": Column(message("Driver")),
    "odds_ratio": Column(message("Odds ratio"), "dec2"),
    "odds_low": Column(message("Odds ratio, low"), "dec2"),
    "odds_high": Column(message("Odds ratio, high"), "dec2"),
    "p_value": Column(message("p-value"), "p"),
    "p_adjusted": Column(message("Same at all scores (p)"), "p"),
}


@dataclass(frozen=True)
class DriverAnalysis:
    """Everything the chapter says about drivers.

    Attributes
    ----------
    drivers
        Importance by Shapley shares.
    ordinal
        The same from an ordinal logit, with its check.
    worth
        What a point is worth.
    map
        Importance against performance.
    contrast
        Penalties and rewards; None where a question has no bad or no very good ratings.
    names
        Column → the question.
    """

    drivers: Drivers
    ordinal: Drivers
    worth: DriverWorth
    map: ImportancePerformance
    contrast: PenaltyReward | None
    names: Mapping[str, Spoken]


def driver_columns(wave: Wave, answers: pd.DataFrame) -> list[str]:
    """Return the questions that may drive the recommendation: those named, or those on the most frequent scale."""
    asked = {n: q for n, q in wave.config.questions.items() if n in answers and answers[n].notna().any()}
    if wave.config.loyalty.drivers:
        return [n for n in wave.config.loyalty.drivers if n in answers]
    rest = list(asked.items())[1:]
    if not rest:
        return []
    scale = Counter((q.low, q.high) for _, q in rest).most_common(1)[0][0]
    return [n for n, q in rest if (q.low, q.high) == scale]


def usable(answers: pd.DataFrame, columns: list[str]) -> bool:
    """Tell whether there are enough complete rows and differences for a driver analysis."""
    if len(columns) < 2:
        return False
    complete = answers[[*columns, "recommend"]].dropna()
    enough = len(complete) >= ROWS_PER_DRIVER * (len(columns) + 1)
    varied = int((complete[columns].max() > complete[columns].min()).sum())
    return enough and varied > 1 and bool(complete["recommend"].max() > complete["recommend"].min())


def analyse_drivers(
    wave: Wave, answers: pd.DataFrame, design: Design, *, bootstrap: int, seed: int
) -> DriverAnalysis | None:
    """Return the driver analysis of a wave, None where too few rated enough."""
    columns = driver_columns(wave, answers)
    if not usable(answers, columns):
        return None
    plan = resampled(design)
    found = key_drivers(answers, "recommend", columns, plan, bootstrap=bootstrap, seed=seed)
    ordinal = key_drivers(answers, "recommend", columns, plan, method="ordinal", bootstrap=bootstrap, seed=seed)
    first = wave.config.questions.get(columns[0], Rating.model_validate({"label": {"en": "", "zh-CN": ""}}))
    worth = driver_worth(
        answers, "recommend", columns, plan, scale=(first.low, first.high), bootstrap=bootstrap, seed=seed
    )
    low, high = (first.low + first.high) / 2, first.high
    both = all((answers[c] <= low).any() and (answers[c] >= high).any() for c in columns)
    contrast = penalty_reward(answers, "recommend", columns, plan, low=low, high=high) if both else None
    names: dict[str, Spoken] = {
        c: wave.config.questions[c].label if c in wave.config.questions else Message(c) for c in columns
    }
    return DriverAnalysis(found, ordinal, worth, importance_performance(found), contrast, names)


def resampled(design: Design) -> Design:
    """Return a design as a bootstrap can follow it: its first stage, a stratum of one unit adding no variance.

    Sampling within clusters is left to the first stage, which then counts as drawn with replacement.
    """
    first = design.stages[0] if len(design.stages) > 1 else design.psu
    whole = len(design.populations) <= 1 and len(design.stages) <= 1
    return replace(design, psu=first, population=design.population if whole else None, lonely_psu="certainty")


def in_questions(result: ResultT, names: Mapping[str, Spoken]) -> ResultT:
    """Return a result whose drivers are the questions as readers know them."""
    said = pd.Series([names.get(d, d) for d in result.table["driver"]], index=result.table.index, dtype=object)
    notes = tuple(
        replace(n, message=Message(n.message.template, {k: _said(v, names) for k, v in n.message.values.items()}))
        for n in result.notes
    )
    return replace(result, table=result.table.assign(driver=said), notes=notes)


def _said(value: object, names: Mapping[str, Spoken]) -> object:
    return names.get(value, value) if isinstance(value, str) else value


def odds_table(analysis: DriverAnalysis) -> pd.DataFrame:
    """Return the odds ratios of the ordinal model with the check of proportional odds."""
    check = analysis.ordinal.proportional_odds[["driver", "p_adjusted"]]
    table = analysis.ordinal.coefficients.merge(check, on="driver")
    order = [d for d in analysis.drivers.table["driver"] if d in set(table["driver"])]
    table = table.set_index("driver").loc[order].reset_index()
    return table.assign(driver=pd.Series([analysis.names[d] for d in order], dtype=object))[list(ODDS_COLUMNS)]


def odds_notes(analysis: DriverAnalysis) -> list[Note]:
    """Return what the check of the ordinal model says."""
    unlike = [n for n in analysis.ordinal.notes if "proportional odds" in n.message.template]
    named = [
        replace(n, message=Message(n.message.template, {**n.message.values, "driver": analysis.names[d]}))
        for n in unlike
        if (d := str(n.message.values["driver"])) in analysis.names
    ]
    text = message(
        "The odds ratio says how much more likely a higher score is with one point more on the question. The last "
        "column tests whether that holds at low and at high scores alike; a small value says it does not."
    )
    return [Note(text), *named]


def draw_map(analysis: DriverAnalysis, language: Language) -> Figure:
    """Draw importance against performance, the fields named, points above noise filled."""
    table, clear = analysis.map.table, analysis.drivers.table.set_index("driver")["clear"]

    def draw(ax: Axes) -> None:
        for _, row in table.iterrows():
            face = charts.INK if clear[row["driver"]] else charts.PAPER
            ax.plot(
                row["performance"],
                row["importance"],
                "o",
                markersize=8,
                markerfacecolor=face,
                markeredgecolor=charts.INK,
            )
            ax.annotate(
                analysis.names[row["driver"]].text(language),
                (row["performance"], row["importance"]),
                xytext=(7, 5),
                textcoords="offset points",
                fontsize=9,
            )
        ax.axhline(analysis.map.importance_cut, color=charts.MUTED, linestyle="--", linewidth=1)
        ax.axvline(analysis.map.performance_cut, color=charts.MUTED, linestyle="--", linewidth=1)
        ax.margins(0.3)
        corners = {
            "concentrate_here": (0.01, 0.98, "left", "top"),
            "keep_up": (0.99, 0.98, "right", "top"),
            "low_priority": (0.01, 0.02, "left", "bottom"),
            "possible_overkill": (0.99, 0.02, "right", "bottom"),
        }
        for name, (x, y, across, up) in corners.items():
            ax.text(
                x,
                y,
                QUADRANT_WORDS[name].text(language),
                transform=ax.transAxes,
                ha=across,
                va=up,
                fontsize=9,
                color=charts.MUTED,
            )
        ax.set_xlabel(message("Mean rating").text(language))
        ax.set_ylabel(message("Importance").text(language))
        charts.format_axis(ax.xaxis, "dec2", language)
        charts.format_axis(ax.yaxis, "pct", language)

    return charts.draw_figure(draw, height=4.4)


QUADRANT_WORDS: Mapping[str, Message] = {
    "concentrate_here": message("Concentrate here"),
    "keep_up": message("Keep up"),
    "low_priority": message("Low priority"),
    "possible_overkill": message("Possible overkill"),
}


def driver_findings(analysis: DriverAnalysis | None) -> list[Finding]:
    """Say which drivers lead, and what a point on the most valuable one is worth."""
    if analysis is None:
        return []
    table = analysis.drivers.table
    first, found = table.iloc[0], []
    if first["clear"]:
        alone = bool(first["rank_high"] == 1)
        template = (
            message("{driver} goes with recommending more than any other question ({share:pct} of what they explain).")
            if alone
            else message(
                "{driver} leads what goes with recommending ({share:pct} of what the questions explain), but its "
                "lead is within chance: its rank may be anything from {low:int} to {high:int}."
            )
        )
        values = {
            "driver": analysis.names[first["driver"]],
            "share": first["share"],
            "low": first["rank_low"],
            "high": first["rank_high"],
        }
        found.append(Finding(Message(template.template, values)))
    best = analysis.worth.table.iloc[0]
    if best["ci_low"] > 0:
        text = message(
            "One point more on {driver} goes with {points:signed1} points of NPS ({low:signed1} to {high:signed1}).",
            driver=analysis.names[best["driver"]],
            points=best["worth"],
            low=best["ci_low"],
            high=best["ci_high"],
        )
        found.append(Finding(text))
    return found


def drivers_kept(analysis: DriverAnalysis | None) -> pd.DataFrame:
    """Return importance and worth of each driver, to be kept."""
    columns = [
        "driver",
        "share",
        "ci_low",
        "ci_high",
        "rank",
        "rank_low",
        "rank_high",
        "clear",
        "performance",
        "worth",
        "worth_low",
        "worth_high",
    ]
    if analysis is None:
        return pd.DataFrame(columns=columns)
    worth = analysis.worth.table.rename(columns={"ci_low": "worth_low", "ci_high": "worth_high"})
    merged = analysis.drivers.table.merge(
        worth[["driver", "worth", "worth_low", "worth_high"]], on="driver", how="left"
    )
    return merged[columns]
