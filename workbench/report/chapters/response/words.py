"""Chapter 20 in words and pictures: names of its columns, headline cards, findings, and figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from workbench.core.findings import Evidence, Finding, Tone
from workbench.core.language import Language, Message, Spoken, message
from workbench.core.listing import listed
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.report.chapters.columns import LEVEL, N_CUSTOMERS, STD_ERROR
from workbench.report.chapters.response.sources import COUNTED_ONCE
from workbench.report.site.blocks import Card, label_of
from workbench.sampling.frame import MISSING_STRATUM
from workbench.store.config.questions import Rating
from workbench.store.config.response import ReplicatesPlan
from workbench.weighting import FieldProgress, OutcomeRates, WeightReport, Weights, widest_contrast

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEVEL_WORDS: Mapping[str, Message] = {
    "phone": message("phone"),
    "web": message("web"),
    "face_to_face": message("face to face"),
    "mail": message("mail"),
    MISSING_STRATUM: message("no value"),
}
YES, NO = message("yes"), message("no")
GAP_WORTH_SAYING = 0.03
BIAS_COLUMNS = {
    "variable": Column(message("Known of everybody")),
    "level": LEVEL,
    "frame_share": Column(message("Share of the frame"), "pct1"),
    "answered_share": Column(message("Share of the answers"), "pct1"),
    "weighted_share": Column(message("Share after weighting"), "pct1"),
    "respondents": Column(message("Respondents"), "people"),
    "used": Column(message("Used in weighting")),
}
REACHED_COLUMNS = {
    "variable": Column(message("By")),
    "level": LEVEL,
    "asked": Column(message("Asked"), "people"),
    "reached": Column(message("Reached"), "people"),
    "answered": Column(message("Answered"), "people"),
    "CON1": Column(message("Reached, of those asked"), "pct1"),
    "COOP1": Column(message("Answered, of those reached"), "pct1"),
    "RR1": Column(message("Answered, of those asked"), "pct1"),
}
COST_COLUMNS = {
    "question": Column(message("Question")),
    "unweighted": Column(message("Mean without weights"), "dec2"),
    "estimate": Column(message("Mean with weights"), "dec2"),
    "std_error": STD_ERROR,
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
    "n": N_CUSTOMERS,
    "rate": Column(message("Rate")),
    "meaning": Column(message("Meaning")),
}
STEP_NAMES = {
    "base": message("Base weight"),
    "response": message("Adjusted for non-response"),
    "trimmed": message("Trimmed"),
    COUNTED_ONCE: message("Every answer counts once"),
}
STEP_COLUMNS = ("step", "n", "sum", "min", "median", "max", "deff", "n_effective")


def weight_cards(report: WeightReport) -> list[Card]:
    """Return how many answers there are, and how many they count as."""
    last = report.table.iloc[-1]
    cards = [Card(message("Answers"), message("{n:int}", n=last["n"]), message("with a weight"))]
    if last["deff"] > 1 + 1e-9:
        detail = message("design effect of weighting {deff:dec2}", deff=last["deff"])
        cards.append(Card(message("Effective answers"), message("{n:int}", n=last["n_effective"]), detail))
    return cards


def rate_card(rates: OutcomeRates) -> Card:
    """Return the response rate as a headline number."""
    row = rates.table.iloc[0]
    detail = message("{n:int} of {asked:int} customers asked (AAPOR RR1)", n=row["I"], asked=row["asked"])
    return Card(message("Response rate"), message("{rate:pct1}", rate=row["RR1"]), detail)


def rate_findings(rates: OutcomeRates) -> list[Finding]:
    """Say which share of those asked answered."""
    row = rates.table.iloc[0]
    proof = Evidence(source="outcome-rates", row="RR1", estimate=float(row["RR1"]), n=int(row["asked"]), minimum_base=1)
    text = message("{rate:pct1} of the customers asked completed an interview (RR1).", rate=row["RR1"])
    return [Finding(id="response.rate", message=text, evidence=proof, claim="count", importance=90)]


def weight_findings(report: WeightReport) -> list[Finding]:
    """Say what weighting costs."""
    last = report.table.iloc[-1]
    loss = float(1 - last["n_effective"] / last["n"])
    text = message(
        "Weighting costs {loss:pct} of precision: {n:int} answers count as {effective:int}.",
        loss=loss,
        n=last["n"],
        effective=last["n_effective"],
    )
    proof = Evidence(source="weights", row=str(last["step"]), estimate=loss if loss > 1e-9 else 0.0, n=int(last["n"]))
    return [Finding(id="response.cost", message=text, evidence=proof, claim="count", importance=40)]


def reached_findings(reached: pd.DataFrame, labels: Mapping[str, Spoken]) -> list[Finding]:
    """Name the two groups whose response differs most clearly of all pairs."""
    # RR1 leaves out who turned out not to be a customer; its own base is what its table stands on
    base = (reached["answered"] / reached["RR1"]).where(reached["RR1"] > 0, reached["asked"])
    found = widest_contrast(reached.assign(base=base.round()), of="base")
    if found is None:
        return []
    text = message(
        "Response differs most by {variable}: {high_rate:pct1} in {high}, {low_rate:pct1} in {low}.",
        variable=label_of(found.variable, labels),
        high=_level_words(found.high),
        high_rate=found.high_rate,
        low=_level_words(found.low),
        low_rate=found.low_rate,
    )
    proof = Evidence(
        source="reached-by-group",
        row=f"{found.variable} = {found.high}, {found.low}",
        estimate=found.high_rate - found.low_rate,
        p_value=found.p_value,
        family=found.family,
        n=found.n,
    )
    return [Finding(id="response.contrast", message=text, evidence=proof, claim="difference", importance=70)]


def progress_findings(progress: FieldProgress) -> list[Finding]:
    """Say how many strata reached their plan."""
    table = progress.table
    done = int((table["completes"] >= table["target"]).sum())
    text = message(
        "{done:int} of {all:int} strata reached the number of interviews planned; {completes:int} of {target:int} "
        "interviews are done.",
        done=done,
        all=len(table),
        completes=int(table["completes"].sum()),
        target=float(table["target"].sum()),
    )
    proof = Evidence(source="progress-table", row="completes", estimate=float(table["completes"].sum()))
    tone: Tone = "good" if done == len(table) else "neutral"
    return [Finding(id="response.plan", message=text, evidence=proof, claim="count", importance=60, tone=tone)]


def bias_findings(bias: pd.DataFrame, labels: Mapping[str, Spoken]) -> list[Finding]:
    """Say where those who answered differ from the frame most, and what weighting leaves of it."""
    if bias.empty:
        return []
    worst = bias.iloc[int(bias["gap_before"].abs().to_numpy().argmax())]
    text = message(
        "{group} makes up {frame:pct1} of the frame and {answered:pct1} of the answers; weighting brings it to "
        "{weighted:pct1}.",
        group=_level_words(worst["level"]),
        frame=worst["frame_share"],
        answered=worst["answered_share"],
        weighted=worst["weighted_share"],
    )
    gap = float(abs(worst["gap_before"]))
    proof = _bias_evidence(worst, gap if gap >= GAP_WORTH_SAYING else 0.0)
    found = [Finding(id="response.gap", message=text, evidence=proof, claim="count", importance=55, tone="bad")]
    unused = bias[~bias["used"]]
    if len(unused):
        found.append(_check_finding(unused, labels))
    return found


def _check_finding(unused: pd.DataFrame, labels: Mapping[str, Spoken]) -> Finding:
    before, after = (float(unused[c].abs().mean()) for c in ("gap_before", "gap_after"))
    worst = unused.iloc[int(unused["gap_after"].abs().to_numpy().argmax())]
    gap = float(abs(worst["gap_after"]))
    text = message(
        "A check on what weighting did not know ({names}): shares are off by {before:points1} points on average before "
        "weighting and {after:points1} after it; the largest gap left is {gap:points1} ({group}).",
        names=listed([label_of(v, labels) for v in unused["variable"].unique()]),
        before=before,
        after=after,
        gap=gap,
        group=_level_words(worst["level"]),
    )
    tone: Tone = "bad" if gap >= GAP_WORTH_SAYING else "neutral"
    proof = _bias_evidence(worst, gap)
    return Finding(id="response.check", message=text, evidence=proof, claim="count", importance=50, tone=tone)


def _bias_evidence(row: pd.Series, gap: float) -> Evidence:
    return Evidence(source="bias", row=f"{row['variable']} = {row['level']}", estimate=gap)


def _level_words(level: object) -> Spoken | str:
    return LEVEL_WORDS.get(str(level), str(level))


def shown_levels(table: pd.DataFrame, labels: Mapping[str, Spoken]) -> pd.DataFrame:
    """Return a table whose variables, modes and yes/no read in both languages."""
    shown = table.astype({"variable": object, "level": object})
    shown["variable"] = pd.Series([label_of(v, labels) for v in table["variable"]], shown.index, dtype=object)
    shown["level"] = named_levels(table)["level"]
    if "used" in shown:
        shown["used"] = pd.Series([YES if u else NO for u in table["used"]], shown.index, dtype=object)
    return shown


def named_levels(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose levels read in both languages."""
    return table.assign(level=pd.Series([_level_words(v) for v in table["level"]], table.index, dtype=object))


def draw_weights(report: WeightReport, language: Language) -> Figure:
    """Draw how the final weights of those who answered are distributed."""
    return Weights(weights=report.weights, table=report.table).plot(language)


def asked_questions(questions: Mapping[str, Rating]) -> dict[str, Spoken]:
    """Return the columns of answers and their names: the recommendation, then the closed questions of the wave."""
    return {"recommend": message("Recommendation, 0–10"), **{name: q.label for name, q in questions.items()}}


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


def weights_words(steps: Mapping[str, Weights]) -> Message:
    """Say where weights come from that were not made here."""
    if COUNTED_ONCE in steps:
        return message("Every answer counts once: there are no weights, and nothing says how customers were chosen.")
    return message("The weights came with the answers and are used as they are.")


def replicates_note(answers: pd.DataFrame, plan: ReplicatesPlan | None) -> list[Note]:
    """Say that errors come from replicate weights that came along, where they do."""
    if plan is None:
        return []
    text = message(
        "Errors and intervals come from the {n:int} replicate weights that came with the answers.",
        n=len(plan.among(map(str, answers.columns))),
    )
    return [Note(text)]


def step_table(report: WeightReport) -> pd.DataFrame:
    """Return the steps of weighting with their names in words."""
    return report.table.assign(step=[STEP_NAMES.get(s, s) for s in report.table["step"]])[list(STEP_COLUMNS)]
