"""Chapter 20, the samples of a wave beside the main one: panel and spot check, each weighted, and all together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from workbench.core.errors import InputError
from workbench.core.findings import Evidence, Finding
from workbench.core.language import Message, message, plural
from workbench.core.membership import among
from workbench.core.names import CUSTOMER_ID, STRATUM, Column
from workbench.core.results import Note
from workbench.estimation import Design, estimate_mean
from workbench.nps import net_promoter_score
from workbench.report.chapters.response.design import TOGETHER
from workbench.report.chapters.response.sources import with_customer_columns
from workbench.report.chapters.response.words import REACHED_COLUMNS
from workbench.report.chapters.sample.panel import MEMBERS, STRATA
from workbench.report.chapters.sample.spot_check import CHECKED
from workbench.report.run.release import FROZEN
from workbench.store import Wave
from workbench.weighting import CombinedSamples, adjust_nonresponse, combine_samples, weighting_classes

MAIN, PANEL, CHECK = "sample", "panel", "check"
SOURCE: Final = "sample"  # the column that says which sample an answer came by
FEWEST: Final = 10  # answers of a sample that is weighted in
RECOMMEND: Final = "recommend"
NAMES: Final[Mapping[str, Message]] = {
    MAIN: message("Main sample"),
    PANEL: message("Panel"),
    CHECK: message("Spot check"),
    "all": message("All together"),
}
SAMPLE_COLUMNS: Final[Mapping[str, Column]] = {
    "sample": Column(message("Sample")),
    "asked": REACHED_COLUMNS["asked"],
    "answered": REACHED_COLUMNS["answered"],
    "share": Column(message("Counts for"), "pct1"),
    "estimate": Column(message("Estimate"), "dec1"),
    "ci_low": Column(message("Low ({level:level})"), "dec1"),
    "ci_high": Column(message("High ({level:level})"), "dec1"),
}


@dataclass(frozen=True)
class Beside:
    """The samples of a wave beside the main one that were asked.

    Attributes
    ----------
    asked
        Sample → customers asked, with ``responded``, their answers, ``weight`` (adjusted for silence, 0 where they did
        not answer) and ``stratum``.
    few
        Sample → answers, of samples with too few to be weighted.
    """

    asked: Mapping[str, pd.DataFrame]
    few: Mapping[str, int]


def members_beside(wave: Wave) -> dict[str, pd.DataFrame]:
    """Return who was in the panel and in the spot check, with ``probability`` and ``stratum``; without any, nothing.

    Members of the panel are as if drawn at random in each stratum: they are recruited by random numbers and leave by
    their time of service. Who was let go for not answering is one who did not answer.
    """
    found = {}
    frozen = wave.has(FROZEN[MEMBERS], FROZEN[STRATA])
    names = (FROZEN[MEMBERS], FROZEN[STRATA]) if frozen else (MEMBERS, STRATA)
    if wave.has(*names):
        members, strata = wave.read(names[0]), wave.read(names[1]).set_index("stratum")["population"]
        active = members[members["status"].isin(["stays", "recruited"])]
        many = active.groupby("stratum")[CUSTOMER_ID].transform("size")
        chance = (many / active["stratum"].map(strata)).clip(upper=1.0)
        found[PANEL] = active[[CUSTOMER_ID, STRATUM]].assign(probability=chance).dropna()
    checked = FROZEN[CHECKED] if wave.has(FROZEN[CHECKED]) else CHECKED
    if wave.has(checked):
        rows = wave.read(checked)
        risk = "risk " + rows["risk_score"].round(6).astype(str)
        found[CHECK] = rows[[CUSTOMER_ID]].assign(stratum=risk, probability=rows["inclusion_probability"])
    return {name: rows.reset_index(drop=True) for name, rows in found.items()}


def samples_beside(wave: Wave, responses: pd.DataFrame, main: pd.DataFrame, smallest_class: int) -> Beside:
    """Weigh the panel and the spot check, each by itself, where they were asked besides the main sample.

    A sample was asked where answers came from its customers who are not in the main one. Where the record of contacts
    has such customers, those in it were asked, else all of the sample were.

    Parameters
    ----------
    wave
        The wave.
    responses
        All answers.
    main
        Customers of the main sample who were asked.
    smallest_class
        Fewest respondents of a weighting class.
    """
    asked, few = {}, {}
    contacted = wave.read("contacts", columns=[CUSTOMER_ID])[CUSTOMER_ID] if wave.has("contacts") else None
    for name, members in members_beside(wave).items():
        others = members[~among(members[CUSTOMER_ID], main[CUSTOMER_ID])]
        if not among(others[CUSTOMER_ID], responses[CUSTOMER_ID]).any():
            continue
        recorded = contacted is not None and among(others[CUSTOMER_ID], contacted).any()
        tried = members[among(members[CUSTOMER_ID], contacted)] if recorded and contacted is not None else members
        answered = among(tried[CUSTOMER_ID], responses[CUSTOMER_ID])
        if answered.sum() < FEWEST:
            few[name] = int(answered.sum())
            continue
        asked[name] = _weighted(wave, tried.assign(responded=answered), responses, smallest_class)
    return Beside(asked, few)


def _weighted(wave: Wave, tried: pd.DataFrame, responses: pd.DataFrame, smallest: int) -> pd.DataFrame:
    rows = tried.assign(base_weight=1 / tried["probability"]).reset_index(drop=True)
    answers = responses[[c for c in responses.columns if c == CUSTOMER_ID or c not in rows]]
    known = with_customer_columns(wave, rows.merge(answers, on=CUSTOMER_ID, how="left"))
    by = [c for c in wave.config.population.strata if c in known]
    classed, _ = weighting_classes(known, [*by, STRATUM], smallest)
    weights = adjust_nonresponse(classed, classes="weighting_class", minimum=1).weights
    known = known.assign(weight=weights.to_numpy()).drop(columns="probability")
    # one stratum per class of risk would leave strata of one answer: the spot check is one sample
    return known.assign(stratum=known[STRATUM].where(~known[STRATUM].str.startswith("risk "), "all"))


def combined(main: pd.DataFrame, beside: Beside) -> CombinedSamples:
    """Put the answers of the main sample and of those beside it together, with shares by effective sizes.

    Parameters
    ----------
    main
        Respondents of the main sample with ``weight`` and ``stratum``.
    beside
        The other samples.
    """
    samples = {MAIN: main, **{n: rows[rows["weight"] > 0] for n, rows in beside.asked.items()}}
    return combine_samples(samples)


def respondents_of(together: CombinedSamples) -> pd.DataFrame:
    """Return the respondents of all samples, for the estimators: every row has a unit of its own kind of draw.

    Returns
    -------
    DataFrame
        With ``base_weight``, what raking starts from: the combined weight.
    """
    rows = together.rows.rename(columns={SOURCE: TOGETHER}).assign(base_weight=together.rows["weight"])
    for column in ("psu", "within_stratum"):
        if column in rows:
            rows[column] = rows[column].where(rows[column].notna(), rows[CUSTOMER_ID])
    return rows


def sample_table(
    asked: pd.DataFrame,
    respondents: pd.DataFrame,
    beside: Beside,
    together: CombinedSamples,
    results: tuple[pd.DataFrame, Design] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return each sample by itself and all together: asked, answered, what it counts for, and what it says.

    Parameters
    ----------
    asked, respondents
        Of the main sample.
    beside, together
        The other samples, and all put together.
    results
        What results of the wave rest on where that is all samples together, raked, and its design.
    level
        Level of the intervals.

    Returns
    -------
    DataFrame
        ``sample``, ``asked``, ``answered``, ``share``, ``estimate``, ``ci_low``, ``ci_high``: the NPS, or the mean of
        the first numeric answer where there is no such question.
    """
    column = _question(respondents)
    one = Design(weight="weight", stratum=STRATUM, lonely_psu="average")
    rows = []
    whole = {MAIN: (asked, respondents), **{n: (r, r[r["weight"] > 0]) for n, r in beside.asked.items()}}
    for name, (tried, answered) in whole.items():
        told = _estimate(answered, column, one, level)
        share = together.shares[name]
        rows.append({"sample": NAMES[name], "asked": len(tried), "answered": len(answered), "share": share, **told})
    plain = Design(weight="weight", stratum=STRATUM, psu=CUSTOMER_ID, lonely_psu="average")
    everybody, design = results or (together.rows, plain)
    told = _estimate(everybody, column, design, level)
    tried = pd.concat([t[CUSTOMER_ID] for t, _ in whole.values()]).nunique()
    rows.append({"sample": NAMES["all"], "asked": tried, "answered": len(together.rows), "share": 1.0, **told})
    return pd.DataFrame(rows)


def _question(respondents: pd.DataFrame) -> str:
    if RECOMMEND in respondents:
        return RECOMMEND
    own = {"weight", "base_weight", "inclusion_probability", "stratum_population", "u", "prn", "order"}
    numbers = [c for c in respondents.columns if pd.api.types.is_numeric_dtype(respondents[c]) and c not in own]
    if not numbers:
        raise InputError(
            message("Samples are compared by a number that was asked for."),
            found=message("no numeric answer"),
            fix=message("Declare a question on a scale in wave.yaml."),
            where="responses",
        )
    return numbers[0]


def _estimate(rows: pd.DataFrame, column: str, design: Design, level: float) -> dict[str, float]:
    estimate = net_promoter_score if column == RECOMMEND else estimate_mean
    told = estimate(rows, column, design, confidence=level).table.iloc[0].to_dict()
    found = {"estimate": told["nps" if column == RECOMMEND else "estimate"]}
    return {k: float(v) for k, v in (found | {c: told[c] for c in ("ci_low", "ci_high")}).items()}


def sample_findings(together: CombinedSamples, kept_together: bool) -> list[Finding]:
    """Say how many answers came by panel and spot check, and what they count for."""
    rows = together.table.set_index("sample")
    found = []
    for name in [n for n in (PANEL, CHECK) if n in rows.index]:
        values = {"n": rows.loc[name, "n"], "share": rows.loc[name, "share"]}
        if kept_together and name == PANEL:
            text = message(
                "{n:people} answers came by the panel; they count for {share:pct1} of every result.", **values
            )
        elif kept_together:
            text = message(
                "{n:people} answers came by the spot check; they count for {share:pct1} of every result.", **values
            )
        elif name == PANEL:
            text = message("{n:people} answers came by the panel; they are shown beside the sample's.", **values)
        else:
            text = message("{n:people} answers came by the spot check; they are shown beside the sample's.", **values)
        proof = Evidence(source="samples", row=name, estimate=float(rows["n"].to_dict()[name]), minimum_base=1)
        found.append(Finding(id=f"response.{name}", message=text, evidence=proof, claim="count", importance=45))
    return found


def sample_notes(beside: Beside, together: CombinedSamples | None, kept_together: bool) -> list[Note]:
    """Say how samples were put together, and which were left out."""
    found = []
    if together is not None:
        text = message(
            "Every sample is weighted to all customers by itself; they count in proportion to their effective numbers "
            "of answers (Hartley), and errors add up what each contributes."
        )
        if not kept_together:
            text = message(
                "Results rest on the main sample alone, as wave.yaml asks; the table sets the others beside it."
            )
        found += [Note(text), *together.notes]
    for name, n in beside.few.items():
        text = plural(
            "{sample}: {n:people} answer is too few to be weighted; it enters no result.",
            "{sample}: {n:people} answers are too few to be weighted; they enter no result.",
            sample=NAMES[name],
            n=n,
        )
        found.append(Note(text, "caution"))
    return found


def nothing_beside(wave: Wave) -> Message | None:
    """Return why there is nothing to set beside the main sample; None where there is."""
    if wave.config.panel is None and wave.config.spot_check is None:
        return message("This wave has neither a panel nor a spot check.")
    responses = wave.read("responses", columns=[CUSTOMER_ID])
    main = wave.read("sample", columns=[CUSTOMER_ID]) if wave.has("sample") else responses
    for members in members_beside(wave).values():
        ids = members[CUSTOMER_ID]
        if (among(ids, responses[CUSTOMER_ID]) & ~among(ids, main[CUSTOMER_ID])).any():
            return None
    return message("Panel and spot check were not asked besides the main sample.")
