"""Replicates that redo every step of weighting, so that errors count what silence, calibration and trimming do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.checks import Floats
from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.core.progress import tracked
from workbench.estimation.chosen import checked_design
from workbench.estimation.design import Design, LonelyPsu
from workbench.estimation.freedom import degrees_of_freedom
from workbench.estimation.replicates import ReplicateWeights
from workbench.estimation.replication import replicate_weights
from workbench.estimation.sample import Sample, read_sample
from workbench.weighting import Weights

Step = Callable[[pd.DataFrame, str], Weights]
WEIGHT = "weight"
TIMES = "times"
KEPT = 0.5  # of each weight stays in every replicate, so that none loses a class or a level of a margin


@dataclass(frozen=True, eq=False)
class Reweighted:
    """Answers with their weights, and the design that knows how these came about.

    Attributes
    ----------
    answers
        The rows that answered, with ``weight``; their labels are those of the table asked.
    design
        For every estimator: ``weight`` and replicates that redid each step.
    steps
        What each step did on the whole sample, in order.
    """

    answers: pd.DataFrame
    design: Design
    steps: tuple[Weights, ...]


def reweight(
    data: pd.DataFrame, design: Design, steps: Sequence[Step], *, replicates: int = 200, seed: int
) -> Reweighted:
    r"""Weigh answers step by step, and again in every bootstrap replicate of those who were asked.

    Parameters
    ----------
    data
        One row per customer asked, whether or not he or she answered.
    design
        How they were drawn, with their base weights: ``Design(weight="base_weight", stratum=…, population=…)``.
        Systematic samples count as drawn at random, unequal chances as drawn with replacement; a unit alone in its
        stratum adds nothing where `lonely_psu` lets it.
    steps
        Functions of a table and the name of its weight column that return `Weights`, such as
        ``lambda d, w: adjust_nonresponse(d, classes="region", weight=w)``. Each gets the rows to which the one before
        gave a weight. The table has a column ``times``, how often a row counts in the replicate; trimming needs it:
        ``lambda d, w: trim(d, weight=w, upper=3, times="times")``.
    replicates
        Number of bootstrap replicates.
    seed
        Seed of the bootstrap.

    Returns
    -------
    Reweighted
        Pass ``.answers`` and ``.design`` on to any estimator; changes between waves take these as independent, which
        overstates errors where customers answered in both.

    Raises
    ------
    InputError
        If there is no step, the table has a column ``times`` or ``weight``, or the design refuses the bootstrap; and
        whatever a step refuses.

    Notes
    -----
    Rao, Wu and Yue (1992), Survey Methodology 18, 209–217, with every adjustment redone in each replicate; replicates
    keep half of each weight, as Fay's do, and their squares count four times. The finite population of customers is
    that of those who answer, f = respondents / N: to have been drawn and to have answered is one selection (for equal
    chances to answer in a stratum that is the variance of two phases, Särndal, Swensson and Wretman 1992, 15.6).

    Examples
    --------
    >>> from workbench.estimation import estimate_mean
    >>> from workbench.weighting import adjust_nonresponse
    >>> asked = pd.DataFrame({"region": ["a", "b"] * 50, "base_weight": 10.0, "y": np.arange(100) % 7})
    >>> asked["responded"] = np.arange(100) % 3 > 0
    >>> made = reweight(asked, Design(weight="base_weight"),
    ...                 [lambda d, w: adjust_nonresponse(d, classes="region", weight=w)], seed=1)
    >>> len(made.answers), made.answers["weight"].sum().round(6)
    (66, np.float64(1000.0))
    >>> estimate_mean(made.answers, "y", made.design).table["std_error"].round(2).item()
    0.28
    """
    design = checked_design(design)
    _check(data, design, steps)
    lonely: LonelyPsu = "fail" if design.lonely_psu == "fail" else "certainty"
    bare = replace(design, replicates=None, calibration=None, lonely_psu=lonely).as_random()
    sample = read_sample(data, bare, where="asked")
    made = _chain(data, sample.weights, np.ones(len(data)), steps)
    final = _final(data, made)
    answered = final > 0
    table, bare = _population_of_answers(data, bare, sample, answered)
    boot = replicate_weights(table, bare, replicates=replicates, seed=seed)
    times = KEPT + (1 - KEPT) * boot.weights / sample.weights[:, None]
    weights = np.empty((int(answered.sum()), replicates))
    for r in tracked(range(replicates), message("Weighing again"), total=replicates):
        again = _chain(data, sample.weights * times[:, r], times[:, r], steps)
        weights[:, r] = _final(data, again)[answered]
    counted = float(degrees_of_freedom(sample, np.where(answered, 0, -1).astype(np.int64), 1)[0])
    df = min(counted, replicates - 1.0)
    answers = data.loc[answered].assign(**{WEIGHT: final[answered]})
    scale = boot.scale / (1 - KEPT) ** 2
    known = ReplicateWeights(weights, scale, boot.scales, df, "estimate", answers.index, alone=True)
    told = replace(bare, weight=WEIGHT, probability=None, population=None, replicates=known)
    return Reweighted(answers, told, made)


def _check(data: pd.DataFrame, design: Design, steps: Sequence[Step]) -> None:
    if not steps:
        raise InputError(
            "Weighting has at least one step.",
            found="none",
            fix="Pass lambda d, w: adjust_nonresponse(d, classes=…, weight=w), say.",
            where="steps",
        )
    taken = [c for c in (WEIGHT, TIMES) if c in data and c not in design.columns]
    if taken or not data.index.is_unique:
        raise InputError(
            "Those asked have one label each, and no column that weighting makes.",
            found=f"a column {taken[0]!r}" if taken else "labels that occur twice in the index",
            fix="Rename the column." if taken else "Call reset_index(drop=True).",
            where="asked",
        )


def _chain(data: pd.DataFrame, base: Floats, times: Floats, steps: Sequence[Step]) -> tuple[Weights, ...]:
    """Run every step on the rows that the one before gave a weight."""
    table = data.assign(**{WEIGHT: base, TIMES: times})
    made: list[Weights] = []
    for step in steps:
        made.append(step(table, WEIGHT))
        weights = made[-1].weights.to_numpy(dtype=float)
        kept = weights > 0
        table = table.loc[kept].assign(**{WEIGHT: weights[kept]})
    return tuple(made)


def _final(data: pd.DataFrame, made: tuple[Weights, ...]) -> Floats:
    return made[-1].weights.reindex(data.index, fill_value=0.0).to_numpy(dtype=float)


def _population_of_answers(
    data: pd.DataFrame, design: Design, sample: Sample, answered: np.ndarray
) -> tuple[pd.DataFrame, Design]:
    """Let the population of the last stage, where it is one of rows, be as if all of the answers had been asked."""
    last, depth = sample.stages[-1], len(sample.stages)
    if last.unit is not None or len(design.populations) < depth:
        return data, design
    share = np.bincount(last.parent, answered, minlength=len(last.taken)) / last.taken
    rate = np.minimum(last.fraction * np.where(share > 0, share, 1.0), 1 - 1e-9)[last.parent]
    name = "share_answered"
    sizes = (*design.populations[:-1], name)
    return data.assign(**{name: rate}), replace(design, population=sizes)
