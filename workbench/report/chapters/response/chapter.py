"""Chapter 20: who was asked, who answered, and what each answer stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.errors import InputError
from workbench.core.language import Message, Spoken, message
from workbench.core.results import Note
from workbench.estimation import Design, estimate_mean
from workbench.report.chapter import Chapter, ChapterParameters
from workbench.report.chapters.response.design import RAKING_TOTALS, raking_margins
from workbench.report.chapters.sample.chapter import make_frame
from workbench.report.chapters.sample.plan import by_group
from workbench.sampling import Frame, compare_with_frame
from workbench.store import Wave
from workbench.store.config.response import ResponsePlan
from workbench.store.config.sample import SamplePlan
from workbench.weighting import (
    FieldProgress,
    ResponsePropensity,
    Weights,
    adjust_nonresponse,
    base_weights,
    field_progress,
    outcome_rates,
    rake,
    response_propensity,
    trim,
)

PROPENSITY = "propensity_class"


class ResponseParameters(ChapterParameters):
    """Parameters of the notebook."""

    smallest_class: int = 10


def _left_out(wave: Wave) -> Message | None:
    if not wave.has("responses"):
        if wave.has("sample"):
            asked = int((~wave.read("sample")["reserve"]).sum())
            return message("Fieldwork is open: no answers yet from {n:int} customers drawn.", n=asked)
        return message("There are no answers.")
    return None


CHAPTER = Chapter(
    name="20_response",
    title=message("Response and weights"),
    parameters=ResponseParameters,
    reads=("responses", "contacts", "sample", "frame", "frame_strata", "customers", "released_sample"),
    makes=("respondents",),
    after=("10_sample",),
    left_out=_left_out,
    settings=("labels", "values", "population", "questions", "response", "sample"),
)


def asked_and_answered(sample: pd.DataFrame, contacts: pd.DataFrame | None, responses: pd.DataFrame) -> pd.DataFrame:
    """Return the customers who were asked, with ``responded`` and their answers.

    Parameters
    ----------
    sample
        Sample and reserve, told apart by ``reserve``.
    contacts
        Attempts; with them everybody in it was asked, without them everybody of the sample who is not in reserve.
    responses
        Answers; those of customers who were not asked are left out (see `stranger_note`).
    """
    if contacts is None:
        asked = sample[~sample["reserve"]]
    else:
        asked = sample[sample["customer_id"].isin(contacts["customer_id"])]
    answers = responses.assign(responded=True)
    extra = [c for c in answers.columns if c == "customer_id" or c not in asked.columns]
    joined = asked.merge(answers[extra], on="customer_id", how="left")
    joined["responded"] = joined["responded"].notna()
    return joined.sort_values("customer_id", ignore_index=True)


def weighting_classes(asked: pd.DataFrame, columns: Sequence[str], minimum: int) -> tuple[pd.DataFrame, Note | None]:
    """Return those asked with their weighting class; classes with too few answers are combined with their neighbours.

    Classes are the crossing of all columns. Where one has fewer than `minimum` respondents, all classes that differ
    from it in the last column only become one, and so on towards the first column; the note names what was combined.

    Returns
    -------
    tuple
        The customers with the column ``weighting_class``, and a note where classes were combined.
    """
    keys = asked[list(columns)].astype(str).to_numpy()
    depth = np.full(len(asked), len(columns))
    while True:
        labels = pd.Series([" | ".join(k[:d]) or "all" for k, d in zip(keys, depth, strict=True)], index=asked.index)
        answers = asked.groupby(labels)["responded"].sum()
        small = labels.isin(answers.index[answers < minimum]).to_numpy() & (depth > 0)
        if not small.any():
            break
        level = depth[small].max() - 1
        parents = {tuple(k[:level]) for k in keys[small & (depth == level + 1)]}
        inside = np.array([tuple(k[:level]) in parents for k in keys])
        depth = np.where(inside, np.minimum(depth, level), depth)
    combined = sorted(set(labels[depth < len(columns)]))
    note = None
    if combined:
        text = message(
            "Weighting classes with fewer than {n:int} answers were combined with their neighbours: {which}.",
            n=minimum,
            which=", ".join(combined),
        )
        note = Note(text, "caution")
    return asked.assign(weighting_class=labels), note


def stranger_note(asked: pd.DataFrame, responses: pd.DataFrame) -> Note | None:
    """Count answers from customers who were not asked."""
    strangers = int((~responses["customer_id"].isin(asked["customer_id"])).sum())
    if not strangers:
        return None
    text = message(
        "{n:int} answers come from customers who were not drawn; they are not weighted and not used.", n=strangers
    )
    return Note(text, "caution")


def bias_table(frame: Frame, respondents: pd.DataFrame, variables: Sequence[str], used: Sequence[str]) -> pd.DataFrame:
    """Compare frame, answers and weighted answers on what is known of everybody.

    Returns
    -------
    DataFrame
        ``variable``, ``level``, ``frame_share``, ``answered_share``, ``weighted_share``, ``gap_before`` and
        ``gap_after`` (shares minus that of the frame), ``respondents``, ``used`` (whether weighting knew the variable).
    """
    before = compare_with_frame(frame, respondents, variables).table
    after = compare_with_frame(frame, respondents, variables, weight="weight").table
    return pd.DataFrame(
        {
            "variable": before["variable"],
            "level": before["group"],
            "frame_share": before["frame_share"],
            "answered_share": before["share"],
            "weighted_share": after["share"],
            "gap_before": before["share"] - before["frame_share"],
            "gap_after": after["share"] - before["frame_share"],
            "respondents": before["n"],
            "used": before["variable"].isin(list(used)),
        }
    )


def frame_of(wave: Wave) -> Frame | None:
    """Return the frame the sample was drawn from, None where the sample was drawn elsewhere."""
    return make_frame(wave.table("frame"), wave) if wave.has("frame", "frame_strata") else None


def reached_table(contacts: pd.DataFrame, asked: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return who was asked, reached and answered, by mode and by columns of the frame.

    A customer counts in the mode of the attempt that decided.

    Returns
    -------
    DataFrame
        ``variable``, ``level``, ``asked``, ``reached``, ``answered``, ``CON1``, ``COOP1``, ``RR1``.
    """
    by = [*(["mode"] if "mode" in contacts else []), *columns]
    known = contacts.merge(asked[["customer_id", *columns]], on="customer_id", how="inner")
    parts = []
    for column in by:
        rates = outcome_rates(known.assign(level=known[column].astype(str)), by="level").table
        reached = rates[["I", "P", "R", "O"]].sum(axis=1)
        parts.append(rates.assign(variable=column, reached=reached, answered=rates["I"]))
    shown = ["variable", "level", "asked", "reached", "answered", "CON1", "COOP1", "RR1"]
    return pd.concat(parts, ignore_index=True)[shown] if parts else pd.DataFrame(columns=shown)


def fieldwork_progress(contacts: pd.DataFrame, sample: pd.DataFrame, plan: SamplePlan) -> FieldProgress:
    """Compare completes with those planned: the sample of each stratum times the response rate planned for it."""
    drawn = sample[~sample["reserve"]]
    groups = drawn.drop_duplicates("stratum").set_index("stratum").sort_index()
    rates = by_group(groups, plan.response_rates, plan.response_rate)
    targets = (drawn.groupby("stratum").size() * rates).round()
    tried = sample["customer_id"].isin(contacts["customer_id"])
    people = sample[tried | ~sample["reserve"]]
    return field_progress(contacts[contacts["customer_id"].isin(people["customer_id"])], targets, sample=people)


@dataclass(frozen=True)
class Weighted:
    """Everybody asked, the steps of weighting, what the last adjustment did, and the totals that raking met."""

    asked: pd.DataFrame
    steps: dict[str, Weights]
    adjustment: Weights | None
    balance: ResponsePropensity | None = None
    notes: tuple[Note, ...] = ()
    totals: pd.DataFrame | None = None


def weigh(
    asked: pd.DataFrame, plan: ResponsePlan, columns: Sequence[str], minimum: int, frame: Frame | None = None
) -> Weighted:
    """Weigh those who answered in the way of `plan`: by classes, by response propensity, or by raking to the frame.

    Parameters
    ----------
    asked
        Everybody asked, with ``inclusion_probability`` (or stratum and its population) and ``responded``.
    columns
        Columns of the frame to adjust by.
    minimum
        Fewest respondents of a weighting class.
    frame
        The frame; its totals are what raking aims at.
    """
    base = base_weights(asked)
    asked = asked.assign(base_weight=base.weights)
    steps = {"base": base}
    notes: tuple[Note, ...] = ()
    balance = totals = None
    if plan.method == "propensity":
        balance = response_propensity(asked, predictors=list(columns), weight="base_weight")
        asked = asked.assign(**{PROPENSITY: balance.classes})
        adjusted = adjust_nonresponse(asked, classes=PROPENSITY, minimum=1)
        notes = balance.notes
    elif plan.method == "raking":
        if frame is None:
            raise InputError(
                "Raking aims at totals of the frame.",
                found="no frame in this wave",
                fix="Choose method: classes in wave.yaml, or give a customer list.",
                where="response.method",
            )
        totals = _frame_totals(asked, columns, frame)
        adjusted = _raked(asked, totals)
        if plan.trim is not None:
            totals = None  # trimmed weights meet no totals
            fixed = message("Intervals take the raked weights as given, which can make them too wide or too narrow.")
            notes = (Note(fixed),)
    else:
        asked, note = weighting_classes(asked, columns, minimum)
        adjusted = adjust_nonresponse(asked, classes="weighting_class", minimum=1)
        notes = (note,) if note else ()
    steps["response"] = adjusted
    if plan.trim is not None:
        answered = asked.loc[adjusted.weights > 0].assign(adjusted=adjusted.weights)
        cut = trim(answered, weight="adjusted", upper=plan.trim)
        whole = cut.weights.reindex(asked.index, fill_value=0.0)
        steps["trimmed"] = replace(cut, weights=whole)
        notes = (*notes, *cut.notes)
    return Weighted(asked, steps, adjusted, balance, notes, totals)


def _frame_totals(asked: pd.DataFrame, columns: Sequence[str], frame: Frame) -> pd.DataFrame:
    answered = asked[asked["responded"]].astype(dict.fromkeys(columns, str))
    totals = compare_with_frame(frame, answered, list(columns)).table
    return totals[["variable", "group", "population"]]


def _raked(asked: pd.DataFrame, totals: pd.DataFrame) -> Weights:
    answered = asked[asked["responded"]].astype(dict.fromkeys(totals["variable"].unique(), str))
    raked = rake(answered, raking_margins(totals), weight="base_weight")
    return replace(raked, weights=raked.weights.reindex(asked.index, fill_value=0.0))


def keep_totals(wave: Wave, weighted: Weighted) -> None:
    """Keep the totals that raking met, so that later chapters count what it gained."""
    if weighted.totals is None:
        wave.forget(RAKING_TOTALS)
    else:
        wave.keep(RAKING_TOTALS, weighted.totals, made_by=CHAPTER.name)


def cost_table(respondents: pd.DataFrame, design: Design, questions: Mapping[str, Spoken]) -> pd.DataFrame:
    """Say what weighting changes in the answers and what it costs in precision, question by question.

    Returns
    -------
    DataFrame
        ``question``, ``unweighted``, ``estimate``, ``std_error``, ``n``, ``deff`` (variance against a simple random
        sample of as many), ``n_effective``.
    """
    rows = []
    for column, label in questions.items():
        if column not in respondents or not pd.api.types.is_numeric_dtype(respondents[column]):
            continue
        if respondents[column].notna().sum() < 2:
            continue
        row = estimate_mean(respondents, column, design, deff="srswr").table.iloc[0]
        rows.append({"question": label, "unweighted": respondents[column].mean(), **row.drop("variable")})
    shown = ["question", "unweighted", "estimate", "std_error", "n", "deff", "n_effective"]
    return pd.DataFrame(rows, columns=shown)


def respondents_table(
    asked: pd.DataFrame, weights: pd.Series, *, population: pd.Series | None = None, psu: str | None = None
) -> pd.DataFrame:
    """Return the respondents with ``weight``, ``stratum``, ``psu`` and ``stratum_population`` for the estimators."""
    rows = weights.to_numpy(dtype=float) > 0
    kept = asked.loc[rows].assign(weight=weights.to_numpy(dtype=float)[rows])
    if psu or "psu" not in kept:
        kept["psu"] = kept[psu] if psu else kept["customer_id"]
    if population is not None:
        kept["stratum_population"] = population.to_numpy()[rows]
    if "stratum" not in kept:
        kept["stratum"] = "all"
    return kept.reset_index(drop=True)
