"""The cheapest allocation that meets target precisions for several variables and domains at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from workbench.core.errors import InputError, require_columns
from workbench.core.language import message
from workbench.core.names import Column
from workbench.sampling.allocation import Allocation
from workbench.sampling.bounded import Floats, Integers
from workbench.sampling.columns import DOMAIN
from workbench.sampling.frame import named_levels

ROUNDS, SETTLED = 20_000, 1e-10


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TargetAllocation(Allocation):
    """The cheapest allocation for several targets.

    Attributes
    ----------
    precision
        ``variable``, ``domain``, ``target_cv``, ``expected_cv``: one row per target.
    cost
        What it costs: the sum of cost times n.
    """

    precision: pd.DataFrame
    cost: float

    columns: ClassVar = {
        **Allocation.columns,
        "target_cv": Column(message("Target CV"), "pct1"),
        "expected_cv": Column(message("Expected CV"), "pct1"),
        "domain": DOMAIN,
    }


def allocate_for_targets(
    strata: pd.DataFrame,
    targets: Mapping[str, float],
    *,
    domain: str | None = None,
    domain_targets: Mapping[str, float] | None = None,
    minimum: int = 2,
) -> TargetAllocation:
    r"""Return the cheapest stratum sizes that meet target coefficients of variation.

    Parameters
    ----------
    strata
        One row per stratum: ``stratum``, ``population``, ``mean_<v>`` and ``std_dev_<v>`` of every variable v; optional
        ``cost`` (1), ``response_rate`` (1), ``maximum`` (the population).
    targets
        Variable → CV its estimated total shall have in the whole frame.
    domain, domain_targets
        Column of `strata` that makes the domains, and variable → CV in each of them.
    minimum
        Fewest customers per stratum (smaller strata are taken whole).

    Returns
    -------
    TargetAllocation
        ``.table``, ``.precision``, ``.cost``.

    Raises
    ------
    InputError
        If a column is missing, a target is not positive or its total is 0, or taking everybody allowed is not enough.

    Notes
    -----
    Least :math:`\sum c_h n_h` under :math:`\sum_h N_h^2 S_{hj}^2 (1/n_h - 1/N_h) \le (cv_j Y_j)^2` for every target j
    (Bethel 1989, *Survey Methodology* 15, 47–57). The multipliers are found by Chromy's iteration (Chromy 1987), sizes
    :math:`n_h = \sqrt{\sum_j \lambda_j a_{jh} / c_h}` kept within their bounds; then sizes are rounded up, and taken
    down again wherever every target allows it.

    Examples
    --------
    >>> strata = pd.DataFrame({"stratum": ["a", "b"], "population": [1000, 500]})
    >>> strata = strata.assign(mean_x=[10, 20], std_dev_x=[5, 20])
    >>> allocate_for_targets(strata, {"x": 0.05}).table["n"].tolist()
    [61, 123]
    """
    variables = list(dict.fromkeys([*targets, *(domain_targets or {})]))
    needs = [f"{k}_{v}" for v in variables for k in ("mean", "std_dev")]
    require_columns(strata.columns, ["stratum", "population", *needs, *([domain] if domain else [])], where="strata")
    if not variables or (domain_targets and domain is None):
        raise InputError(
            "There is a target, and domain targets name their domain.",
            found=f"targets={dict(targets)}, domain={domain!r}",
            fix="Give targets and `domain`.",
            where="targets",
        )
    population = _positive(strata, "population", None)
    cost, response = _positive(strata, "cost", 1.0), _positive(strata, "response_rate", 1.0)
    high = np.minimum(_positive(strata, "maximum", np.inf), population)
    low = np.minimum(np.full(len(strata), float(minimum)), np.floor(high))
    rows = _targets(strata, population, targets, domain, domain_targets or {})
    load = np.array([r.load for r in rows]) / response  # a_jh: what n_h divides
    fixed = np.array([r.fixed for r in rows])
    bound = np.array([r.allowed for r in rows]) + fixed
    short = [r.name for r, v in zip(rows, load @ (1 / high) - bound, strict=True) if v > 1e-9 * abs(r.allowed) + 1e-300]
    if short:
        missed = ", ".join(short[:5])
        raise InputError(
            "The targets can be met within the bounds.",
            found=f"missed even at the maximum: {missed}",
            fix="Relax these targets, or raise the maximum.",
            where="targets",
        )
    sizes = _chromy(load / bound[:, None], cost, low, high)
    counts = _whole(sizes, load, bound, cost, low, np.floor(high))
    return _result(strata, population, counts, cost, load, fixed, rows)


@dataclass(frozen=True)
class _Target:
    variable: str
    domain: str
    cv: float
    total: float
    load: Floats
    fixed: float

    @property
    def allowed(self) -> float:
        return (self.cv * self.total) ** 2

    @property
    def name(self) -> str:
        return f"{self.variable} in {self.domain} ({self.cv:g})"


def _targets(
    strata: pd.DataFrame,
    population: Floats,
    targets: Mapping[str, float],
    domain: str | None,
    domain_targets: Mapping[str, float],
) -> list[_Target]:
    everywhere: list[tuple[str, str, float, Floats]] = [
        (v, "all", cv, np.ones(len(strata))) for v, cv in targets.items()
    ]
    if domain is not None:
        labels = named_levels(strata[domain])
        for name in sorted(labels.unique()):
            everywhere += [(v, name, cv, (labels == name).to_numpy(dtype=float)) for v, cv in domain_targets.items()]
    rows = []
    for variable, name, cv, inside in everywhere:
        mean, spread = (strata[f"{k}_{variable}"].to_numpy(dtype=float) for k in ("mean", "std_dev"))
        total = float(inside @ (population * mean))
        if not cv > 0 or not abs(total) > 0 or not np.isfinite(mean).all() or not (spread >= 0).all():
            found = f"{variable!r} in {name!r}: CV {cv}, total {total:g}"
            raise InputError(
                "A target CV is positive, and so is its total.",
                found=found,
                fix="Correct the target, means or standard deviations.",
                where="targets",
            )
        square = inside * np.square(spread)
        rows.append(_Target(variable, name, cv, total, np.square(population) * square, float(population @ square)))
    return rows


def _chromy(share: Floats, cost: Floats, low: Floats, high: Floats) -> Floats:
    """Find the multipliers; each grows where its target is missed and shrinks where it is more than met."""
    multiplier = np.full(len(share), float(np.square(np.sqrt(share * cost).sum(axis=1)).max()))
    sizes = np.clip(np.sqrt(multiplier @ share / cost), low, high)
    for _ in range(ROUNDS):
        reached = share @ (1 / sizes)
        multiplier = multiplier * np.square(reached)
        new = np.clip(np.sqrt(multiplier @ share / cost), low, high)
        if np.abs(new - sizes).max() <= SETTLED * max(1.0, float(new.max())):
            break
        sizes = new
    return np.asarray(sizes)


def _whole(sizes: Floats, load: Floats, bound: Floats, cost: Floats, low: Floats, high: Floats) -> Integers:
    counts = np.minimum(np.ceil(sizes - 1e-6), high)
    limit = bound * (1 + 1e-9)
    while (load @ (1 / counts) > limit).any():  # multipliers that have not quite settled
        missed = load[(load @ (1 / counts) > limit)]
        gain = np.where(counts < high, (missed / (counts * (counts + 1))).sum(axis=0) / cost, -1.0)
        counts[int(gain.argmax())] += 1
    for h in np.argsort(-cost, kind="stable"):
        while counts[h] - 1 >= low[h] and counts[h] > 1:
            counts[h] -= 1
            if (load @ (1 / counts) > limit).any():
                counts[h] += 1
                break
    return np.asarray(counts, dtype=np.int64)


def _positive(strata: pd.DataFrame, name: str, default: float | None) -> Floats:
    if name not in strata and default is not None:
        return np.full(len(strata), default)
    values = pd.to_numeric(strata[name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if not (values > 0).all():
        raise InputError(
            f"`{name}` of every stratum is positive.",
            found=f"{int((~(values > 0)).sum())} that are not",
            fix="Correct these strata.",
            where="strata",
        )
    return np.asarray(values)


def _result(
    strata: pd.DataFrame,
    population: Floats,
    counts: Integers,
    cost: Floats,
    load: Floats,
    fixed: Floats,
    rows: Sequence[_Target],
) -> TargetAllocation:
    made = pd.DataFrame(
        {
            "stratum": strata["stratum"].to_numpy(),
            "population": population.astype(np.int64),
            "n": counts,
            "inclusion_probability": counts / population,
            "bound": np.where(counts >= population, "ceiling", ""),
        }
    )
    rest = strata.drop(columns=[c for c in made if c in strata]).reset_index(drop=True)
    variance = np.maximum(load @ (1 / counts) - fixed, 0)
    precision = pd.DataFrame(
        {
            "variable": [r.variable for r in rows],
            "domain": [r.domain for r in rows],
            "target_cv": [r.cv for r in rows],
            "expected_cv": np.sqrt(variance) / np.abs([r.total for r in rows]),
        }
    )
    return TargetAllocation(
        table=pd.concat([made, rest], axis=1), method="bethel", precision=precision, cost=float(cost @ counts)
    )
