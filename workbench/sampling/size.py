"""Sample sizes: how many interviews a margin of error needs, and what margin a number of interviews gives."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

import pandas as pd

from workbench.core.errors import InputError, UntrustedWarning, nearest
from workbench.core.language import Language, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.sampling.columns import COMPLETES, COST, MARGIN

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Target = Literal["proportion", "mean", "total", "nps", "difference"]
CURVE = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
# half widths from here on say nothing: the whole scale lies inside
WIDEST: Mapping[Target, float] = {"proportion": 1.0, "nps": 200.0}
NPS_MARGIN = "The margin of a Net Promoter Score is in points, below 200."
TOLERANCE = 1e-9  # a size that is a whole number but for rounding is not pushed to the next


@dataclass(frozen=True, kw_only=True)
class SizeRule:
    """Everything but the margin that decides a sample size, checked.

    Attributes
    ----------
    spread
        Standard deviation of one answer on the scale of the margin, before any design effect.
    quantile
        z of the confidence, plus z of the power for a difference.
    population
        Customers in the population; infinite where unknown.
    waves
        How many independent sizes the variance counts: 2 for a difference between waves, else 1.
    shared
        For a difference, overlap times correlation.
    correlation
        For a difference, the correlation of a customer's answers in both waves.
    """

    target: Target
    spread: float
    quantile: float
    population: float = math.inf
    design_effect: float = 1.0
    response_rate: float = 1.0
    waves: int = 1
    shared: float = 0.0
    correlation: float = 0.0

    def completes(self, margin: float) -> float:
        """Return the number of interviews, not rounded, that gives `margin`."""
        per_head = self._per_head(margin)
        variance = self.waves * self.design_effect * self.spread**2
        return (1 - self.shared) * variance / (per_head + (1 - self._kept) * variance / self.population)

    def margin(self, completes: float) -> float:
        """Return the margin that a number of interviews gives."""
        variance = self.waves * self.design_effect * self.spread**2
        part = (1 - self.shared) / completes - (1 - self._kept) / self.population
        scale = self.population if self.target == "total" else 1.0
        return scale * self.quantile * math.sqrt(max(0.0, variance * part))

    @property
    def _kept(self) -> float:
        return self.correlation if self.waves == 2 else 0.0

    def _per_head(self, margin: float) -> float:
        scale = self.population if self.target == "total" else 1.0
        return (margin / scale / self.quantile) ** 2


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SampleSize(Result):
    """How many interviews and invitations a margin needs.

    Attributes
    ----------
    table
        ``margin``, ``completes``, ``invitations`` around the margin asked for.
    completes, invitations
        Interviews needed, and customers to invite so that they come in at the expected response rate.
    margin
        The margin asked for.
    rule
        The assumptions; ``rule.margin(n)`` gives the margin of another number of interviews.
    """

    completes: int
    invitations: int
    margin: float
    rule: SizeRule

    caption: ClassVar = message("Sample size and margin of error")
    columns: ClassVar = {
        "margin": MARGIN,
        "completes": COMPLETES,
        "invitations": Column(message("Invitations"), "int"),
        "cost": COST,
    }

    def margin_for(self, completes: int) -> float:
        """Return the margin of error that `completes` interviews give under the same assumptions."""
        if completes < 1 or completes > self.rule.population:
            raise InputError(
                "A number of interviews is at least 1 and at most the population.",
                found=f"{completes:,}",
                fix="Ask for a number in that range.",
                where="completes",
            )
        return self.rule.margin(completes)

    def with_cost(self, *, per_invitation: float = 0.0, per_complete: float = 0.0, fixed: float = 0.0) -> SampleSize:
        """Return the same result with a column ``cost`` in its table."""
        cost = fixed + per_invitation * self.table["invitations"] + per_complete * self.table["completes"]
        return replace(self, table=self.table.assign(cost=cost))

    def plot(self, language: Language | None = None) -> Figure:
        """Draw completes and invitations against the margin."""
        from workbench.sampling.pictures import size_curve

        style = "pct1" if self.rule.target == "proportion" else "dec1"
        return size_curve(self.table, margin=self.margin, style=style, language=language)


def sample_size(
    margin: float,
    *,
    target: Target = "proportion",
    confidence: float = 0.95,
    population: int | None = None,
    proportion: float | tuple[float, float] = 0.5,
    std_dev: float | None = None,
    design_effect: float = 1.0,
    response_rate: float = 1.0,
    power: float | None = None,
    overlap: float = 0.0,
    correlation: float = 0.0,
) -> SampleSize:
    r"""Return how many interviews, and how many invitations, a margin of error needs.

    Parameters
    ----------
    margin
        Half the width of the confidence interval on the target's own scale: 0.03 for a proportion, 3 (points) for the
        NPS, money for a mean or total. For a difference with `power`, the true difference to be detected.
    target
        ``proportion``; ``mean`` and ``total`` (need `std_dev`); ``nps``, on −100…100; ``difference`` between two waves
        of equal size, of proportions or, with `std_dev`, of means (for the NPS: its standard deviation in points).
    confidence
        Two-sided confidence level.
    population
        Customers in the frame, for the finite population correction; needed for a total.
    proportion
        Expected proportion; for the NPS, last wave's ``(promoters, detractors)``. The default is the worst case: 0.5,
        or half promoters and half detractors.
    std_dev
        Standard deviation of one answer.
    design_effect
        Variance of the design over that of simple random sampling.
    response_rate
        Share of the invited who answer, in (0, 1].
    power
        For a difference: the probability of detecting it. Without it, `margin` is the half width of its interval.
    overlap, correlation
        For a difference: the share of each wave that is in both, and the correlation of a customer's two answers.

    Returns
    -------
    SampleSize
        ``.completes``, ``.invitations``; ``.margin_for(n)`` solves the other way round.

    Raises
    ------
    InputError
        If an argument is out of its range, or `std_dev` or `population` is needed and missing.

    Warns
    -----
    UntrustedWarning
        If more invitations are needed than there are customers: the margin cannot be reached.

    Notes
    -----
    :math:`n = D S^2 z^2 / (e^2 + D S^2 z^2 / N)`, with :math:`S^2 = p(1-p)\,N/(N-1)` for a proportion (Cochran 1977,
    *Sampling Techniques*, eqs. 4.1–4.4; Krejcie & Morgan 1970) and :math:`S^2 = p + d - (p-d)^2` for the NPS. For a
    difference of two waves with overlap :math:`\gamma` and correlation :math:`\rho`, the variance is
    :math:`2 D S^2 [(1-\gamma\rho)/n - (1-\rho)/N]` and :math:`z = z_{1-\alpha/2} + z_{power}` (Valliant, Dever &
    Kreuter 2018, *Practical Tools*, ch. 4; finite population term as for covariances in Tam 1984).

    Examples
    --------
    >>> sample_size(0.05, population=1500).completes
    306
    >>> size = sample_size(3, target="nps", proportion=(0.45, 0.2), response_rate=0.25)
    >>> size.completes, size.invitations
    (2508, 10032)
    """
    rule = _rule(
        target, confidence, population, proportion, std_dev, design_effect, response_rate, power, overlap, correlation
    )
    _check_margin(margin, target)
    completes, invitations = _counts(rule, margin)
    margins = [margin * f for f in CURVE if target != "proportion" or margin * f < 1]
    table = pd.DataFrame({"margin": margins})
    counts = [_counts(rule, m) for m in margins]
    table["completes"], table["invitations"] = [c for c, _ in counts], [i for _, i in counts]
    notes = []
    if invitations > rule.population:
        warning = message(
            "{invitations:int} invitations are needed and there are {population:int} customers: the margin cannot be "
            "reached at this response rate.",
            invitations=invitations,
            population=rule.population,
        )
        warnings.warn(warning.text("en"), UntrustedWarning, stacklevel=2)
        notes.append(Note(warning, "warning"))
    return SampleSize(
        table=table, completes=completes, invitations=invitations, margin=margin, rule=rule, notes=tuple(notes)
    )


def _counts(rule: SizeRule, margin: float) -> tuple[int, int]:
    completes = max(1, math.ceil(rule.completes(margin) - TOLERANCE))
    if math.isfinite(rule.population):
        completes = min(completes, int(rule.population))
    return completes, math.ceil(completes / rule.response_rate - TOLERANCE)


def _check_margin(margin: float, target: Target) -> None:
    if not 0 < margin < math.inf:
        raise _range_error("margin", "A margin of error is positive.", margin, "Give half the width of the interval.")
    if margin >= WIDEST.get(target, math.inf):
        rule = "The margin of a proportion is a share below 1." if target == "proportion" else NPS_MARGIN
        fix = "Give 0.05 for five percentage points." if target == "proportion" else "Give 5 for five points."
        raise _range_error("margin", rule, margin, fix)


def _range_error(where: str, rule: str, found: object, fix: str) -> InputError:
    return InputError(rule, found=repr(found), fix=fix, where=where)


def _rule(
    target: Target,
    confidence: float,
    population: int | None,
    proportion: float | tuple[float, float],
    std_dev: float | None,
    design_effect: float,
    response_rate: float,
    power: float | None,
    overlap: float,
    correlation: float,
) -> SizeRule:
    if target not in get_args(Target):
        fix = f"Use one of {', '.join(get_args(Target))}{nearest(str(target), get_args(Target))}."
        raise _range_error("target", "A target is one of the five known.", target, fix)
    shares: tuple[tuple[str, float, bool], ...] = (
        ("confidence", confidence, 0 < confidence < 1),
        ("response_rate", response_rate, 0 < response_rate <= 1),
        ("power", power or 0.5, power is None or 0.5 <= power < 1),
        ("overlap", overlap, 0 <= overlap <= 1),
        ("correlation", correlation, -1 < correlation < 1),
        ("design_effect", design_effect, 0 < design_effect < math.inf),
        ("population", population or 0, population is None or population >= 1),
        ("std_dev", std_dev or 0, std_dev is None or 0 < std_dev < math.inf),
    )
    for name, value, fine in shares:
        if not fine:
            raise _range_error(name, f"`{name}` is within its range.", value, "See the parameter's description.")
    if target != "difference" and (power is not None or overlap or correlation):
        raise _range_error(
            "target",
            "Power, overlap and correlation belong to a difference between waves.",
            target,
            "Use target='difference', or leave them out.",
        )
    if target == "total" and population is None:
        raise _range_error("population", "A total needs the size of the population.", population, "Give `population`.")
    known = math.inf if population is None else float(population)
    return SizeRule(
        target=target,
        spread=_spread(target, proportion, std_dev, known),
        population=known,
        quantile=NormalDist().inv_cdf(0.5 + confidence / 2) + (NormalDist().inv_cdf(power) if power else 0.0),
        design_effect=design_effect,
        response_rate=response_rate,
        waves=2 if target == "difference" else 1,
        shared=overlap * correlation,
        correlation=correlation,
    )


def _spread(target: Target, proportion: float | tuple[float, float], std_dev: float | None, population: float) -> float:
    if std_dev is not None:
        if target == "proportion":
            raise _range_error(
                "std_dev",
                "A proportion's spread follows from `proportion`.",
                std_dev,
                "Leave out `std_dev`, or use target='mean'.",
            )
        return std_dev
    if target in ("mean", "total"):
        raise _range_error(
            "std_dev",
            f"A {target} needs the standard deviation of one answer.",
            std_dev,
            "Give `std_dev`, from last wave or from the frame.",
        )
    # the variance with divisor N − 1, so that asking everybody gives n = N
    finite = 1.0 if math.isinf(population) or population <= 1 else population / (population - 1)
    if target == "nps":
        promoters, detractors = proportion if isinstance(proportion, tuple) else (0.5, 0.5)
        if min(promoters, detractors) < 0 or not 0 < promoters + detractors <= 1 or max(promoters, detractors) == 1:
            raise _range_error(
                "proportion",
                "Promoters and detractors are shares that add up to at most 1.",
                proportion,
                "Give last wave's shares, such as (0.45, 0.20).",
            )
        return 100 * math.sqrt((promoters + detractors - (promoters - detractors) ** 2) * finite)
    if isinstance(proportion, tuple) or not 0 < proportion < 1:
        raise _range_error(
            "proportion",
            "An expected proportion is one number between 0 and 1.",
            proportion,
            "Give 0.5 where nothing is known.",
        )
    return math.sqrt(proportion * (1 - proportion) * finite)
