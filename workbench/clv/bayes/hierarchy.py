"""Purchase histories of groups, and the quantities without a unit in which groups are compared and pooled.

Times are measured in mean ages of all customers. In them the parameters of a group are

- ``r``: ln r, how much customers differ in their rate of buying;
- ``rate``: ln(r / α), purchases in a mean age of a customer who stays;
- BG/NBD and MBG/NBD: ``leaving``, the logit of a / (a + b), the mean chance to leave after a purchase, and
  ``sameness``, ln(a + b);
- Pareto/NBD: ``s``, ln s, and ``leaving``, ln(s / β), the mean rate of leaving in a mean age.

None of them depends on whether time was counted in days or in weeks, so neither do priors on them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from workbench.clv.models import nbd
from workbench.clv.models.bg_nbd import BgNbd
from workbench.clv.models.covariates import histories_with
from workbench.clv.models.mbg_nbd import MbgNbd
from workbench.clv.models.model import PurchaseModel
from workbench.clv.models.pareto_nbd import ParetoNbd
from workbench.clv.purchases.patterns import PATTERN_COLUMNS, Floats, Ints, Patterns, as_patterns, mean_age
from workbench.clv.purchases.purchases import Purchases, Unit
from workbench.clv.value.terms import NO_GROUP, Groups
from workbench.core.errors import InputError, require_columns

HierarchicalKind = Literal["bg_nbd", "mbg_nbd", "pareto_nbd"]
KINDS: Final[Mapping[str, type[PurchaseModel]]] = {"bg_nbd": BgNbd, "mbg_nbd": MbgNbd, "pareto_nbd": ParetoNbd}
QUANTITIES: Final[Mapping[str, tuple[str, ...]]] = {
    "bg_nbd": ("r", "rate", "leaving", "sameness"),
    "mbg_nbd": ("r", "rate", "leaving", "sameness"),
    "pareto_nbd": ("r", "rate", "s", "leaving"),
}
_DIGITS: Final = 9
_MOST_GROUPS: Final = 200


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Distinct histories by group, with times in mean ages.

    Attributes
    ----------
    groups
        Names, in alphabetical order; one empty name without groups.
    place
        Place of each history's group among the names.
    patterns
        Histories in the data's unit.
    unit
        The unit.
    scale
        Mean age of all customers, in the unit.

    Examples
    --------
    >>> rows = pd.DataFrame({"x": [0, 1], "t_x": [0.0, 10], "T": [20.0, 40], "region": ["south", "north"]})
    >>> h = Hierarchy.of(rows, "region")
    >>> h.groups, h.scale, h.ages.round(3).tolist()
    (['north', 'south'], 30.0, [0.667, 1.333])
    """

    groups: list[str]
    place: Ints
    patterns: Patterns
    unit: Unit
    scale: float

    @classmethod
    def of(cls, purchases: Purchases | pd.DataFrame, by: str | Groups | None) -> Hierarchy:
        """Read histories and their groups.

        Raises
        ------
        InputError
            If a history cannot be, nobody bought twice, a column is missing, everybody was seen for no time at all, or
            there are more than 200 groups.
        """
        frame, column = _frame(purchases, by)
        patterns = as_patterns(frame)
        nbd.refuse_without_repeats(patterns)
        names, place = [""], np.zeros(len(frame), dtype=np.int64)
        if column is not None:
            named = frame[column].astype(object).where(frame[column].notna(), NO_GROUP).astype(str)
            found, at = np.unique(named.to_numpy(dtype=str), return_inverse=True)
            names, place = [str(n) for n in found], at.astype(np.int64)
        if len(names) > _MOST_GROUPS:
            raise InputError(
                f"There are at most {_MOST_GROUPS} groups.",
                found=f"{len(names):,} in {column}",
                fix="Put values into classes; the column may hold ids.",
                where="by",
            )
        unit: Unit = "day" if isinstance(purchases, pd.DataFrame) else purchases.unit
        return cls(names, place, patterns, unit, mean_age(patterns))

    @property
    def ages(self) -> Floats:
        """T in mean ages."""
        return self.measured(self.patterns.T)

    @property
    def recencies(self) -> Floats:
        """Ages at the last purchase in mean ages."""
        return self.measured(self.patterns.t_x)

    def measured(self, times: Floats) -> Floats:
        """Return times of the unit in mean ages."""
        # rounded, so that days and weeks give the same numbers to the last bit; a time above 0 stays above 0
        measured = times / self.scale
        rounded = np.round(measured, _DIGITS)
        return np.where(rounded > 0, rounded, measured)

    def of_group(self, group: str | None) -> int:
        """Return a group's place among the names.

        Raises
        ------
        InputError
            If there is no such group, or none is named where there are several.
        """
        if group is None and len(self.groups) == 1:
            return 0
        if group not in self.groups:
            raise InputError(
                "A group is one of those fitted.",
                found=repr(group),
                fix=f"Use one of {', '.join(self.groups[:10]) or 'no name'}.",
                where="group",
            )
        return self.groups.index(group)

    def patterns_of(self, g: int) -> Patterns:
        """Return the histories of one group."""
        p, own = self.patterns, self.place == g
        return Patterns(p.x[own], p.t_x[own], p.T[own], p.count[own])


def _frame(purchases: Purchases | pd.DataFrame, by: str | Groups | None) -> tuple[pd.DataFrame, str | None]:
    if isinstance(purchases, pd.DataFrame):
        if by is not None and not isinstance(by, str):
            raise InputError(
                "Groups of a DataFrame of histories are one of its columns.",
                found=type(by).__name__,
                fix="Write by='region', or pass a purchase summary with by=(customers, 'region').",
                where="by",
            )
        require_columns(purchases.columns, (*PATTERN_COLUMNS, *([by] if by else [])), where="purchases")
        return purchases, by
    if isinstance(by, str):
        raise InputError(
            "Groups of a purchase summary come from a table of customers.",
            found=repr(by),
            fix=f"Write by=(customers, {by!r}).",
            where="by",
        )
    if by is None:
        return purchases.patterns, None
    table, column = by
    return histories_with(purchases, table, [column]), column


def parameters(kind: str, quantities: Sequence[Any], exp: Callable[[Any], Any] = np.exp) -> tuple[Any, Any, Any, Any]:
    """Return the model's parameters, with time in mean ages, of the four quantities without a unit.

    `exp` may be that of another library, whose arrays then come back.

    Examples
    --------
    >>> [round(float(v), 3) for v in parameters("bg_nbd", [0.0, np.log(2), 0.0, np.log(8)])]
    [1.0, 0.5, 4.0, 4.0]
    >>> [round(float(v), 3) for v in parameters("pareto_nbd", [0.0, np.log(2), 0.0, np.log(4)])]
    [1.0, 0.5, 1.0, 0.25]
    """
    first, rate, third, fourth = quantities
    r, alpha = exp(first), exp(first - rate)
    if kind == "pareto_nbd":
        return r, alpha, exp(third), exp(third - fourth)
    whole = exp(fourth)
    return r, alpha, whole / (1 + exp(-third)), whole / (1 + exp(third))
