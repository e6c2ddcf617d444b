"""What a tier asks for: fixed values, the highest share of customers, those who bring a share of the total, points."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from workbench.core.engine import Dialect
from workbench.core.errors import InputError

Direction = Literal["from", "up to"]


@dataclass(frozen=True)
class Relative:
    """A least value that follows from the customers themselves.

    Attributes
    ----------
    kind
        ``top``: the highest share of the customers; ``pareto``: the customers who together bring a share of the total.
    share
        That share.

    Examples
    --------
    >>> Relative("top", 0.2)
    Relative(kind='top', share=0.2)
    """

    kind: Literal["top", "pareto"]
    share: float


def read_threshold(value: Any, where: str) -> float | Relative:
    """Read a number, ``{"top": 0.2}`` or ``{"pareto": 0.8}``; also objects with such an attribute.

    Raises
    ------
    InputError
        If it is neither, not finite, or a share is not between 0 and 1.

    Examples
    --------
    >>> read_threshold({"pareto": 0.8}, "A"), read_threshold(3000, "A")
    (Relative(kind='pareto', share=0.8), 3000.0)
    """
    if isinstance(value, Relative):
        found: float | Relative = value
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        found = float(value)
    else:
        given = (
            dict(value)
            if isinstance(value, Mapping)
            else {k: getattr(value, k) for k in ("top", "pareto") if getattr(value, k, None) is not None}
        )
        if len(given) != 1 or next(iter(given)) not in ("top", "pareto"):
            raise _refused("A least value is a finite number, {top: share} or {pareto: share}.", f"{where}: {value!r}")
        kind, share = next(iter(given.items()))
        found = Relative("top" if kind == "top" else "pareto", float(share))
    if isinstance(found, Relative):
        if not 0 < found.share < 1:
            raise _refused("A share of customers or of the total lies between 0 and 1.", f"{where}: {found.share!r}")
    elif not math.isfinite(found):
        raise _refused("Least values are finite numbers.", f"{where}: {value!r}")
    return found


@dataclass(frozen=True)
class Condition:
    """One requirement of a tier with its values resolved: a number, and other numbers for some groups."""

    criterion: str
    direction: Direction
    value: float
    groups: Mapping[str, float] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "groups", MappingProxyType(dict(self.groups)))

    def value_for(self, group: object) -> float:
        """Return the value that holds for a group."""
        return self.groups.get(str(group), self.value)

    def sql(self, by: str | None, dialect: Dialect, *, slack: float = 0.0) -> str:
        """Return SQL that is true where the requirement is reached, and nothing where the criterion is missing.

        Parameters
        ----------
        by
            Quoted column of the groups.
        dialect
            Spellings of the engine.
        slack
            Share by which the requirement is relaxed.
        """

        def written(value: float) -> str:
            # read as a double to the last digit, where a plain literal would be a decimal that is rounded again;
            # nobody reaches what no customer can be set apart by
            return f"CAST('{repr(value) if math.isfinite(value) else 'Infinity'}' AS {dialect.double_type})"

        loose = {g: written(self._relaxed(v, slack)) for g, v in self.groups.items()}
        limit = written(self._relaxed(self.value, slack))
        if loose and by is not None:
            whens = " ".join(f"WHEN {dialect.literal(g)} THEN {v}" for g, v in loose.items())
            limit = f"CASE CAST({by} AS {dialect.text_type}) {whens} ELSE {limit} END"
        sign = ">=" if self.direction == "from" else "<="
        return f"{dialect.quote(self.criterion)} {sign} {limit}"

    def _relaxed(self, value: float, slack: float) -> float:
        if not math.isfinite(value):
            return value
        step = slack * abs(value)
        return value - step if self.direction == "from" else value + step


@dataclass(frozen=True)
class Points:
    """How a criterion earns points: none at `empty`, all at `full`, in proportion between; `full` may be below `empty`.

    Attributes
    ----------
    weight
        Share of the criterion in the score; the weights of a score add up to 1.
    full, empty
        Values that earn all points, and none.

    Examples
    --------
    >>> Points(weight=0.5, full=1000).of(500.0)
    25.0
    """

    weight: float
    full: float
    empty: float = 0.0

    def of(self, value: float) -> float:
        """Return the points of a value, at most 100 × weight."""
        return 100 * self.weight * min(max((value - self.empty) / (self.full - self.empty), 0.0), 1.0)

    def sql(self, column: str, double: str = "DOUBLE") -> str:
        """Return the same in SQL over a quoted column; a missing value earns nothing."""
        share = f"(CAST({column} AS {double}) - {float(self.empty)!r}) / {float(self.full - self.empty)!r}"
        return f"{100 * float(self.weight)!r} * coalesce(least(greatest({share}, 0.0), 1.0), 0.0)"


def read_scores(scores: Mapping[str, Mapping[str, Any]] | None) -> Mapping[str, Mapping[str, Points]]:
    """Read weighted scores: name → criterion → weight, full, empty.

    Raises
    ------
    InputError
        If the weights of a score do not add up to 1, or a criterion has no range.

    Examples
    --------
    >>> read_scores({"loyalty": {"amount_12m": {"weight": 1, "full": 100}}})["loyalty"]["amount_12m"].full
    100.0
    """
    made: dict[str, Mapping[str, Points]] = {}
    for name, parts in (scores or {}).items():
        points = {str(c): _points(p, f"{name}.{c}") for c, p in parts.items()}
        total = sum(p.weight for p in points.values())
        if not points or not math.isclose(total, 1.0, abs_tol=1e-9):
            raise _refused("The weights of a score add up to 1.", f"{name}: {total:g}")
        made[str(name)] = MappingProxyType(points)
    return MappingProxyType(made)


def _points(given: Any, where: str) -> Points:
    if isinstance(given, Points):
        points = given
    else:
        part = (
            dict(given)
            if isinstance(given, Mapping)
            else {k: getattr(given, k) for k in ("weight", "full", "empty") if hasattr(given, k)}
        )
        if set(part) - {"weight", "full", "empty"} or not {"weight", "full"} <= set(part):
            raise _refused("A criterion of a score has weight, full and perhaps empty.", f"{where}: {given!r}")
        points = Points(float(part["weight"]), float(part["full"]), float(part.get("empty", 0.0)))
    known = all(map(math.isfinite, (points.weight, points.full, points.empty)))
    if not known or points.weight <= 0 or points.full == points.empty:
        raise _refused("A criterion of a score has a positive weight and a range.", f"{where}: {given!r}")
    return points


def _refused(rule: str, found: str) -> InputError:
    return InputError(rule, found=found, fix="Correct the tiers.", where="tiers")
