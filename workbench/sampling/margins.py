"""Margins wanted in groups: the size that each group needs, and the least size of every stratum that gives it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.calls import takes_columns
from workbench.core.errors import InputError, UntrustedWarning, require_columns
from workbench.sampling.allocation import allocate
from workbench.sampling.frame import named_levels
from workbench.sampling.precision import expected_precision, size_by_domain

Margins = float | Mapping[str, float]


def nps_spread(promoters: Any, detractors: Any) -> Any:
    r"""Return the standard deviation of one answer to the recommendation question, in points of NPS.

    Parameters
    ----------
    promoters, detractors
        Their shares; numbers, or Series of one number per stratum.

    Returns
    -------
    float or Series
        As the shares came (a number as one of numpy).

    Raises
    ------
    InputError
        If a share is negative or both together are above 1.

    Notes
    -----
    :math:`S = 100\sqrt{p + d - (p - d)^2}`: an answer counts 100, 0 or −100.

    Examples
    --------
    >>> float(nps_spread(0.45, 0.20).round(1))
    76.6
    """
    most = promoters + detractors
    if np.min(promoters) < 0 or np.min(detractors) < 0 or np.max(most) > 1 + 1e-9:
        raise InputError(
            "Promoters and detractors are shares that add up to at most 1.",
            found=f"{promoters!r} and {detractors!r}",
            fix="Give last wave's shares, such as 0.45 and 0.20.",
            where="promoters",
        )
    return 100 * np.maximum(most - (promoters - detractors) ** 2, 0) ** 0.5


@takes_columns("score", "weight")
def earlier_shares(answers: pd.DataFrame, score: str, *, weight: str | None = None) -> pd.Series:
    """Return the shares of promoters and detractors that an earlier wave found, to plan a size by.

    Parameters
    ----------
    answers
        One row per answer; rows without a score do not count.
    score
        Column of scores from 0 to 10.
    weight
        Column of weights; without it every answer counts once.

    Returns
    -------
    Series
        ``promoters``, ``detractors``, ``n``.

    Raises
    ------
    InputError
        If a column is missing, or there is no score.

    Examples
    --------
    >>> earlier_shares(pd.DataFrame({"score": [10, 9, 8, 3, None]}), "score").tolist()
    [0.5, 0.25, 4.0]
    """
    require_columns(answers.columns, [score, *([weight] if weight else [])], where="answers")
    known = answers[answers[score].notna()]
    if known.empty:
        raise InputError(
            "Shares are found from answers.",
            found="no score",
            fix="Plan by the worst case where nothing is known.",
            where=score,
        )
    counted = known[weight].astype(float) if weight else pd.Series(1.0, index=known.index)
    scores, whole = known[score].astype(float), float(counted.sum())
    shares = {"promoters": counted[scores >= 9].sum() / whole, "detractors": counted[scores <= 6].sum() / whole}
    return pd.Series({**shares, "n": len(known)})


def by_group(
    strata: pd.DataFrame, given: Mapping[str, Mapping[str, float]], default: float, *, where: str = "given"
) -> pd.Series:
    """Return one number per stratum: the given one of its group, else `default`.

    Parameters
    ----------
    strata
        One row per stratum, with the columns that name its groups.
    given
        Column → group → number, such as response rates by region; what comes later counts.
    default
        The number of strata whose group has none.
    where
        What the numbers are called in an error.

    Returns
    -------
    Series
        One number for each row of `strata`.

    Raises
    ------
    InputError
        If a column or a group is not there.

    Examples
    --------
    >>> by_group(pd.DataFrame({"region": ["n", "s"]}), {"region": {"s": 0.25}}, 0.5).tolist()
    [0.5, 0.25]
    """
    found = pd.Series(float(default), index=strata.index)
    for column, values in given.items():
        if column not in strata:
            raise InputError(
                "Numbers by group name a stratum column.",
                found=repr(column),
                fix=f"Use one of {', '.join(map(str, strata.columns))}.",
                where=where,
            )
        there = named_levels(strata[column])
        unknown = sorted(set(values) - set(there))
        if unknown:
            raise InputError(
                f"Numbers by {column} name groups of the frame.",
                found=", ".join(unknown),
                fix=f"There are {', '.join(sorted(set(there)))}.",
                where=where,
            )
        found = there.map(values).fillna(found).astype(float)
    return found


def group_sizes(
    strata: pd.DataFrame, group: str, margins: Margins, *, confidence: float = 0.95, where: str = "margins"
) -> pd.DataFrame:
    r"""Return the size that each group of a stratum column needs for its margin, and how many may be asked there.

    Parameters
    ----------
    strata
        One row per stratum: ``stratum``, ``population``, ``std_dev`` (of one answer, design effect included), `group`;
        optional ``response_rate`` (1) and ``maximum`` (who may be asked; the population).
    group
        Column of `strata` that makes the groups.
    margins
        One margin for all groups, or group → margin; groups not named have no size of their own.
    confidence
        Two-sided confidence level of the margins.
    where
        What the margins are called in an error.

    Returns
    -------
    DataFrame
        ``domain``, ``population``, ``margin``, ``completes``, ``invitations``, ``maximum``.

    Raises
    ------
    InputError
        If a column or a group is not there, or a margin is not positive.

    Notes
    -----
    A group's spread is that of its strata, :math:`S^2 = \sum_h N_h S_h^2 / N`; its response rate is
    :math:`\sum_h N_h r_h / N` (see `sample_size`).

    Examples
    --------
    >>> strata = pd.DataFrame({"stratum": ["n", "s"], "region": ["n", "s"], "population": [9000, 500], "std_dev": 80.0})
    >>> group_sizes(strata, "region", {"s": 8})[["domain", "completes", "maximum"]].values.tolist()
    [['s', 218, 500]]
    """
    known = _known(strata, [group, "std_dev"])
    named = dict.fromkeys(known[group].astype(str), margins) if isinstance(margins, float | int) else dict(margins)
    by_group(known, {group: named}, 0, where=where)  # refuses groups that are not there
    sums = known.assign(
        domain=known[group].astype(str),
        expected=known["population"] * known["response_rate"],
        squares=known["population"] * known["std_dev"] ** 2,
    ).groupby("domain")
    domains = sums[["population", "maximum", "expected", "squares"]].sum().reset_index()
    domains["response_rate"] = domains["expected"] / domains["population"]
    domains["std_dev"] = (domains["squares"] / domains["population"]).pow(0.5)
    wanted = domains[domains["domain"].isin(named)]
    with warnings.catch_warnings():
        # a size beyond the group is compared with `maximum` by who reads the table
        warnings.simplefilter("ignore", UntrustedWarning)
        parts = wanted[["domain", "population", "response_rate", "std_dev"]]
        sizes = size_by_domain(parts, named, target="mean", confidence=confidence)
    return sizes.merge(wanted[["domain", "maximum"]], on="domain")


def group_minimum(
    strata: pd.DataFrame, group: str, margins: Margins, *, confidence: float = 0.95, where: str = "margins"
) -> pd.Series:
    """Return the least size of every stratum so that each group of `group` reaches its margin.

    Parameters
    ----------
    strata, group, margins, confidence, where
        As for `group_sizes`.

    Returns
    -------
    Series
        Customers to draw from each row of `strata`: the size of its group shared out in proportion, and everybody who
        may be asked where that is not enough. It serves as ``minimum`` of `allocate`.

    Raises
    ------
    InputError
        As for `group_sizes`.

    Examples
    --------
    >>> strata = pd.DataFrame({"stratum": ["n", "s"], "region": ["n", "s"], "population": [9000, 500], "std_dev": 80.0})
    >>> group_minimum(strata, "region", {"s": 8}).tolist()
    [0, 218]
    """
    known = _known(strata, [group, "std_dev"])
    floor = pd.Series(0, index=known.index)
    for row in group_sizes(known, group, margins, confidence=confidence, where=where).to_dict("records"):
        inside = known[known[group].astype(str) == row["domain"]]
        n = min(int(row["invitations"]), int(inside["maximum"].sum()))
        part = inside[["stratum", "population", "response_rate", "maximum"]]
        floor[inside.index] = allocate(part, n, minimum=0).table["n"].to_numpy()
    return floor


def margins_by(
    strata: pd.DataFrame,
    groups: list[str],
    wanted: Mapping[str, Margins],
    *,
    margin: float = math.nan,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return the margin to expect for all and in each group of several columns, beside the one wanted.

    Parameters
    ----------
    strata
        One row per stratum, as `expected_precision` takes it.
    groups
        Columns of `strata`; each makes its groups.
    wanted
        Column → the margin wanted in its groups, or group → margin.
    margin
        The margin wanted for all; missing where none is.
    confidence
        Two-sided confidence level.

    Returns
    -------
    DataFrame
        ``variable`` (``all`` first), ``domain``, ``population``, ``invited``, ``completes``, ``margin``, ``wanted``
        (missing where none is).

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> strata = pd.DataFrame({"stratum": ["n", "s"], "population": [9000, 1000], "n": [900, 100]})
    >>> margins_by(strata, ["stratum"], {"stratum": {"s": 0.1}}, margin=0.03)["wanted"].tolist()
    [0.03, nan, 0.1]
    """
    require_columns(strata.columns, groups, where="strata")
    used = strata[strata["n"] > 0]
    parts = [expected_precision(used, confidence=confidence).table.assign(variable="all", wanted=margin)]
    for column in groups:
        found = expected_precision(used, domain=column, confidence=confidence).table.iloc[1:]
        goal = wanted.get(column, math.nan)
        goals = [goal.get(d, math.nan) if isinstance(goal, Mapping) else goal for d in found["domain"]]
        parts.append(found.assign(variable=column, wanted=goals))
    columns = ["variable", "domain", "population", "invited", "completes", "margin", "wanted"]
    return pd.concat(parts, ignore_index=True)[columns]


def _known(strata: pd.DataFrame, needed: list[str]) -> pd.DataFrame:
    require_columns(strata.columns, ["stratum", "population", *needed], where="strata")
    known = strata.copy()
    if "response_rate" not in known:
        known["response_rate"] = 1.0
    if "maximum" not in known:
        known["maximum"] = known["population"]
    group = needed[0]
    known[group] = named_levels(known[group])
    return known
