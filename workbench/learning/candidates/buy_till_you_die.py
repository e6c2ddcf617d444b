"""The probability model of chapter 40 as a candidate: when customers buy, and when they silently leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from workbench.clv.models.bg_nbd import fit_bg_nbd
from workbench.clv.models.mbg_nbd import fit_mbg_nbd
from workbench.clv.models.model import PurchaseModel
from workbench.core.language import Message, message
from workbench.learning.candidates.candidate import THEMES, Candidate, Sample, logit
from workbench.learning.features import Floats


@dataclass(frozen=True, eq=False)
class BuyTillYouDie(Candidate):
    """A model of purchases, asked for the chance of one within the horizon.

    Attributes
    ----------
    model
        The model, in days.
    horizon_days
        Days of the horizon.
    """

    key: ClassVar[str] = "btyd"
    label: ClassVar[Message] = message("Model of purchases (BTYD)")

    model: PurchaseModel
    horizon_days: int

    def contributions(self, X: Floats) -> Floats:
        """Return the contributions of frequency, and of silence beyond what that frequency lets expect.

        Customers as silent as their own frequency lets expect are told by frequency alone; silence is the rest.
        """
        x, t_x, age = _history(X, self.names)
        found = np.zeros((len(X), len(THEMES)))
        if not len(X):
            return found
        usual = np.where(x > 0, np.maximum(age - age / (x + 1), x), 0.0)
        usual = np.where(x > 0, np.minimum(usual, age), 0.0)
        expected = logit(self._chance(x, usual, age))
        found[:, THEMES.index("frequency")] = expected - self.base
        found[:, THEMES.index("silence")] = logit(self._chance(x, t_x, age)) - expected
        return found

    def _chance(self, x: Floats, t_x: Floats, age: Floats) -> Floats:
        return self.model.probability_of_purchase(float(self.horizon_days), x, t_x, age)


def fit_buy_till_you_die(sample: Sample) -> BuyTillYouDie | None:
    """Fit BG/NBD and MBG/NBD to customers' histories, and take the likelier one (they have as many parameters).

    Only histories are learnt from; what happened after the cut is told, not learnt.

    Parameters
    ----------
    sample
        What it learns from.

    Returns
    -------
    BuyTillYouDie or None
        None where nobody bought twice.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> age, n = np.full(400, 300.0), rng.poisson(2.0, 400) + 1.0
    >>> silent = np.where(n > 1, rng.integers(0, 200, 400), 300.0)
    >>> names = ("purchases", "silent_days", "tenure_days")
    >>> themes = dict(zip(names, ("frequency", "silence", "tenure")))
    >>> sample = Sample(np.column_stack([n, silent, age]), names, themes, np.zeros(400), 90)
    >>> told = fit_buy_till_you_die(sample).probability(np.array([[4.0, 10.0, 300.0], [4.0, 200.0, 300.0]]))
    >>> bool(told[0] > told[1])
    True
    """
    x, t_x, age = _history(sample.X, sample.names)
    if not (x > 0).any():
        return None
    patterns = pd.DataFrame({"x": x, "t_x": t_x, "T": age}).groupby(["x", "t_x", "T"]).size()
    counted = patterns.rename("count").reset_index()
    fits = [fit(counted) for fit in (fit_bg_nbd, fit_mbg_nbd)]
    model = min(fits, key=lambda f: -f.log_likelihood).model
    assert isinstance(model, PurchaseModel)
    made = BuyTillYouDie(sample.names, 0.0, model=model, horizon_days=sample.horizon_days)
    base = float(np.mean(made.log_odds(sample.X)))
    return BuyTillYouDie(sample.names, base, model=model, horizon_days=sample.horizon_days)


def _history(X: Floats, names: tuple[str, ...]) -> tuple[Floats, Floats, Floats]:
    purchases, silent, age = (X[:, names.index(n)] for n in ("purchases", "silent_days", "tenure_days"))
    return purchases - 1, age - silent, age
