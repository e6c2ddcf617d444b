"""Whether rules of tiers are sound, checked before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from workbench.core.errors import InputError, nearest
from workbench.tiers.thresholds import Relative, read_threshold
from workbench.tiers.tier import Tier


class Rules(Protocol):
    """What is checked of the rules: `workbench.tiers.TierRules` before they are made."""

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The tiers, the highest first."""

    @property
    def unknown(self) -> str:
        """What a missing answer does."""

    @property
    def scores(self) -> Mapping[str, Any]:
        """Weighted scores."""

    @property
    def by(self) -> str | None:
        """Column of groups."""

    @property
    def variants(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """Values of groups."""

    @property
    def slack(self) -> float:
        """Share by which a tier kept may be missed."""

    @property
    def grace_waves(self) -> int:
        """Waves for which a tier is kept."""


def check_rules(rules: Rules) -> None:
    """Refuse rules that are not sound.

    Raises
    ------
    InputError
        With the tier, the criterion and what to do.
    """
    if rules.unknown not in ("passes", "fails"):
        raise _refused("`unknown` is passes or fails.", repr(rules.unknown), "Write unknown='passes'.")
    if not 0 <= rules.slack < 1 or rules.grace_waves < 0 or rules.grace_waves != int(rules.grace_waves):
        raise _refused(
            "slack is a share below 1, grace_waves a number of waves.",
            f"slack {rules.slack!r}, grace_waves {rules.grace_waves!r}",
            "Correct them.",
        )
    if not rules.tiers:
        raise _refused("There is at least one tier.", "no tiers", "Name the tiers, the highest first.")
    names = [t.name for t in rules.tiers]
    if len(set(names)) < len(names):
        raise _refused("Names of tiers differ.", ", ".join(names), "Give each tier a name of its own.")
    last = rules.tiers[-1]
    if last.minimum or last.maximum:
        raise _refused("The last tier takes everybody else.", f"a minimum of {last.name}", "Remove it.")
    empty = [t.name for t in rules.tiers[:-1] if not t.minimum and not t.maximum]
    if empty:
        raise _refused(
            "Only the last tier takes everybody else.",
            f"no minimum of {', '.join(empty)}",
            "Give it a minimum, or remove the tiers below it.",
        )
    both = [(t.name, c) for t in rules.tiers for c in t.minimum if c in t.maximum]
    for name, criterion in both:
        tier = rules.tiers[names.index(name)]
        low, high = tier.minimum[criterion], tier.maximum[criterion]
        if not isinstance(low, Relative) and low > high:
            raise _refused(
                "A tier's least value is not above its largest.",
                f"{criterion} of {name}: from {low:g} up to {high:g}",
                "Correct them.",
            )
    for high_tier, low_tier in zip(rules.tiers, rules.tiers[1:], strict=False):
        _check_bands(high_tier, low_tier)
    for high_tier, low_tier in zip(rules.tiers, rules.tiers[1:-1], strict=False):
        _check_order(high_tier, low_tier)
    _check_variants(rules)


def _strength(value: float | Relative) -> tuple[str, float]:
    # of equal kinds the larger asks for more
    return ("number", float(value)) if not isinstance(value, Relative) else (value.kind, -value.share)


def _check_order(high: Tier, low: Tier) -> None:
    for criterion, least in low.minimum.items():
        if criterion in high.minimum:
            (one, above), (other, own) = _strength(high.minimum[criterion]), _strength(least)
            if one == other and own > above:
                raise _refused(
                    "A lower tier does not ask for more than a higher one.",
                    f"{criterion}: {low.name} {_said(least)}, {high.name} {_said(high.minimum[criterion])}",
                    "Exchange the tiers or correct the least values.",
                )
    for criterion, most in low.maximum.items():
        if criterion in high.maximum and most < high.maximum[criterion]:
            raise _refused(
                "A lower tier does not ask for more than a higher one.",
                f"{criterion}: {low.name} up to {most:g}, {high.name} up to {high.maximum[criterion]:g}",
                "Exchange the tiers or correct the largest values.",
            )
    harder = all(_at_least(low.minimum.get(c), v) for c, v in high.minimum.items())
    if harder and all(c in low.maximum and low.maximum[c] <= v for c, v in high.maximum.items()):
        raise _refused(
            "Every tier can be reached.",
            f"whoever reaches {low.name} is in {high.name} already",
            f"Lower a least value of {low.name}.",
        )


def _at_least(low: float | Relative | None, high: float | Relative) -> bool:
    if low is None:
        return False
    (one, above), (other, own) = _strength(high), _strength(low)
    return one == other and own >= above


def _said(value: float | Relative) -> str:
    return f"{value.kind} {value.share:g}" if isinstance(value, Relative) else f"from {value:g}"


def _check_bands(high: Tier, low: Tier) -> None:
    for criterion, end in low.below.items():
        start = high.minimum.get(criterion)
        if start is None or isinstance(start, Relative):
            raise _refused(
                "A tier ends below where the next higher begins.",
                f"{low.name} ends below {criterion} {end:g}, {high.name} has no fixed least value of it",
                f"Give {high.name} a least value of {criterion}, or remove 'below'.",
            )
        if end < start:
            raise _refused(
                "Tiers leave no gap between them.",
                f"{criterion} from {end:g} to {start:g} is in neither {low.name} nor {high.name}",
                f"Let {low.name} end where {high.name} begins, at {start:g}.",
            )
        if end > start:
            raise _refused(
                "Tiers do not overlap.",
                f"{criterion} from {start:g} to {end:g} is in both {low.name} and {high.name}",
                f"Let {low.name} end where {high.name} begins, at {start:g}.",
            )


def _check_variants(rules: Rules) -> None:
    if rules.variants and rules.by is None:
        raise _refused(
            "Groups with rules of their own are those of a column.",
            f"variants {', '.join(rules.variants)}",
            "Write by: region (or another column).",
        )
    by_name = {t.name: t for t in rules.tiers}
    for group, tiers in rules.variants.items():
        for name, changed in tiers.items():
            if name not in by_name:
                raise _refused(
                    "A variant changes a tier there is.",
                    f"{group}: {name}{nearest(name, by_name)}",
                    f"There are {', '.join(by_name)}.",
                )
            known = (*by_name[name].minimum, *by_name[name].maximum)
            for criterion, value in changed.items():
                if criterion not in known:
                    raise _refused(
                        "A variant changes a value the tier asks for.",
                        f"{group}: {name} has no {criterion}{nearest(criterion, known)}",
                        f"It asks for {', '.join(known) or 'nothing'}.",
                    )
                read_threshold(value, f"{group} {name}")
        for high, low in zip(rules.tiers, rules.tiers[1:-1], strict=False):
            _check_order(_changed(high, tiers), _changed(low, tiers))


def _changed(tier: Tier, tiers: object) -> Tier:
    new = tiers.get(tier.name, {})  # type: ignore[attr-defined]
    minimum = {c: read_threshold(new.get(c, v), tier.name) for c, v in tier.minimum.items()}
    maximum = {c: float(new.get(c, v)) for c, v in tier.maximum.items()}
    if not all(math.isfinite(v) for v in maximum.values()):
        raise _refused("Largest values are finite numbers.", f"{tier.name}: {maximum}", "Correct them.")
    return replace(tier, minimum=minimum, maximum=maximum, below={})


def _refused(rule: str, found: str, fix: str) -> InputError:
    return InputError(rule, found=found, fix=fix, where="tiers")
