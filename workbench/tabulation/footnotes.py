"""What stands at the foot of a table: what letters and arrows mean, on which bases they rest, how p was corrected."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from workbench.core.language import Message, message
from workbench.core.results import Note
from workbench.estimation.comparisons import Adjust
from workbench.tabulation.comparisons import EACH_OTHER, PREVIOUS, REST, Family, Test
from workbench.tabulation.measured import Base


def footnotes(
    *,
    against: Collection[str],
    test: Test,
    correction: Adjust | None,
    family: Family,
    levels: Sequence[float],
    minimum_base: int,
    small_base: int,
    condition: str | None,
    base: Base,
) -> tuple[Note, ...]:
    """Return the notes of a table; arguments as of `workbench.tabulation.tabulate`.

    Examples
    --------
    >>> told = footnotes(against=["rest"], test="design", correction=None, family="row", levels=(0.95,),
    ...                  minimum_base=30, small_base=100, condition=None, base="answered")
    >>> told[0].message.text("en")
    '▲ ▼: clearly higher or lower than who is not in the column (95 %).'
    """
    told: list[Message] = []
    if EACH_OTHER in against:
        told.append(
            message(
                "A letter stands at the higher of two columns of one group: capitals {high:level}{second}.",
                high=levels[0],
                second=message(", small letters {low:level}", low=levels[1]) if len(levels) > 1 else "",
            )
        )
    if REST in against:
        told.append(
            message("▲ ▼: clearly higher or lower than who is not in the column ({high:level}).", high=levels[0])
        )
    if PREVIOUS in against:
        told.append(
            message(
                "↑ ↓: clearly up or down since the previous wave ({high:level}); customers of both count as such.",
                high=levels[0],
            )
        )
    told.append(
        message(
            "Not compared: fewer than {minimum:int} answers (**). Marked: fewer than {small:int} (*). No letter does "
            "not mean that columns are alike.",
            minimum=minimum_base,
            small=small_base,
        )
    )
    told += _corrections(against, correction, family)
    if test != "design":
        told.append(
            message("Shares are tested by t on the variance of the design, also where answers are few.")
            if test == "linearised_t"
            else message("The test of shares ({test}) ignores strata and clusters.", test=test)
        )
    if condition is not None:
        told.append(message("Only who meets: {condition}.", condition=condition))
    if base != "answered":
        words = {"asked": message("all who were asked"), "all": message("everybody, asked or not")}[base]
        told.append(message("Shares are of {base}.", base=words))
    told.append(message("Shares may add up to 99 % or 101 % after rounding."))
    return tuple(Note(t) for t in told)


def _corrections(against: Collection[str], correction: Adjust | None, family: Family) -> list[Message]:
    if correction is None:
        return [message("p-values are not corrected for the number of comparisons.")]
    how = {"bh": message("Benjamini and Hochberg"), "holm": message("Holm")}[correction]
    told = []
    if EACH_OTHER in against:
        over = {
            "row": message("all pairs of a row"),
            "group": message("the pairs of a row within a group of columns"),
            "table": message("all pairs of the table"),
        }[family]
        told.append(message("p-values are corrected over {over} ({how}).", over=over, how=how))
    if REST in against or PREVIOUS in against:
        told.append(
            message(
                "p-values of arrows are corrected over the columns of a row ({how}); the total is by itself.", how=how
            )
        )
    return told
