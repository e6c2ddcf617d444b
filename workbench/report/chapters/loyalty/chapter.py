"""Chapter 50: how loyal and how satisfied customers are, where, and what has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from workbench.core import charts
from workbench.core.language import Language, Message, Spoken, message
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.estimation import Change, Design
from workbench.nps import NetPromoterScore, Satisfaction, net_promoter_score, nps_change, satisfaction
from workbench.report.chapter import Chapter, ChapterParameters
from workbench.report.chapters.segments.chapter import segment_names
from workbench.store import Wave
from workbench.store.config.parts import Rating

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ResultT = TypeVar("ResultT", bound=Result)
UNKNOWN = "–"
GROUPED_BY = ("segment", "tier")
METHODS = {
    "unweighted": message("every answer counts once"),
    "weighted": message("weighted, answers taken as independent"),
    "design": message("weighted, sampling design respected (reported)"),
}
METHOD_COLUMNS = {
    "method": Column(message("How it is computed")),
    "previous": Column(message("Previous wave"), "signed1"),
    "current": Column(message("Current wave"), "signed1"),
    "estimate": Column(message("Change"), "signed1"),
    "ci_low": Column(message("Low (95 %)"), "signed1"),
    "ci_high": Column(message("High (95 %)"), "signed1"),
}
CHANGE_COLUMNS = {
    "previous": Column(message("Previous wave"), "signed1"),
    "current": Column(message("Current wave"), "signed1"),
    "estimate": Column(message("Change"), "signed1"),
    "ci_low": Column(message("Low (95 %)"), "signed1"),
    "ci_high": Column(message("High (95 %)"), "signed1"),
    "detectable": Column(message("Detectable change"), "dec1"),
}
CHANGE_SHOWN = ("previous", "current", "estimate", "ci_low", "ci_high", "n", "p_adjusted", "detectable", "verdict")
RATING_COLUMNS = {
    "question": Column(message("Question")),
    "top_box": Column(message("Satisfied"), "pct1"),
    "ci_low": Column(message("Low (95 %)"), "pct1"),
    "ci_high": Column(message("High (95 %)"), "pct1"),
    "mean": Column(message("Mean"), "dec2"),
    "mean_low": Column(message("Mean, low"), "dec2"),
    "mean_high": Column(message("Mean, high"), "dec2"),
}
RATING_SHOWN = ("top_box", "ci_low", "ci_high", "mean", "mean_low", "mean_high", "n", "n_effective")


class LoyaltyParameters(ChapterParameters):
    """Parameters of the notebook."""

    bootstrap: int = 500
    seed: int = 1
    recent_days: int = 90


def _left_out(wave: Wave) -> Message | None:
    if not wave.has("respondents"):
        return message("There are no weighted answers.")
    if "recommend" not in wave.columns("respondents"):
        return message("Nobody was asked whether they would recommend the company.")
    return None


CHAPTER = Chapter(
    name="50_loyalty",
    title=message("Loyalty and satisfaction"),
    parameters=LoyaltyParameters,
    reads=(
        "respondents",
        "raking_totals",
        "segments",
        "segment_names",
        "tiers",
        "clv",
        "customers",
        "transactions",
        "contacts",
        "responses",
        "sample",
        "interactions",
        "regions",
    ),
    makes=("loyalty", "nps_groups", "nps_changes", "drivers", "topics", "scorecard", "callbacks"),
    after=("20_response", "30_segments", "40_value", "60_tiers"),
    left_out=_left_out,
    settings=(
        "languages",
        "currency",
        "labels",
        "values",
        "questions",
        "response",
        "sample",
        "loyalty",
        "tiers",
        "owners",
    ),
)


def answers_of(wave: Wave) -> pd.DataFrame:
    """Return a wave's respondents with the segment and the tier of each, where they are known."""
    answers = wave.read("respondents")
    for name, column in (("segments", "segment"), ("tiers", "tier")):
        if wave.has(name):
            known = wave.read(name, only=answers["customer_id"])[["customer_id", column]]
            answers = answers.drop(columns=column, errors="ignore").merge(known, on="customer_id", how="left")
    present = [c for c in wave.config.loyalty.by if c in answers]
    return answers.assign(**{c: answers[c].astype("object").where(answers[c].notna(), UNKNOWN) for c in present})


def group_names(wave: Wave) -> dict[str, Mapping[Any, Spoken]]:
    """Return the names of segments and tiers as readers know them."""
    return {"segment": segment_names(wave), "tier": {t.name: t.label for t in wave.config.tiers}}


def in_names(result: ResultT, column: str, names: Mapping[str, Mapping[Any, Spoken]]) -> ResultT:
    """Return a result whose groups have their names."""
    known = names.get(column, {})
    if column not in result.table or not known:
        return result
    shown = pd.Series([known.get(v, v) for v in result.table[column]], index=result.table.index, dtype=object)
    return replace(result, table=result.table.assign(**{column: shown}))


def breakdowns(wave: Wave, answers: pd.DataFrame) -> list[str]:
    """Return the columns of `loyalty.by` that the wave has."""
    return [c for c in wave.config.loyalty.by if c in answers]


def shared_ids(wave: Wave, previous: pd.DataFrame, current: pd.DataFrame) -> str | None:
    """Return the id column if both waves asked some of the same customers, else None."""
    both = bool(set(previous["customer_id"]) & set(current["customer_id"]))
    return "customer_id" if both and wave.config.response.psu is None else None


def scores_by(wave: Wave, answers: pd.DataFrame, design: Design, by: Sequence[str]) -> dict[str, NetPromoterScore]:
    """Return the NPS by each breakdown."""
    plan = wave.config.loyalty
    return {
        column: net_promoter_score(
            answers, "recommend", design, by=column, confidence=plan.confidence, minimum_base=plan.minimum_base
        )
        for column in by
    }


def rating_table(
    answers: pd.DataFrame, design: Design, questions: Mapping[str, Rating], *, by: str | None = None
) -> Satisfaction:
    """Return satisfaction with every question asked, one line each (and by group).

    Returns
    -------
    Satisfaction
        Its table has ``question`` (the label) before the other columns.
    """
    parts = []
    for name, question in questions.items():
        if name not in answers or answers[name].notna().sum() == 0:
            continue
        top = question.high - question.top_box + 1
        result = satisfaction(answers, name, design, by=by, scale=(question.low, question.high), top=top)
        table = result.table.assign(question=pd.Series([question.label] * len(result.table), dtype=object))
        parts.append((table, result.distribution.assign(question=name), result.notes))
    table = pd.concat([p[0] for p in parts], ignore_index=True)
    first = [by, "question"] if by else ["question"]
    notes = tuple(dict.fromkeys(n for p in parts for n in p[2]))
    distribution = pd.concat([p[1] for p in parts], ignore_index=True)
    return Satisfaction(table=table[[*first, "variable", *RATING_SHOWN]], distribution=distribution, notes=notes)


def compare_methods(previous: pd.DataFrame, current: pd.DataFrame, designs: tuple[Design, Design]) -> pd.DataFrame:
    """Return the change of the NPS computed three ways, so that a reader sees what weights and design do.

    Returns
    -------
    DataFrame
        ``method``, ``previous``, ``current``, ``estimate``, ``ci_low``, ``ci_high``, ``p_value``.
    """
    ways = {"unweighted": None, "weighted": Design(weight="weight"), "design": designs}
    lines = []
    for name, way in ways.items():
        row = nps_change(previous, current, way, adjust=None).table.iloc[0]
        lines.append(
            {"method": METHODS[name], **{c: row[c] for c in METHOD_COLUMNS if c != "method"}, "p_value": row["p_value"]}
        )
    return pd.DataFrame(lines)


def without_small(change: Change, minimum: int) -> Change:
    """Return changes without the numbers of groups whose base is too small in a wave; their base stays."""
    small = (change.table[["n", "n_previous"]] < minimum).any(axis=1)
    hidden = ["previous", "current", "estimate", "std_error", "ci_low", "ci_high", "detectable"]
    return replace(change, table=change.table.assign(**{c: change.table[c].where(~small) for c in hidden}))


def draw_groups(result: NetPromoterScore, overall: float, language: Language) -> Figure:
    """Draw the NPS of groups with intervals, and all customers together as a dashed line."""
    column = result.table.columns[0]
    known = result.table.dropna(subset=["nps"])
    label = [g.text(language) if isinstance(g, Spoken) else str(g) for g in known[column]]
    shown = known.assign(label=label, estimate=known["nps"])

    def draw(ax: Axes) -> None:
        charts.interval_rows(ax, shown, label="label", style="signed1", reference=overall, language=language)

    return charts.draw_figure(draw, height=max(1.8, 0.5 * len(shown) + 0.8))


def group_table(scores: Mapping[str, NetPromoterScore]) -> pd.DataFrame:
    """Return all breakdowns in one table with the columns ``breakdown`` and ``group``, to be kept."""
    parts = [
        s.table.rename(columns={column: "group"}).assign(breakdown=column, group=lambda t: t["group"].astype(str))
        for column, s in scores.items()
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"breakdown": [], "group": [], "nps": []})


def change_table(changes: Mapping[str, Change]) -> pd.DataFrame:
    """Return all changes in one table with the columns ``breakdown`` and ``group``, to be kept."""
    parts = []
    for column, change in changes.items():
        group = change.table[column].astype(str) if column in change.table else "total"
        parts.append(change.table.drop(columns=[column], errors="ignore").assign(breakdown=column, group=group))
    return (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame(columns=["breakdown", "group", *CHANGE_SHOWN], dtype=object)
    )


def headline(score: NetPromoterScore, overall: pd.Series | None, change: Change | None) -> pd.DataFrame:
    """Return the wave's headline numbers, to be kept: NPS and satisfaction with intervals, base and change."""
    row = score.table.iloc[0]
    lines = [{"measure": "nps", "estimate": row["nps"], **row[["ci_low", "ci_high", "n", "n_effective"]].to_dict()}]
    if change is not None:
        moved = change.table.iloc[0]
        lines[0] |= {
            "change": moved["estimate"],
            "change_low": moved["ci_low"],
            "change_high": moved["ci_high"],
            "p_value": moved["p_value"],
            "verdict": moved["verdict"],
        }
    if overall is not None:
        lines.append(
            {
                "measure": "satisfied",
                "estimate": overall["top_box"],
                **overall[["ci_low", "ci_high", "n", "n_effective"]].to_dict(),
            }
        )
    columns = [
        "measure",
        "estimate",
        "ci_low",
        "ci_high",
        "n",
        "n_effective",
        "change",
        "change_low",
        "change_high",
        "p_value",
        "verdict",
    ]
    return pd.DataFrame(lines).reindex(columns=columns)


def nps_shown(column: str) -> tuple[str, ...]:
    """Return the columns of an NPS table that a page shows."""
    return (column, "nps", "ci_low", "ci_high", "promoters", "passives", "detractors", "n", "n_effective", "note")


def draw_ratings(table: pd.DataFrame, language: Language) -> Figure:
    """Draw the share of satisfied customers for each question."""
    shown = table.assign(label=[q.text(language) for q in table["question"]], estimate=table["top_box"])

    def draw(ax: Axes) -> None:
        charts.interval_rows(ax, shown, label="label", style="pct1", language=language)

    return charts.draw_figure(draw, height=0.5 * len(shown) + 0.8)
