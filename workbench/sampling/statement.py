"""The sampling statement: population, exclusions, design, salt and dates, so that anybody can draw the sample again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from workbench.core.language import Language, Message, current_language, message, plural
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.sampling.burden import Burden
from workbench.sampling.exclusions import FrameSummary
from workbench.sampling.sample import Sample


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Statement(Result):
    """A sampling statement.

    Attributes
    ----------
    table
        ``stratum``, ``population``, ``n``, ``reserve`` (and clusters, where there are).
    sentences
        The statement, sentence by sentence.
    """

    sentences: tuple[Message, ...]

    caption: ClassVar = message("Sampling statement")
    columns: ClassVar[Mapping[str, Column]] = Sample.columns

    def text(self, language: Language | None = None) -> str:
        """Return the statement as plain text, one sentence per line, with the strata at the end."""
        chosen = language or current_language()
        lines = [s.text(chosen) for s in self.sentences]
        head = self.table[["stratum", "population", "n", "reserve"]]
        rows = [f"{s}\t{p}\t{n}\t{r}" for s, p, n, r in head.itertuples(index=False, name=None)]
        titles = (message("Stratum"), message("Population"), message("Sample"), message("Reserve"))
        return "\n".join([*lines, "", "\t".join(t.text(chosen) for t in titles), *rows]) + "\n"


def sampling_statement(
    sample: Sample,
    summary: FrameSummary | None = None,
    *,
    wave: str,
    drawn_on: dt.date | None = None,
    frame_of: dt.date | None = None,
    burden: Burden | None = None,
) -> Statement:
    """Write down how a sample was drawn.

    Parameters
    ----------
    sample
        The sample.
    summary
        Counts of the frame, for the exclusions.
    wave
        Name of the wave.
    drawn_on, frame_of
        Day of the draw, and the day the customer list dates from.
    burden
        Who was left alone, where the sample was drawn from ``burden.frame``.

    Returns
    -------
    Statement
        ``.sentences`` in both languages, ``.text(language)``.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.sampling import SimpleRandom, draw
    >>> sample = draw(pd.DataFrame({"customer_id": ["a", "b", "c"]}), SimpleRandom(2), salt="acme")
    >>> print(sampling_statement(sample, wave="q1", drawn_on=dt.date(2026, 7, 1)).sentences[1])
    Population: 3 eligible customers.
    """
    if drawn_on is None:
        sentences = [message("Wave {wave}.", wave=wave)]
    else:
        sentences = [message("Wave {wave}, drawn on {day:date}.", wave=wave, day=drawn_on)]
    if frame_of is not None:
        sentences.append(message("The customer list dates from {day:date}.", day=frame_of))
    sentences += [*_population(sample, summary), *_rested(burden), *_design(sample), *_numbers(sample)]
    return Statement(table=sample.strata, sentences=tuple(sentences), notes=sample.notes)


def _population(sample: Sample, summary: FrameSummary | None) -> Iterator[Message]:
    if summary is None:
        yield plural(
            "Population: {n:int} eligible customer.", "Population: {n:int} eligible customers.", n=sample.population
        )
        for reason, condition in sample.conditions:
            yield message("Condition of eligibility ({reason}): {condition}", reason=reason, condition=condition)
        return
    yield message(
        "Population: {all:int} customers in the list, {n:int} of them eligible.",
        all=summary.population,
        n=summary.eligible,
    )
    excluded = summary.table[summary.table["step"] == "excluded"]
    conditions = [c for _, c in sample.conditions] or [""] * len(excluded)
    for (reason, many), condition in zip(
        excluded[["reason", "customers"]].itertuples(index=False, name=None), conditions, strict=False
    ):
        yield message(
            "Excluded: {n:int} ({reason}); condition of eligibility: {condition}",
            n=many,
            reason=reason,
            condition=condition,
        )


def _rested(burden: Burden | None) -> Iterator[Message]:
    if burden is None:
        return
    resting, refused = int(burden.table["resting"].sum()), int(burden.table["do_not_contact"].sum())
    if resting:
        yield plural(
            "{n:int} eligible customer rests because they were asked before; the probabilities speak for them too.",
            "{n:int} eligible customers rest because they were asked before; the probabilities speak for them too.",
            n=resting,
        )
    if refused:
        yield plural(
            "{n:int} eligible customer does not want to be contacted; the probabilities do not speak for them.",
            "{n:int} eligible customers do not want to be contacted; the probabilities do not speak for them.",
            n=refused,
        )


def _design(sample: Sample) -> Iterator[Message]:
    design = sample.design
    yield message(
        "Design: {design}; {n:int} customers drawn in {strata:int} strata, {reserve:int} in reserve.",
        design=design.label,
        n=sample.n,
        strata=len(sample.strata),
        reserve=len(sample.reserve),
    )
    yield from design.sentences(sample.strata)


def _numbers(sample: Sample) -> Iterator[Message]:
    yield message(
        'Random numbers: recipe {recipe}, salt "{salt}": the first 13 hexadecimal digits of '
        "md5(salt|id), as a whole number.",
        recipe=sample.recipe,
        salt=sample.salt,
    )
    if isinstance(sample.start, Mapping):
        yield message("Each stratum starts at its own place on the circle of random numbers.")
        for stratum, start in sample.start.items():
            if start:
                yield message("Start of {stratum}: {start}", stratum=stratum, start=repr(start))
    else:
        yield message("Start on the circle of random numbers: {start}", start=repr(sample.start))
    yield message(
        "In every stratum customers are taken in the order of their distance from the start; equal numbers "
        "go to the smaller id."
    )
