"""Chapter 50, scores in detail: the distribution, groups against all others, composition, batteries."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.errors import InputError, UntrustedWarning
from workbench.core.language import Language, Message, Spoken, message
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.estimation import Design, GroupComparison
from workbench.estimation.groups import Against
from workbench.nps import (
    AnswerQuality,
    Kano,
    MixEffect,
    NetPromoterScore,
    Reliability,
    Satisfaction,
    answer_quality,
    kano,
    mix_effect,
    nps_comparison,
    scale_reliability,
)
from workbench.nps.mix_effect import PARTS
from workbench.store.config.parts import Rating

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

AGAINST: tuple[Against, ...] = ("rest", "each other")
SHADES = {"detractors": charts.PAPER, "passives": charts.GRID, "promoters": charts.INK}
SCORE_COLUMNS = {
    "nps": Column(message("NPS"), "signed1"),
    "mean": Column(message("Mean, 0–10"), "dec2"),
    "mean_low": Column(message("Mean, low"), "dec2"),
    "mean_high": Column(message("Mean, high"), "dec2"),
}
SCORE_SHOWN = (
    "nps",
    "ci_low",
    "ci_high",
    "promoters",
    "passives",
    "detractors",
    "mean",
    "mean_low",
    "mean_high",
    "n",
    "n_effective",
)
REST_COLUMNS = {
    "group": Column(message("Group")),
    "nps": Column(message("NPS"), "signed1"),
    "ci_low": Column(message("Low (95 %)"), "signed1"),
    "ci_high": Column(message("High (95 %)"), "signed1"),
    "difference": Column(message("Difference to all others"), "signed1"),
    "p_adjusted": Column(message("p-value, adjusted"), "p"),
    "against": Column(message("Against all others")),
    "letter": Column(message("Letter")),
    "above": Column(message("Clearly higher than")),
    "n": Column(message("Base"), "int"),
}
WORDS: Mapping[str, Message] = {
    "higher": message("higher"),
    "lower": message("lower"),
    "no clear difference": message("no clear difference"),
    "base too small": message("base too small"),
}
MIX_COLUMNS = {
    "held": Column(message("Composition held by")),
    "part": Column(message("Part of the change")),
    "estimate": Column(message("Points of NPS"), "signed1"),
    "ci_low": Column(message("Low (95 %)"), "signed1"),
    "ci_high": Column(message("High (95 %)"), "signed1"),
    "p_value": Column(message("p-value"), "p"),
}
ITEM_COLUMNS = {
    "item": Column(message("Question")),
    "mean": Column(message("Mean"), "dec2"),
    "item_rest": Column(message("Correlation with the rest"), "dec2"),
    "alpha_without": Column(message("Alpha without the item"), "dec3"),
}


def overall_table(score: NetPromoterScore) -> pd.DataFrame:
    """Return the wave's score in one line with the interval of the mean, which needs less sample."""
    row = score.table
    reach = 1.959964 * row["mean_std_error"]
    return row.assign(mean_low=row["mean"] - reach, mean_high=row["mean"] + reach)[list(SCORE_SHOWN)]


def answer_shares(answers: pd.DataFrame, column: str = "recommend") -> pd.DataFrame:
    """Return the weighted share of each answer 0–10: ``answer``, ``share``, ``class``."""
    known = answers[answers[column].notna()]
    share = known.groupby(known[column].astype(int))["weight"].sum().reindex(range(11), fill_value=0.0)
    kind = ["detractors"] * 7 + ["passives"] * 2 + ["promoters"] * 2
    return pd.DataFrame({"answer": range(11), "share": (share / share.sum()).to_numpy(), "class": kind})


def draw_distribution(answers: pd.DataFrame, language: Language) -> Figure:
    """Draw how often each answer was given, the three classes told apart by their shade."""
    table = answer_shares(answers)
    names = {"detractors": message("Detractors"), "passives": message("Passives"), "promoters": message("Promoters")}

    def draw(ax: Axes) -> None:
        for name, part in table.groupby("class", sort=False):
            label = f"{names[str(name)].text(language)} {100 * part['share'].sum():.0f}%"
            ax.bar(
                part["answer"],
                part["share"],
                color=SHADES[str(name)],
                edgecolor=charts.INK,
                linewidth=0.8,
                width=0.8,
                label=label,
            )
        for _, row in table.iterrows():
            ax.annotate(
                f"{100 * row['share']:.0f}%",
                (row["answer"], row["share"]),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                fontsize=8,
            )
        ax.set_xticks(range(11))
        ax.grid(axis="x", visible=False)
        ax.set_xlabel(message("Recommendation, 0–10").text(language))
        charts.format_axis(ax.yaxis, "pct", language)
        ax.legend(loc="upper left", fontsize=9)

    return charts.draw_figure(draw, height=3.4)


def comparisons(
    answers: pd.DataFrame, design: Design, by: Sequence[str], *, confidence: float, minimum: int
) -> dict[str, tuple[GroupComparison, GroupComparison]]:
    """Return each group against all others, and every pair of groups, for every breakdown with two groups or more."""
    found = {}
    for column in by:
        if len(answers.loc[answers["recommend"].notna(), column].dropna().unique()) > 1:
            with warnings.catch_warnings():
                # groups of a few answers are suppressed on the page
                warnings.simplefilter("ignore", UntrustedWarning)
                rest, pairs = (
                    nps_comparison(answers, design, by=column, against=a, confidence=confidence, minimum_base=minimum)
                    for a in AGAINST
                )
            found[column] = (rest, pairs)
    return found


def group_lines(
    score: NetPromoterScore, compared: tuple[GroupComparison, GroupComparison] | None, names: Mapping[Any, Spoken]
) -> pd.DataFrame:
    """Return each group's score and its difference to all others, with the groups' names.

    A group whose base is too small keeps its base only.
    """
    column = score.table.columns[0]
    table = score.table.rename(columns={column: "group"})
    if compared is not None:
        pairs = compared[0].pairs.rename(columns={"estimate": "difference", "verdict": "against"})
        known = table["group"].astype(str)
        lines = pairs.set_index("group")[["difference", "p_adjusted", "against"]].reindex(known)
        table = table.assign(**{str(c): lines[c].to_numpy() for c in lines})
        table.loc[table["nps"].isna(), ["difference", "p_adjusted"]] = np.nan
        words = [
            WORDS["base too small"] if pd.isna(n) else WORDS.get(str(a), a)
            for n, a in zip(table["nps"], table["against"], strict=True)
        ]
        table["against"] = pd.Series(words, index=table.index, dtype=object)
        letters = compared[1].table.set_index(compared[1].table[column].astype(str))[["letter", "above"]].reindex(known)
        table = table.assign(letter=letters["letter"].to_numpy(), above=letters["above"].to_numpy())
    named = pd.Series([names.get(g, g) for g in table["group"]], index=table.index, dtype=object)
    shown = [c for c in REST_COLUMNS if c in table]
    return table.assign(group=named)[shown]


def mixes(
    previous: pd.DataFrame,
    current: pd.DataFrame,
    designs: tuple[Design, Design],
    by: Sequence[str],
    *,
    id_column: str | None,
) -> dict[str, MixEffect]:
    """Return the change split into real change and mix effect, for every breakdown whose groups are in both waves."""
    found = {}
    for column in by:
        try:
            found[column] = mix_effect(previous, current, designs, by=column, id=id_column)
        except InputError:
            # a group of one wave only: its change cannot be told from its coming or going
            continue
    return found


def mix_table(found: Mapping[str, MixEffect], labels: Mapping[str, Spoken]) -> pd.DataFrame:
    """Return the parts of the change for every breakdown, one row each."""
    rows = []
    for column, mix in found.items():
        held = labels.get(column, Message(column))
        parts = mix.table.iloc[1:].to_dict("records")
        rows += [{**{str(k): v for k, v in p.items()}, "held": held, "part": PARTS[str(p["part"])]} for p in parts]
    return pd.DataFrame(rows, columns=list(MIX_COLUMNS))


def draw_answers(ratings: Satisfaction, questions: Mapping[str, Rating], language: Language) -> Figure:
    """Draw the distribution of answers to each question as stacked bars, from worst (white) to best (black)."""
    names = [q for q in questions if q in set(ratings.distribution["question"])]
    scales = {(questions[q].low, questions[q].high) for q in names}
    most = max(high - low + 1 for low, high in scales)
    greys = [str(v) for v in np.linspace(0.97, 0.15, most)]

    def draw(ax: Axes) -> None:
        for place, name in enumerate(reversed(names)):
            part = ratings.distribution[ratings.distribution["question"] == name].sort_values("answer")
            left = 0.0
            for i, (_, row) in enumerate(part.iterrows()):
                shade = round(i * (most - 1) / max(len(part) - 1, 1))
                ax.barh(
                    place, row["share"], left=left, color=greys[shade], edgecolor=charts.INK, linewidth=0.6, height=0.66
                )
                if row["share"] > 0.05:
                    ax.annotate(
                        f"{100 * row['share']:.0f}%",
                        (left + row["share"] / 2, place),
                        ha="center",
                        va="center",
                        fontsize=8,
                        color="white" if shade > most / 2 else charts.INK,
                    )
                left += row["share"]
        ax.set_yticks(
            range(len(names)),
            [f"{questions[q].label.text(language)} ({questions[q].low}–{questions[q].high})" for q in reversed(names)],
        )
        ax.set_xlim(0, 1)
        ax.grid(visible=False)
        charts.format_axis(ax.xaxis, "pct", language)

    return charts.draw_figure(draw, height=0.42 * len(names) + 0.8)


def battery(answers: pd.DataFrame, items: Sequence[str], design: Design) -> Reliability | None:
    """Return how well the rated questions measure one thing, None where they cannot be looked at together."""
    try:
        return scale_reliability(answers, list(items), design)
    except InputError:
        return None


def item_table(found: Reliability, questions: Mapping[str, Rating]) -> pd.DataFrame:
    """Return the items of a battery under the questions' names."""
    named = [questions[i].label if i in questions else Message(str(i)) for i in found.table["item"]]
    return found.table.assign(item=pd.Series(named, dtype=object))[list(ITEM_COLUMNS)]


def battery_note(found: Reliability) -> Note:
    """Say how well the battery holds together."""
    text = message(
        "Cronbach's alpha {alpha:dec2} ({low:dec2} to {high:dec2}), Krippendorff's alpha {agreement:dec2}: the first "
        "says whether the questions move together, the second whether they say the same.",
        alpha=found.alpha,
        low=found.alpha_low,
        high=found.alpha_high,
        agreement=found.krippendorff,
    )
    return Note(text)


def kano_of(
    answers: pd.DataFrame, features: Mapping[str, tuple[str, str]], labels: Mapping[str, Spoken]
) -> Kano | None:
    """Return the Kano categories of the features asked about, under their names; None where none was asked."""
    asked = {f: pair for f, pair in features.items() if set(pair) <= set(answers)}
    if not asked:
        return None
    found = kano(answers, asked)
    named = pd.Series([labels.get(f, f) for f in found.table["feature"]], dtype=object)
    return replace(found, table=found.table.assign(feature=named))


def careless(answers: pd.DataFrame, items: Sequence[str]) -> AnswerQuality | None:
    """Return signs of careless answering, None with fewer than four questions."""
    if len(items) < 4:
        return None
    seconds = "duration_seconds" if "duration_seconds" in answers else None
    return answer_quality(answers, list(items), seconds=seconds)
