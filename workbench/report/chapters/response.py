"""Chapter 20: who was asked, who answered, and what each answer stands for."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.report.blocks import Card, Finding
from workbench.report.chapter import Chapter, ChapterParameters
from workbench.store import Wave
from workbench.weighting import OutcomeRates, WeightReport, Weights

GAP_WORTH_SAYING = 0.03
BIAS_COLUMNS = {
    "level": Column(message("Group")),
    "frame_share": Column(message("Share of the frame"), "pct1"),
    "answered_share": Column(message("Share of the answers"), "pct1"),
    "weighted_share": Column(message("Share after weighting"), "pct1"),
    "respondents": Column(message("Respondents"), "int"),
}


OUTCOMES = ("I", "P", "R", "NC", "O", "UH", "UO", "NE")
RATE_MEANINGS = {
    "RR1": message("completed interviews of all asked, the strictest rate"),
    "RR2": message("as RR1, with partial interviews"),
    "RR3": message("as RR1, of those estimated to be eligible"),
    "COOP1": message("completed interviews of those reached"),
    "REF1": message("refusals of all asked"),
    "CON1": message("reached, of all asked"),
}
CLASS_COLUMNS = {"weighting_class": Column(message("Weighting class"))}
RATE_COLUMNS = {
    "outcome": Column(message("Outcome")),
    "n": Column(message("Customers"), "int"),
    "rate": Column(message("Rate")),
    "meaning": Column(message("Meaning")),
}
STEP_NAMES = {"base": message("Base weight"), "response": message("Adjusted for non-response")}
STEP_COLUMNS = ("step", "n", "sum", "min", "median", "max", "deff", "n_effective")


class ResponseParameters(ChapterParameters):
    """Parameters of the notebook."""

    smallest_class: int = 10


def _left_out(wave: Wave) -> Message | None:
    if not wave.has("responses"):
        if wave.has("sample"):
            asked = int((~wave.read("sample")["reserve"]).sum())
            return message("Fieldwork is open: no answers yet from {n:int} customers drawn.", n=asked)
        return message("There are no answers.")
    if wave.config.response.weight is None and not wave.has("customers"):
        return message("Answers can be weighted by a customer list or by a column of weights; there is neither.")
    return None


CHAPTER = Chapter(
    name="20_response",
    title=message("Response and weights"),
    parameters=ResponseParameters,
    reads=("responses", "contacts", "sample", "frame", "frame_strata"),
    makes=("respondents",),
    after=("10_sample",),
    left_out=_left_out,
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


def with_drawn_probabilities(asked: pd.DataFrame) -> pd.DataFrame:
    """Return those asked with the probability of having been asked, by stratum.

    Reserve customers who were called in are asked too: within a stratum all who were asked share one probability, as
    the reserve follows the sample in the order of its random numbers. Probabilities that differ within a stratum were
    made on purpose (a sample proportional to size) and stay.
    """
    if "inclusion_probability" in asked:
        drawn = asked.groupby("stratum")["inclusion_probability"].agg(["min", "max", "count"])
        if (drawn["max"] - drawn["min"] > 1e-9).any() and asked["inclusion_probability"].notna().all():
            return asked
    n = asked.groupby("stratum")["customer_id"].transform("size")
    return asked.assign(inclusion_probability=n / asked["stratum_population"])


def weighting_classes(asked: pd.DataFrame, columns: Sequence[str], minimum: int) -> tuple[pd.DataFrame, Note | None]:
    """Return those asked with their weighting class, from as many columns as leave enough answers in every class.

    Classes are the crossing of all columns; while one has fewer than `minimum` respondents, the first column is left
    out, down to one class for everybody. The note says what was left out.

    Returns
    -------
    tuple
        The customers with the column ``weighting_class``, and a note where columns were left out.
    """
    used = list(columns)
    while True:
        label = asked[used].astype(str).agg(" | ".join, axis=1) if used else pd.Series("all", index=asked.index)
        if not used or asked.groupby(label)["responded"].sum().min() >= minimum:
            break
        used = used[1:]
    note = None
    if len(used) < len(columns):
        text = message(
            "Classes of {all} have too few answers (fewer than {n:int}); weighting uses {used} only, so differences in "
            "response between the others are not corrected.",
            all=" × ".join(columns),
            n=minimum,
            used=" × ".join(used) or message("one class for everybody"),
        )
        note = Note(text, "caution")
    return asked.assign(weighting_class=label), note


def stranger_note(asked: pd.DataFrame, responses: pd.DataFrame) -> Note | None:
    """Count answers from customers who were not asked."""
    strangers = int((~responses["customer_id"].isin(asked["customer_id"])).sum())
    if not strangers:
        return None
    text = "{n:int} answers come from customers who were not drawn; they are not weighted and not used."
    return Note(message(text, n=strangers), "caution")


def bias_table(frame_strata: pd.DataFrame, respondents: pd.DataFrame, weight: str, by: Sequence[str]) -> pd.DataFrame:
    """Compare frame, answers and weighted answers on what is known of everybody.

    Returns
    -------
    DataFrame
        ``level``, ``frame_share``, ``answered_share``, ``weighted_share``, ``respondents``.
    """
    parts = []
    for column in by:
        frame = frame_strata.groupby(column)["population"].sum()
        answers = respondents.groupby(column)[weight].agg(["size", "sum"]).reindex(frame.index, fill_value=0)
        parts.append(
            pd.DataFrame(
                {
                    "level": frame.index,
                    "frame_share": (frame / frame.sum()).to_numpy(),
                    "answered_share": (answers["size"] / answers["size"].sum()).to_numpy(),
                    "weighted_share": (answers["sum"] / answers["sum"].sum()).to_numpy(),
                    "respondents": answers["size"].to_numpy(),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def response_cards(rates: OutcomeRates | None, report: WeightReport) -> list[Card]:
    """Return the headline numbers of the chapter."""
    last = report.table.iloc[-1]
    cards = []
    if rates is not None:
        row = rates.table.iloc[0]
        detail = message("{n:int} of {asked:int} customers asked (AAPOR RR1)", n=row["I"], asked=row["asked"])
        cards.append(Card(message("Response rate"), message("{rate:pct1}", rate=row["RR1"]), detail))
    cards.append(Card(message("Answers"), message("{n:int}", n=last["n"]), message("with a weight")))
    cards.append(
        Card(
            message("Effective answers"),
            message("{n:int}", n=last["n_effective"]),
            message("design effect of weighting {deff:dec2}", deff=last["deff"]),
        )
    )
    return cards


def response_findings(rates: OutcomeRates | None, bias: pd.DataFrame | None, report: WeightReport) -> list[Finding]:
    """Put the chapter's results into words."""
    found = []
    last = report.table.iloc[-1]
    if rates is not None:
        row = rates.table.iloc[0]
        found.append(
            Finding(message("{rate:pct1} of the customers asked completed an interview (RR1).", rate=row["RR1"]))
        )
    if bias is not None and len(bias):
        gap = (bias["answered_share"] - bias["frame_share"]).abs()
        worst = bias.iloc[int(gap.to_numpy().argmax())]
        if gap.max() >= GAP_WORTH_SAYING:
            text = message(
                "{group} makes up {frame:pct1} of the frame and {answered:pct1} of the answers; weighting brings it to "
                "{weighted:pct1}.",
                group=str(worst["level"]),
                frame=worst["frame_share"],
                answered=worst["answered_share"],
                weighted=worst["weighted_share"],
            )
            found.append(Finding(text, "bad"))
    found.append(
        Finding(
            message(
                "Weighting costs {loss:pct} of precision: {n:int} answers count as {effective:int}.",
                loss=1 - last["n_effective"] / last["n"],
                n=last["n"],
                effective=last["n_effective"],
            )
        )
    )
    return found


def given_weights(responses: pd.DataFrame, column: str) -> Weights:
    """Return weights that came with the answers, unchanged."""
    series = responses[column].astype(float)
    table = pd.DataFrame({"step": [column], "sum": [series.sum()], "min": [series.min()], "max": [series.max()]})
    return Weights(weights=series, table=table)


def respondents_table(
    asked: pd.DataFrame, weights: pd.Series, *, population: pd.Series | None = None, psu: str | None = None
) -> pd.DataFrame:
    """Return the respondents with ``weight``, ``stratum``, ``psu`` and ``stratum_population`` for the estimators."""
    rows = weights.to_numpy(dtype=float) > 0
    kept = asked.loc[rows].assign(weight=weights.to_numpy(dtype=float)[rows])
    kept["psu"] = kept[psu] if psu else kept["customer_id"]
    if population is not None:
        kept["stratum_population"] = population.to_numpy()[rows]
    if "stratum" not in kept:
        kept["stratum"] = "all"
    return kept.reset_index(drop=True)


def outcome_table(rates: OutcomeRates) -> pd.DataFrame:
    """Return the final outcomes of all customers asked, one a row: ``outcome``, ``n``, ``share``."""
    row = rates.table.iloc[0]
    counts = {c: int(row[c]) for c in OUTCOMES}
    labels = [rates.columns[c].label for c in OUTCOMES]
    return pd.DataFrame({"outcome": labels, "n": list(counts.values())}).assign(
        share=lambda t: t["n"] / max(int(row["asked"]), 1)
    )


def rate_table(rates: OutcomeRates) -> pd.DataFrame:
    """Return the rates a reviewer asks for, one a row: ``rate``, ``meaning``, ``share``."""
    row = rates.table.iloc[0]
    return pd.DataFrame({"rate": list(RATE_MEANINGS), "meaning": list(RATE_MEANINGS.values())}).assign(
        share=[float(row[r]) for r in RATE_MEANINGS]
    )


def step_table(report: WeightReport) -> pd.DataFrame:
    """Return the steps of weighting with their names in words."""
    return report.table.assign(step=[STEP_NAMES.get(s, s) for s in report.table["step"]])[list(STEP_COLUMNS)]
