"""Chapter 20: who was asked, who answered, and what each answer stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from workbench.core.errors import InputError
from workbench.core.language import Message, Spoken, message, plural
from workbench.core.membership import among
from workbench.core.value_names import in_named_order
from workbench.estimation import Design, estimate_mean
from workbench.report.chapter import Chapter, ChapterParameters, Section
from workbench.report.chapters.response.codebooks import no_codebook
from workbench.report.chapters.response.samples import nothing_beside
from workbench.report.chapters.response.sources import own_weights
from workbench.report.chapters.response.words import weights_words
from workbench.report.chapters.sample.chapter import nothing_to_compare
from workbench.report.run.release import FROZEN, RELEASED
from workbench.sampling import Frame, by_group, compare_with_frame
from workbench.sampling.frame import named_levels
from workbench.store import Wave
from workbench.store.config.sample import SamplePlan
from workbench.store.formats.layout import own_names
from workbench.weighting import (
    FieldProgress,
    field_progress,
    outcome_rates,
)

BESIDE = tuple(n for name in ("panel_members", "panel_strata", "spot_check") for n in (name, FROZEN[name]))


class ResponseParameters(ChapterParameters):
    """Parameters of the notebook."""

    smallest_class: int = 10


def _left_out(wave: Wave) -> Message | None:
    if not wave.has("responses") or not wave.manifest.tables["responses"].clean.rows:
        if wave.has("sample"):
            asked = int((~wave.read("sample")["reserve"]).sum())
            return plural(
                "Fieldwork is open: no answers yet from {n:int} customer drawn.",
                "Fieldwork is open: no answers yet from {n:int} customers drawn.",
                n=asked,
            )
        return message("There are no answers.")
    return None


def _no_frame(wave: Wave) -> Message | None:
    if own_weights(wave, wave.read("responses")) is None and wave.has("frame", "frame_strata"):
        return nothing_to_compare(wave)
    return message("Nothing is known of those who did not answer, so bias cannot be shown.")


def _weights_given(wave: Wave) -> Message | None:
    return weights_words(own) if (own := own_weights(wave, wave.read("responses"))) is not None else None


def _nothing_beside(wave: Wave) -> Message | None:
    return _weights_given(wave) or nothing_beside(wave)


def _no_plan(wave: Wave) -> Message | None:
    if wave.has("contacts", "sample") and _weights_given(wave) is None:
        return None
    return message("Without a sample and a record of contacts there is no plan to compare with.")


def _no_contacts(wave: Wave) -> Message | None:
    if wave.has("contacts"):
        return None
    return message("There is no record of contacts, so response rates cannot be computed.")


CHAPTER = Chapter(
    name="20_response",
    title=message("Response and weights"),
    parameters=ResponseParameters,
    reads=("responses", "contacts", "sample", "customers", "frame", "frame_strata", RELEASED, *BESIDE),
    makes=("respondents", "findings_response"),
    after=("10_sample",),
    left_out=_left_out,
    settings=(
        "labels",
        "values",
        "population",
        "questions",
        "response",
        "sample",
        "panel",
        "spot_check",
        "loyalty.by",
        "fieldwork.columns",
        "fieldwork.modes",
    ),
    sections=(
        Section(
            "reached", message("Asked, reached, answered"), left_out=lambda w: _no_contacts(w) or _weights_given(w)
        ),
        Section("samples", message("Panel and spot check beside the sample"), left_out=_nothing_beside),
        Section("plan", message("Interviews against plan"), left_out=_no_plan),
        Section("outcomes", message("Outcomes of fieldwork"), left_out=_no_contacts),
        Section("bias", message("Before and after weighting"), left_out=_no_frame),
        Section("weights", message("What each answer stands for")),
        Section("classes", message("Weighting classes"), left_out=_weights_given),
        Section("cost", message("What weighting costs")),
        Section("asked", message("What was asked"), left_out=no_codebook),
        Section("files", message("What the files hold")),
    ),
)


def sample_contacts(wave: Wave) -> pd.DataFrame:
    """Return the contacts with customers of the main sample, of whom rates of response are told.

    Panel and spot check are asked in their own way; their rates would say nothing of the sample's.
    """
    contacts = wave.read("contacts")
    if not wave.has("sample"):
        return contacts
    of_sample = among(contacts["customer_id"], wave.read("sample", columns=["customer_id"])["customer_id"])
    return contacts[of_sample].reset_index(drop=True) if of_sample.any() else contacts


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
    table = pd.DataFrame(
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
    return in_named_order(table, "level", within="variable")


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
        rates = outcome_rates(known.assign(level=named_levels(known[column])), by="level").table
        reached = rates[["I", "P", "R", "O"]].sum(axis=1)
        parts.append(rates.assign(variable=column, reached=reached, answered=rates["I"]))
    shown = ["variable", "level", "asked", "reached", "answered", "CON1", "COOP1", "RR1"]
    if not parts:
        raise InputError(
            message("Response is compared between modes of contact or strata."),
            found=message("neither"),
            fix=message("Give contacts a column 'mode', or name strata in wave.yaml."),
            where="contacts",
        )
    return in_named_order(pd.concat(parts, ignore_index=True)[shown], "level", within="variable")


def fieldwork_progress(contacts: pd.DataFrame, sample: pd.DataFrame, plan: SamplePlan) -> FieldProgress:
    """Compare completes with those planned: the sample of each stratum times the response rate planned for it."""
    drawn = sample[~sample["reserve"]]
    groups = drawn.drop_duplicates("stratum").set_index("stratum").sort_index()
    rates = by_group(groups, plan.response_rates, plan.response_rate, where="wave.yaml")
    targets = (drawn.groupby("stratum").size() * rates).round()
    tried = among(sample["customer_id"], contacts["customer_id"])
    people = sample[tried | ~sample["reserve"]]
    return field_progress(contacts[among(contacts["customer_id"], people["customer_id"])], targets, sample=people)


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
    asked: pd.DataFrame,
    weights: pd.Series,
    *,
    population: pd.Series | None = None,
    psu: str | None = None,
    replicated: bool = False,
) -> pd.DataFrame:
    """Return the respondents with ``weight``, ``stratum``, ``psu`` and ``stratum_population`` for the estimators.

    With replicate weights rows of weight 0 stay, since some replicates count them. A column of the answers of which
    only capitals tell that it is another one (``Weight``) gets a number, as SQL takes the two for one.
    """
    rows = (weights.to_numpy(dtype=float) > 0) | replicated
    kept = asked.loc[rows].assign(weight=weights.to_numpy(dtype=float)[rows])
    if psu or "psu" not in kept:
        kept["psu"] = kept[psu] if psu else kept["customer_id"]
    if population is not None:
        kept["stratum_population"] = population.to_numpy()[rows]
    if "stratum" not in kept:
        kept["stratum"] = "all"
    # names of this house are written small
    names = sorted(map(str, kept.columns), key=lambda c: c != c.casefold())
    return kept.rename(columns=dict(zip(names, own_names(names), strict=True))).reset_index(drop=True)
