"""One tier: what a customer must reach for it, and what its customers get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import column_label
from workbench.tiers.thresholds import Relative, read_threshold
from workbench.tiers.wording import amount, joined

LIMITS: Final = ("minimum", "maximum", "below")


@dataclass(frozen=True)
class Tier:
    """One tier.

    Attributes
    ----------
    name
        Short name, such as A.
    minimum
        Criterion (a column, or a score) → least value: a number, `Relative` to the customers, or a mapping ``{"top":
        share}`` or ``{"pareto": share}``; empty for the last tier.
    maximum
        Criterion → largest value, for criteria of which less is better, such as days since the last order.
    below
        Criterion → value the tier ends below; only checked against the tier above, so that no gap or overlap slips in.
    label
        Name for readers; anything whose ``str`` follows the language.
    gets
        What customers of the tier are entitled to.
    owner
        Who looks after them.
    service_hours
        Within how many hours a request is answered.
    contacts_per_year
        How often they are contacted on our part.
    offers
        Which offers they get.
    cost
        What serving one customer of the tier costs in a year.
    """

    name: str
    minimum: Mapping[str, float | Relative] = field(default_factory=dict, hash=False)
    label: Any = None
    gets: Any = None
    owner: Any = None
    maximum: Mapping[str, float] = field(default_factory=dict, hash=False)
    below: Mapping[str, float] = field(default_factory=dict, hash=False)
    service_hours: float | None = None
    contacts_per_year: float | None = None
    offers: Any = None
    cost: float | None = None

    def __post_init__(self) -> None:
        for name in LIMITS:
            given = {str(k): read_threshold(v, self.name) for k, v in getattr(self, name).items()}
            relative = [k for k, v in given.items() if isinstance(v, Relative)]
            if name != "minimum" and relative:
                raise _refused(
                    "Only a least value is relative to the customers.",
                    f"{self.name}: {name} of {relative[0]}",
                    "Write a number.",
                )
            object.__setattr__(self, name, MappingProxyType(given))

    @property
    def requirement(self) -> Message:
        """What must be reached, in words."""
        parts = [_requirement(c, v) for c, v in self.minimum.items()]
        parts += [
            message("{criterion} up to {most}", criterion=column_label(c), most=amount(v))
            for c, v in self.maximum.items()
        ]
        return joined(parts) if parts else message("everybody else")


def _requirement(criterion: str, value: float | Relative) -> Message:
    label = column_label(criterion)
    if not isinstance(value, Relative):
        return message("{criterion} from {least}", criterion=label, least=amount(value))
    if value.kind == "top":
        return message("{criterion} among the highest {share:pct} of the customers", criterion=label, share=value.share)
    return message(
        "{criterion} so high that these customers together bring {share:pct} of the total",
        criterion=label,
        share=value.share,
    )


def _refused(rule: str, found: str, fix: str) -> InputError:
    return InputError(rule, found=found, fix=fix, where="tiers")
