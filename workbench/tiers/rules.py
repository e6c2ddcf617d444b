"""Rules of the tiers: what a customer must reach for each, checked before anybody is graded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

from workbench.core.errors import InputError, nearest
from workbench.tiers.rule_checks import check_rules
from workbench.tiers.thresholds import Points, Relative, read_scores, read_threshold
from workbench.tiers.tier import LIMITS, Tier

Unknown = Literal["passes", "fails"]
SURVEY_CRITERIA: Final = ("satisfaction", "recommend", "effort")
FIELDS: Final = (
    "name",
    "minimum",
    "maximum",
    "below",
    "label",
    "gets",
    "owner",
    "service_hours",
    "contacts_per_year",
    "offers",
    "cost",
)


@dataclass(frozen=True)
class TierRules:
    """Tiers from the highest to the lowest: a customer is in the first whose every requirement is reached.

    Attributes
    ----------
    tiers
        The tiers; the last takes everybody else.
    unknown
        What a missing answer to a survey criterion does: ``passes`` (nobody loses a tier for not having been asked) or
        ``fails``. A missing value of any other criterion fails.
    survey
        Criteria that are answers of a survey.
    scores
        Weighted scores from 0 to 100 that tiers can ask for: name → criterion → `Points`.
    by
        Column of groups (region, business line) with values of their own; relative values are then taken inside each.
    variants
        Group → tier → criterion → value there instead.
    slack
        Hysteresis: whoever has a tier keeps it while all requirements, relaxed by this share, are still reached.
    grace_waves
        Grace: whoever has a tier keeps it for so many waves without reaching it.

    Raises
    ------
    InputError
        If names repeat, the last tier has a minimum or another has none, a value is not finite, a lower tier asks for
        more than a higher one, a tier can never be reached, `below` leaves a gap or an overlap, a variant names an
        unknown tier or criterion, or the weights of a score do not add up to 1.

    Examples
    --------
    >>> rules = TierRules.of([{"name": "A", "minimum": {"amount_12m": 3000}}, {"name": "B"}])
    >>> rules.names, rules.criteria
    (('A', 'B'), ('amount_12m',))
    """

    tiers: tuple[Tier, ...]
    unknown: Unknown = "passes"
    survey: tuple[str, ...] = SURVEY_CRITERIA
    scores: Mapping[str, Mapping[str, Points]] = field(default_factory=dict, hash=False)
    by: str | None = None
    variants: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict, hash=False)
    slack: float = 0.0
    grace_waves: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "scores", read_scores(self.scores))
        check_rules(self)

    @classmethod
    def of(
        cls,
        tiers: Iterable[Mapping[str, Any] | Any],
        *,
        unknown: Unknown = "passes",
        survey: Sequence[str] | None = None,
        scores: Mapping[str, Mapping[str, Any]] | None = None,
        by: str | None = None,
        variants: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
        slack: float = 0.0,
        grace_waves: int = 0,
    ) -> Self:
        """Make rules of mappings or objects with ``name`` and perhaps the other attributes of `Tier`.

        Raises
        ------
        InputError
            If a tier has no name, or the rules are not sound.
        """
        made = []
        for tier in tiers:
            given = (
                dict(tier) if isinstance(tier, Mapping) else {f: getattr(tier, f) for f in FIELDS if hasattr(tier, f)}
            )
            extra = sorted(set(map(str, given)) - set(FIELDS))
            if "name" not in given or extra:
                raise _refused(
                    f"A tier has a name, and perhaps {', '.join(FIELDS[1:])}.",
                    f"{', '.join(map(str, given))}{''.join(nearest(e, FIELDS) for e in extra[:1])}",
                    "Correct the tier.",
                )
            made.append(Tier(**{**given, **{k: given.get(k) or {} for k in LIMITS}}))
        return cls(
            tuple(made),
            unknown=unknown,
            survey=tuple(survey) if survey is not None else SURVEY_CRITERIA,
            scores=scores or {},
            by=by,
            variants=variants or {},
            slack=slack,
            grace_waves=grace_waves,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tiers, the highest first."""
        return tuple(t.name for t in self.tiers)

    @property
    def criteria(self) -> tuple[str, ...]:
        """All criteria, in the order they are first named."""
        return tuple(dict.fromkeys(c for t in self.tiers for c in (*t.minimum, *t.maximum)))

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns the rules need of the customers: criteria, what scores are made of, and the groups."""
        plain = [c for c in self.criteria if c not in self.scores]
        parts = [c for s in self.criteria if s in self.scores for c in self.scores[s]]
        return tuple(dict.fromkeys([*plain, *parts, *([self.by] if self.by else [])]))

    @property
    def relative(self) -> bool:
        """Whether a least value depends on the customers."""
        return any(isinstance(v, Relative) for t in self.tiers for v in t.minimum.values()) or any(
            isinstance(read_threshold(v, "variant"), Relative)
            for tiers in self.variants.values()
            for changed in tiers.values()
            for v in changed.values()
        )

    def passes_unknown(self, criterion: str) -> bool:
        """Say whether a missing value of `criterion` counts as reached."""
        return self.unknown == "passes" and criterion in self.survey


def _refused(rule: str, found: str, fix: str) -> InputError:
    return InputError(rule, found=found, fix=fix, where="tiers")
