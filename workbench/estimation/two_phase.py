"""Samples drawn in two phases: many asked a little, some of them asked more; or all asked, and some answering."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.core.calls import column_name
from workbench.core.checks import Codes, Floats, cell_name, flag_column, level_codes
from workbench.core.errors import InputError
from workbench.estimation.stage import Stage


@dataclass(frozen=True)
class SecondPhase:
    """The second phase of a `Design`, in names of columns that every row of the first phase has.

    Attributes
    ----------
    selected
        True (1) for the rows of the second phase; the answers of others do not count.
    stratum
        Column of the strata in which the second phase was drawn at random, made of what the first phase found; one
        for all without it. Classes of non-response are such strata where everybody in a class is as likely to answer.

    Raises
    ------
    InputError
        If either is no name.

    Examples
    --------
    >>> SecondPhase("called_back", stratum="first_answer").selected
    'called_back'
    """

    selected: str
    stratum: str | None = None

    def __post_init__(self) -> None:
        column_name(self.selected, "selected")
        if self.stratum is not None:
            column_name(self.stratum, "stratum")


@dataclass(frozen=True, eq=False)
class Selection:
    """A second phase read against the rows.

    Attributes
    ----------
    selected
        Whether a row is in the second phase.
    stratum
        Stratum of each row in the second phase.
    known, taken
        Rows of the first and of the second phase in each of these strata.
    """

    selected: npt.NDArray[np.bool_]
    stratum: Codes
    known: Codes
    taken: Codes

    @property
    def factor(self) -> Floats:
        """What a selected row stands for among those of the first phase; 0 for the others."""
        return np.asarray(np.where(self.selected, (self.known / np.maximum(self.taken, 1))[self.stratum], 0.0))


def read_selection(data: pd.DataFrame, phase: SecondPhase, lonely: str, where: str) -> Selection:
    """Read a second phase.

    Raises
    ------
    InputError
        If a column is missing, nobody of a stratum was selected, or one alone of several was and the design does not
        say ``lonely_psu="certainty"``.
    """
    selected = flag_column(data, phase.selected, where=where)
    if phase.stratum is None:
        stratum, names = np.zeros(len(data), dtype=np.int64), pd.DataFrame({"stratum": ["(all)"]})
    else:
        stratum, names = level_codes(data, [phase.stratum], where=where)
    known = np.bincount(stratum, minlength=len(names)).astype(np.int64)
    taken = np.bincount(stratum, selected, minlength=len(names)).astype(np.int64)
    few = np.flatnonzero((taken == 0) | ((taken == 1) & (known > 1) & (lonely != "certainty")))
    if len(few):
        raise InputError(
            "In every stratum of the second phase two or more were selected, or all.",
            found=f"{len(few)} with fewer: " + "; ".join(f"{cell_name(names, int(h))} ({taken[h]})" for h in few[:5]),
            fix="Combine strata that are alike; one alone may stay with lonely_psu='certainty', knowingly.",
            where=where,
        )
    return Selection(selected, stratum, known, taken)


def covariance_of_phases(scores: Floats, weights: Floats, stage: Stage, selection: Selection) -> Floats:
    r"""Estimate the covariance of totals of a sample in two phases.

    Parameters
    ----------
    scores
        Scores without weights, rows x variables, zero for rows outside the second phase.
    weights
        Final weights: those of the first phase times the factor of the second.
    stage
        The first phase: rows drawn at random within strata.
    selection
        The second phase.

    Returns
    -------
    ndarray
        Variables x variables.

    Notes
    -----
    With z = w u, the total of phase two given phase one varies by

    :math:`V_2(z) = \sum_h (1 - f_{2h}) \frac{n_{2h}}{n_{2h} - 1} \sum (z_k - \bar z_h)^2`.

    What phase one varies by, :math:`\sum_g (1 - f_g) \frac{n_g}{n_g - 1} \bigl(\sum z_{1k}^2 - t_g^2 / n_g\bigr)` over
    all its rows, is estimated without bias from those of phase two: :math:`\sum z_{1k} z_k` stands for the squares and
    :math:`\hat t_g^2 - V_2(z \in g)` for :math:`t_g^2`. Särndal, Swensson and Wretman (1992), section 9.3–9.4; for one
    stratum in phase one it is Rao (1973), Biometrika 60, 125–133, and ``twophase(method="full")`` of R's survey.

    Examples
    --------
    >>> from workbench.estimation import Design, estimate_mean
    >>> data = pd.DataFrame({"g": list("aaaabbbb"), "in": [1, 1, 1, 0, 1, 1, 0, 0], "N": 80})
    >>> data["y"] = [1.0, 3.0, 5.0, None, 8.0, 10.0, None, None]
    >>> design = Design(population="N", second_phase=SecondPhase("in", stratum="g"))
    >>> estimate_mean(data, "y", design).table[["estimate", "std_error", "n"]].round(3)
       estimate  std_error  n
    0       6.0      1.276  5
    """
    z = scores * weights[:, None]
    first = z / np.where(selection.selected, selection.factor, 1.0)[:, None]
    rows = np.flatnonzero(selection.selected)
    total = _within(z[rows], selection, rows)
    for g, n in enumerate(stage.taken):
        scale = (1 - stage.fraction[g]) * n / max(int(n) - 1, 1)
        if n < 2 or scale <= 0:
            continue
        inside = rows[stage.parent[rows] == g]
        mine = np.where((stage.parent[rows] == g)[:, None], z[rows], 0.0)
        sums = mine.sum(axis=0)
        squares = first[inside].T @ z[inside]
        total += scale * (squares - (np.outer(sums, sums) - _within(mine, selection, rows)) / n)
    return np.asarray((total + total.T) / 2, dtype=np.float64)


def _within(z: Floats, selection: Selection, rows: Codes) -> Floats:
    """Return the covariance of totals given phase one, from the rows of phase two."""
    stratum, taken, known = selection.stratum[rows], selection.taken, selection.known
    mean = np.column_stack([np.bincount(stratum, v, minlength=len(taken)) for v in z.T]) / np.maximum(taken, 1)[:, None]
    scale = np.where(taken > 1, (1 - taken / known) * taken / np.maximum(taken - 1, 1), 0.0)
    off = z - mean[stratum]
    return np.asarray((off * scale[stratum][:, None]).T @ off, dtype=np.float64)
