"""Chapter 50, drivers: what goes with recommending, where to act, and what a point is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import pandas as pd

from workbench.core import charts
from workbench.core.language import Language, Message, Spoken, message
from workbench.core.names import RECOMMEND, Column
from workbench.core.results import Result
from workbench.estimation import Design
from workbench.nps import (
    Drivers,
    DriverWorth,
    ImportancePerformance,
    PenaltyReward,
    penalty_reward,
)
from workbench.report.chapters.columns import P_VALUE
from workbench.report.chapters.loyalty.sections import about_parts
from workbench.store import Wave
from workbench.store.config.questions import Rating
from workbench.store.sets import set_items

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ResultT = TypeVar("ResultT", bound=Result)
KEPT = (
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
    "worth_rank_low",
    "worth_rank_high",
    "good",
)
WORTH = {
    "ci_low": "worth_low",
    "ci_high": "worth_high",
    "rank_low": "worth_rank_low",
    "rank_high": "worth_rank_high",
}
ODDS_COLUMNS = {
    "driver": Column(message("Driver")),
    "odds_ratio": Column(message("Odds ratio"), "dec2"),
    "odds_low": Column(message("Odds ratio, low ({level:level})"), "dec2"),
    "odds_high": Column(message("Odds ratio, high ({level:level})"), "dec2"),
    "p_value": P_VALUE,
    "p_adjusted": Column(message("Same at all scores (p)"), "p"),
}


def driver_columns(wave: Wave, answers: pd.DataFrame) -> list[str]:
    """Return the questions that may drive the recommendation: those named, or those on the most frequent scale.

    A set of answers stands for its choices, which are 1 where they were ticked.
    """
    asked = {n: q for n, q in wave.config.questions.items() if n in answers and answers[n].notna().any()}
    if wave.config.loyalty.drivers:
        named = [c for n in wave.config.loyalty.drivers for c in set_items(wave.config, n).values() or [n]]
        return [n for n in named if n in answers and len(answers[n].dropna().unique()) > 1]
    rest = [(n, asked[n]) for n in about_parts(list(asked))]
    if not rest:
        return []
    scale = Counter((q.low, q.high) for _, q in rest).most_common(1)[0][0]
    return [n for n, q in rest if (q.low, q.high) == scale]


def scale_of(wave: Wave, items: Sequence[str]) -> tuple[int, int]:
    """Return the scale the drivers were rated on."""
    first = next((wave.config.questions[i] for i in items if i in wave.config.questions), None)
    in_set = {c for name in wave.config.sets for c in set_items(wave.config, name).values()}
    if first is None and set(items) <= in_set:
        return (0, 1)
    return (first.low, first.high) if first is not None else (1, 5)


def contrast_of(answers: pd.DataFrame, items: Sequence[str], design: Design, scale: tuple[int, int]) -> PenaltyReward:
    """Return what bad ratings cost and very good ones bring.

    Raises
    ------
    InputError
        If a question has no bad, or no very good, ratings.
    """
    middle = (scale[0] + scale[1]) / 2
    return penalty_reward(answers, RECOMMEND, list(items), design, low=middle, high=scale[1])


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


def odds_table(drivers: Drivers, names: Mapping[str, Spoken]) -> pd.DataFrame:
    """Return the odds ratios of the ordinal model with the check of proportional odds."""
    check = drivers.proportional_odds[["driver", "p_adjusted"]]
    table = drivers.coefficients.merge(check, on="driver")
    said = pd.Series([names.get(d, Message(str(d))) for d in table["driver"]], dtype=object)
    return table.assign(driver=said)[list(ODDS_COLUMNS)]


def draw_map(found: ImportancePerformance, drivers: Drivers, names: Mapping[str, Spoken], language: Language) -> Figure:
    """Draw importance against performance, the fields named, points above noise filled."""
    table, clear = found.table, drivers.table.set_index("driver")["clear"]

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
                names.get(row["driver"], Message(str(row["driver"]))).text(language),
                (row["performance"], row["importance"]),
                xytext=(7, 5),
                textcoords="offset points",
                fontsize=9,
            )
        ax.axhline(found.importance_cut, color=charts.MUTED, linestyle="--", linewidth=1)
        ax.axvline(found.performance_cut, color=charts.MUTED, linestyle="--", linewidth=1)
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


def drivers_kept(
    drivers: Drivers, worth: DriverWorth, answers: pd.DataFrame, questions: Mapping[str, Rating]
) -> pd.DataFrame:
    """Return importance and worth of each driver with the share that rates it good, the first first, to be kept."""
    told = worth.table[["driver", "worth", *WORTH]].rename(columns=WORTH)
    table = drivers.table.merge(told, on="driver", how="left")
    table["good"] = [_good(answers, d, questions) for d in table["driver"]]
    return table.reindex(columns=list(KEPT))


def _good(answers: pd.DataFrame, driver: str, questions: Mapping[str, Rating]) -> float:
    question = questions.get(driver)
    known = answers[answers[driver].notna()] if driver in answers else answers.iloc[:0]
    if question is None or not len(known):
        return float("nan")
    return float(known.loc[known[driver] >= question.top_box, "weight"].sum() / known["weight"].sum())
