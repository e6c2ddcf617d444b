"""What the summary of a wave holds its numbers against: targets, marks on the time line, and who owns what."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workbench.store.config.parts import Name, Part, Words

Target = float | Annotated[list[float], Field(min_length=2, max_length=2)]


class Targets(Part):
    """Targets of the headline numbers; two values are the lower and the upper bound."""

    nps: Target | None = Field(default=None, description="Target of the NPS, in points.")
    satisfied: Target | None = Field(default=None, description="Target of the share of satisfied customers, 0 to 1.")

    def bounds(self, measure: str) -> tuple[float, float] | None:
        """Return the lower and upper bound of a measure's target, None without one."""
        given = getattr(self, measure, None)
        if given is None:
            return None
        low, high = given if isinstance(given, list) else (given, given)
        return (min(low, high), max(low, high))


class Mark(Part):
    """Something that changed before a wave; what it breaks is not compared across it."""

    wave: Name = Field(description="The first wave after the change.")
    what: Words
    breaks: list[str] = Field(
        default=[], description="What is not compared across it: nps, satisfaction, or other columns of the answers."
    )


class Owners(Part):
    """Who answers for the customers listed for a reason."""

    complaint: str | None = None
    detractor: str | None = None
    fallen: str | None = None
    leaving: str | None = None

    def named(self) -> dict[str, str]:
        """Return the owners that are named for reasons of the one list of customers to act on: reason → owner."""
        return {k: v for k, v in self.model_dump(exclude={"leaving"}).items() if v}
