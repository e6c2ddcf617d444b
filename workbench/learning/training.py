"""A candidate learnt from one lesson: fitted on most of its customers, calibrated on the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.learning.calibration import Calibration, calibrate
from workbench.learning.candidates.boosted_trees import fit_boosted_trees
from workbench.learning.candidates.buy_till_you_die import fit_buy_till_you_die
from workbench.learning.candidates.candidate import Candidate, Sample
from workbench.learning.candidates.hiatus import fit_hiatus
from workbench.learning.candidates.penalised_logit import fit_penalised_logit
from workbench.learning.features import Floats
from workbench.learning.labels import Lesson

# from the simplest to the least simple
FITS: Final[Mapping[str, Callable[[Sample], Candidate | None]]] = {
    "hiatus": fit_hiatus,
    "btyd": fit_buy_till_you_die,
    "logit": fit_penalised_logit,
    "trees": fit_boosted_trees,
}
FITTED_ON: Final = 0.7  # of the customers; the rest calibrates
FEWEST: Final = 200
FEWEST_EACH: Final = 50


@dataclass(frozen=True, eq=False)
class Learned:
    """A candidate whose chances are calibrated.

    Attributes
    ----------
    candidate
        The candidate.
    calibration
        Its curve, from customers that it has not seen.
    horizon_days
        Days that its chances are about.
    """

    candidate: Candidate
    calibration: Calibration
    horizon_days: int

    @property
    def label(self) -> Message:
        """Name of the candidate."""
        return self.candidate.label

    def probability(self, X: Floats) -> Floats:
        """Return the chance to buy within the horizon."""
        return self.calibration(self.candidate.log_odds(X))


def learn(lesson: Lesson, kinds: list[str] | None = None) -> dict[str, Learned]:
    """Fit candidates to a lesson and calibrate them on customers of their own.

    Parameters
    ----------
    lesson
        Customers as they were known on a day, and what they did after.
    kinds
        Names of candidates; all of `FITS` by default.

    Returns
    -------
    dict
        Name → candidate, from the simplest; one that cannot be fitted is not in it.

    Raises
    ------
    InputError
        If there are fewer than 200 customers, or fewer than 50 who bought, or who did not.

    Notes
    -----
    The customers come in the order of their permanent random numbers, so the first 70 % are a random part.

    Examples
    --------
    >>> import datetime as dt
    >>> import numpy as np, pandas as pd
    >>> from workbench.learning.features import customer_features
    >>> from workbench.learning.labels import lesson
    >>> rng = np.random.default_rng(1)
    >>> rows = [(str(i), day) for i in range(300) for day in rng.integers(0, 360 if i % 2 else 150, 4)]
    >>> orders = pd.DataFrame(rows, columns=["customer_id", "day"]).assign(amount=10.0)
    >>> orders["ordered_at"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(orders.pop("day"), unit="D")
    >>> told = lesson(orders, customer_features(orders, cut=dt.date(2025, 9, 30)), horizon_days=90)
    >>> list(learn(told, ["hiatus", "logit"]))
    ['hiatus', 'logit']
    """
    yes = int(lesson.bought.sum())
    if len(lesson.rows) < FEWEST or min(yes, len(lesson.rows) - yes) < FEWEST_EACH:
        raise InputError(
            message("Learning needs 200 customers, 50 who bought in the days after and 50 who did not."),
            found=message(
                "{n:int} customers known on {day:date}, {yes:int} of whom bought",
                n=len(lesson.rows),
                day=lesson.features.cut,
                yes=yes,
            ),
            fix=message("Come back with more customers, or choose another outlook.horizon_days."),
            where="transactions",
        )
    f = lesson.features
    whole = Sample(lesson.known, f.names, f.themes, lesson.bought, lesson.horizon_days)
    edge = int(FITTED_ON * len(lesson.rows))
    learnt, held = whole.part(slice(0, edge)), whole.part(slice(edge, None))
    found = {}
    for kind in kinds or list(FITS):
        candidate = FITS[kind](learnt)
        if candidate is not None:
            curve = calibrate(candidate.log_odds(held.X), held.bought)
            found[kind] = Learned(candidate, curve, lesson.horizon_days)
    return found
