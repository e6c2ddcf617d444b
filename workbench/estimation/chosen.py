"""The design of a call: the one given, one for each of two waves, or none."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.core.errors import InputError
from workbench.estimation.design import Design, LonelyPsu


def chosen_design(given: Design | None, *, lonely_psu: LonelyPsu = "fail") -> Design:
    """Return a design, one in which every answer counts once where none is given.

    Raises
    ------
    InputError
        If it is something else: the name of a column, a dict, a design of the sampling room.

    Examples
    --------
    >>> chosen_design(None, lonely_psu="certainty").lonely_psu
    'certainty'
    """
    return Design(lonely_psu=lonely_psu) if given is None else checked_design(given)


def checked_design(given: object) -> Design:
    """Return a design as it is.

    Raises
    ------
    InputError
        If it is something else: the name of a column, a dict, a design of the sampling room.

    Examples
    --------
    >>> checked_design(Design(weight="w")).weight
    'w'
    """
    if not isinstance(given, Design):
        raise InputError(
            "A design says how the rows were drawn.",
            found=f"{given.__name__ if isinstance(given, type) else type(given).__name__}: {given!r}"[:80],
            fix='Write Design(weight="w", stratum="region"), imported from workbench.estimation; '
            "designs of workbench.sampling draw samples.",
            where="design",
        )
    return given


def two_designs(
    given: Design | Sequence[Design | None] | None, *, lonely_psu: LonelyPsu = "fail"
) -> tuple[Design, Design]:
    """Return the designs of two waves, from one for both or a pair of them.

    Raises
    ------
    InputError
        If there are not one or two designs.

    Examples
    --------
    >>> two_designs(Design(weight="w")) == (Design(weight="w"), Design(weight="w"))
    True
    """
    if given is None or isinstance(given, Design):
        both = chosen_design(given, lonely_psu=lonely_psu)
        return both, both
    pair = list(given) if isinstance(given, list | tuple) else []
    if len(pair) != 2 or not all(d is None or isinstance(d, Design) for d in pair):
        raise InputError(
            "There is one design per wave.",
            found=", ".join(type(d).__name__ for d in pair) or f"{type(given).__name__}: {given!r}"[:80],
            fix="Pass a Design of workbench.estimation, or (previous, current).",
            where="designs",
        )
    return chosen_design(pair[0], lonely_psu=lonely_psu), chosen_design(pair[1], lonely_psu=lonely_psu)
