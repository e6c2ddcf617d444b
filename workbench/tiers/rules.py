"""Rules of the tiers: what a customer must reach for each, checked before anybody is graded."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, Self

from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import column_label

Unknown = Literal["passes", "fails"]
SURVEY_CRITERIA: Final = ("satisfaction", "recommend", "effort")


@dataclass(frozen=True)
class Tier:
    """One tier.

    Attributes
    ----------
    name
        Short name, such as A.
    minimum
        Criterion (a column) → least value; empty for the last tier.
    label
        Name for readers; anything whose ``str`` follows the language.
    gets
        What customers of the tier are entitled to.
    owner
        Who looks after them.
    """

    name: str
    minimum: Mapping[str, float] = field(default_factory=dict, hash=False)
    label: Any = None
    gets: Any = None
    owner: Any = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "minimum", MappingProxyType({str(k): v for k, v in self.minimum.items()}))

    @property
    def requirement(self) -> Message:
        """What must be reached, in words."""
        parts = [
            message("{criterion} from {least:dec0}", criterion=column_label(c), least=v)
            for c, v in self.minimum.items()
        ]
        if not parts:
            return message("everybody else")
        joined = parts[0]
        for part in parts[1:]:
            joined = message("{first}, {second}", first=joined, second=part)
        return joined


@dataclass(frozen=True)
class TierRules:
    """Tiers from the highest to the lowest: a customer is in the first whose every minimum is reached.

    Attributes
    ----------
    tiers
        The tiers; the last takes everybody else.
    unknown
        What a missing answer to a survey criterion does: ``passes`` (nobody loses a tier for not having been asked) or
        ``fails``. A missing value of any other criterion fails.
    survey
        Criteria that are answers of a survey.

    Raises
    ------
    InputError
        If names repeat, the last tier has a minimum or another has none, a least value is not finite, a lower tier
        asks for more than a higher one, or a tier can never be reached.

    Examples
    --------
    >>> rules = TierRules.of([{"name": "A", "minimum": {"amount_12m": 3000}}, {"name": "B"}])
    >>> rules.names, rules.criteria
    (('A', 'B'), ('amount_12m',))
    """

    tiers: tuple[Tier, ...]
    unknown: Unknown = "passes"
    survey: tuple[str, ...] = SURVEY_CRITERIA

    def __post_init__(self) -> None:
        if self.unknown not in ("passes", "fails"):
            raise _refused("`unknown` is passes or fails.", repr(self.unknown), "Write unknown='passes'.")
        if not self.tiers:
            raise _refused("There is at least one tier.", "no tiers", "Name the tiers, the highest first.")
        names = [t.name for t in self.tiers]
        if len(set(names)) < len(names):
            raise _refused("Names of tiers differ.", ", ".join(names), "Give each tier a name of its own.")
        if self.tiers[-1].minimum:
            raise _refused("The last tier takes everybody else.", f"a minimum of {names[-1]}", "Remove it.")
        empty = [t.name for t in self.tiers[:-1] if not t.minimum]
        if empty:
            raise _refused("Only the last tier takes everybody else.", f"no minimum of {', '.join(empty)}",
                           "Give it a minimum, or remove the tiers below it.")  # fmt: skip
        for tier in self.tiers:
            wrong = {c: v for c, v in tier.minimum.items() if not (isinstance(v, (int, float)) and math.isfinite(v))}
            if wrong:
                raise _refused("Least values are finite numbers.", f"{tier.name}: {wrong}", "Correct them.")
        for high, low in zip(self.tiers, self.tiers[1:-1], strict=False):
            self._check_order(high, low)

    @staticmethod
    def _check_order(high: Tier, low: Tier) -> None:
        for criterion, least in low.minimum.items():
            if criterion in high.minimum and least > high.minimum[criterion]:
                raise _refused(
                    "A lower tier does not ask for more than a higher one.",
                    f"{criterion}: {low.name} from {least:g}, {high.name} from {high.minimum[criterion]:g}",
                    "Exchange the tiers or correct the least values.",
                )
        if all(c in low.minimum and low.minimum[c] >= v for c, v in high.minimum.items()):
            raise _refused(
                "Every tier can be reached.",
                f"whoever reaches {low.name} is in {high.name} already",
                f"Lower a least value of {low.name}.",
            )

    @classmethod
    def of(
        cls,
        tiers: Iterable[Mapping[str, Any] | Any],
        *,
        unknown: Unknown = "passes",
        survey: Sequence[str] | None = None,
    ) -> Self:
        """Make rules of mappings or objects with ``name``, ``minimum`` and perhaps ``label``, ``gets``, ``owner``.

        Raises
        ------
        InputError
            If a tier has no name, or the rules are not sound.
        """
        made = []
        for tier in tiers:
            given = dict(tier) if isinstance(tier, Mapping) else {
                f: getattr(tier, f) for f in ("name", "minimum", "label", "gets", "owner") if hasattr(tier, f)
            }  # fmt: skip
            extra = set(given) - {"name", "minimum", "label", "gets", "owner"}
            if "name" not in given or extra:
                raise _refused("A tier has a name, and perhaps minimum, label, gets and owner.",
                               f"{', '.join(map(str, given))}", "Correct the tier.")  # fmt: skip
            made.append(Tier(**{**given, "minimum": given.get("minimum") or {}}))
        return cls(tuple(made), unknown=unknown, survey=tuple(survey) if survey is not None else SURVEY_CRITERIA)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tiers, the highest first."""
        return tuple(t.name for t in self.tiers)

    @property
    def criteria(self) -> tuple[str, ...]:
        """All criteria, in the order they are first named."""
        return tuple(dict.fromkeys(c for t in self.tiers for c in t.minimum))

    def passes_unknown(self, criterion: str) -> bool:
        """Say whether a missing value of `criterion` counts as reached."""
        return self.unknown == "passes" and criterion in self.survey


def _refused(rule: str, found: str, fix: str) -> InputError:
    return InputError(rule, found=found, fix=fix, where="tiers")
