"""Chapter 20, the weights: who was asked, what each answer stands for, and the totals that raking met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from workbench.core.errors import InputError
from workbench.core.language import message, plural
from workbench.core.membership import among
from workbench.core.names import BASE_WEIGHT
from workbench.core.results import Note
from workbench.report.chapters.response.design import (
    RAKING_TOTALS,
    raking_margins,
    variance_rule,
    with_drawn_probabilities,
    with_levels,
)
from workbench.report.chapters.response.samples import Beside, combined, respondents_of, samples_beside
from workbench.report.chapters.response.sources import own_weights, with_customer_columns
from workbench.report.chapters.sample.chapter import make_frame
from workbench.sampling import Frame, compare_with_frame
from workbench.store import Wave
from workbench.store.config.response import ResponsePlan
from workbench.weighting import (
    CombinedSamples,
    ResponsePropensity,
    Weights,
    adjust_nonresponse,
    base_weights,
    rake,
    response_propensity,
    trim,
    weighting_classes,
)

PROPENSITY = "propensity_class"


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
        asked = sample[among(sample["customer_id"], contacts["customer_id"])]
    answers = responses.assign(responded=True)
    extra = [c for c in answers.columns if c == "customer_id" or c not in asked.columns]
    joined = asked.merge(answers[extra], on="customer_id", how="left")
    joined["responded"] = joined["responded"].notna()
    return joined.sort_values("customer_id", ignore_index=True)


def frame_of(wave: Wave) -> Frame | None:
    """Return the frame the sample was drawn from, None where the sample was drawn elsewhere."""
    return make_frame(wave.table("frame"), wave) if wave.has("frame", "frame_strata") else None


def stranger_note(asked: pd.DataFrame, responses: pd.DataFrame) -> Note | None:
    """Count answers from customers who were not asked."""
    strangers = int((~among(responses["customer_id"], asked["customer_id"])).sum())
    if not strangers:
        return None
    text = plural(
        "{n:people} answer comes from a customer who was not drawn; it is not weighted and not used.",
        "{n:people} answers come from customers who were not drawn; they are not weighted and not used.",
        n=strangers,
    )
    return Note(text, "caution")


@dataclass(frozen=True)
class Weighted:
    """Everybody asked, the steps of weighting, what the last adjustment did, and the totals that raking met.

    `frame` is what the sample was drawn from, where it was drawn here, and `columns` what weighting knew of it.
    """

    asked: pd.DataFrame
    steps: dict[str, Weights]
    adjustment: Weights | None
    balance: ResponsePropensity | None = None
    notes: tuple[Note, ...] = ()
    totals: pd.DataFrame | None = None
    frame: Frame | None = None
    columns: tuple[str, ...] = ()
    beside: Beside = field(default_factory=lambda: Beside({}, {}))


def weighted_answers(wave: Wave, responses: pd.DataFrame, smallest_class: int) -> Weighted:
    """Weigh the answers of a wave: by the sample drawn here, or by the weights they have of their own."""
    own = own_weights(wave, responses)
    if own is not None:
        return Weighted(with_customer_columns(wave, responses), own, None)
    plan, frame = wave.config.response, frame_of(wave)
    columns = tuple(plan.adjust_by or wave.config.population.strata or ["stratum"])
    contacts = wave.read("contacts") if wave.has("contacts") else None
    asked = with_drawn_probabilities(asked_and_answered(wave.read("sample"), contacts, responses), wave.config.sample)
    weighted = weigh(asked, plan, columns, smallest_class, frame)
    rule = variance_rule(wave)
    beside = samples_beside(wave, responses, asked, smallest_class)
    known = pd.concat([asked[["customer_id"]], *(rows[["customer_id"]] for rows in beside.asked.values())])
    said = [stranger_note(known, responses), Note(rule.note) if rule.note else None]
    notes = (*(n for n in said if n), *weighted.notes)
    return replace(weighted, notes=notes, frame=frame, columns=columns, beside=beside)


@dataclass(frozen=True)
class Joined:
    """The respondents that results rest on, all samples `together` where there are several, and totals that were met.

    `kept` says whether the other samples enter results.
    """

    respondents: pd.DataFrame
    together: CombinedSamples | None
    totals: pd.DataFrame | None
    kept: bool = False


def join_samples(weighted: Weighted, respondents: pd.DataFrame, plan: ResponsePlan) -> Joined:
    """Put the answers of panel and spot check together with those of the main sample, as the plan says.

    Together they are raked to the frame's totals of the columns that the main sample was weighted by, which the spot
    check, drawn without strata, would otherwise miss.
    """
    if not weighted.beside.asked:
        return Joined(respondents, None, weighted.totals)
    together = combined(respondents, weighted.beside)
    if plan.samples == "apart":
        return Joined(respondents, together, weighted.totals)
    rows = respondents_of(together)
    columns = [c for c in weighted.columns if c in rows and rows[c].notna().all()]
    if weighted.frame is None or not columns or columns == ["stratum"]:
        return Joined(rows, together, None, kept=True)
    totals = frame_totals(rows.assign(responded=True), columns, weighted.frame)
    met = raked(rows.assign(responded=True), totals)
    return Joined(rows.assign(weight=met.weights), together, totals, kept=True)


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
        words = [c for c in columns if not pd.api.types.is_numeric_dtype(asked[c])]
        balance = response_propensity(with_levels(asked, words), predictors=list(columns), weight="base_weight")
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
        totals = frame_totals(asked, columns, frame)
        adjusted = raked(asked, totals)
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


def frame_totals(asked: pd.DataFrame, columns: Sequence[str], frame: Frame) -> pd.DataFrame:
    """Return what the frame counts in each level of some columns, for `raked`."""
    answered = with_levels(asked[asked["responded"]], columns)
    totals = compare_with_frame(frame, answered, list(columns)).table
    return totals[["variable", "group", "population"]]


def raked(asked: pd.DataFrame, totals: pd.DataFrame, weight: str = BASE_WEIGHT) -> Weights:
    """Rake those who answered to totals of the frame; the others get weight 0."""
    answered = with_levels(asked[asked["responded"]], totals["variable"].unique())
    made = rake(answered, raking_margins(totals), weight=weight)
    return replace(made, weights=made.weights.reindex(asked.index, fill_value=0.0))


def keep_totals(wave: Wave, weighted: Weighted | Joined) -> None:
    """Keep the totals that raking met, so that later chapters count what it gained."""
    if weighted.totals is None:
        wave.forget(RAKING_TOTALS)
    else:
        wave.keep(RAKING_TOTALS, weighted.totals, made_by="20_response")
