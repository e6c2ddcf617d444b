"""MBG/NBD: as BG/NBD, but a customer may also leave right after the first purchase.

One-time buyers then are not alive for certain. Source: Batislam, Denizel & Filiztekin (2007), Empirical validation and
comparison of models for customer base analysis, International Journal of Research in Marketing 24(3), 201–209.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy.typing as npt
import pandas as pd

from workbench.clv.models.beta_geometric import BetaGeometric, Chances
from workbench.clv.models.beta_geometric_fit import fit_beta_geometric
from workbench.clv.models.fit import Fit
from workbench.clv.models.model import checked_horizon
from workbench.clv.numerics.counting import purchases_while_alive
from workbench.clv.purchases.patterns import Floats
from workbench.core.language import Message, message

if TYPE_CHECKING:
    from workbench.clv.purchases.purchases import Purchases


@dataclass(frozen=True, kw_only=True)
class MbgNbd(BetaGeometric):
    """MBG/NBD with known parameters.

    Parameters
    ----------
    r, alpha
        Purchase rates λ ~ Gamma(r, rate α), per unit of time.
    a, b
        Chance to leave after each purchase, the first one included, p ~ Beta(a, b).

    Raises
    ------
    InputError
        If a parameter is not a finite number above zero.

    Examples
    --------
    >>> model = MbgNbd(r=0.525, alpha=6.183, a=0.891, b=1.614)
    >>> round(float(model.probability_alive(x=0, t_x=0, T=38.86)), 4)
    0.3897
    """

    label: ClassVar[Message] = message("MBG/NBD")
    chances: ClassVar[Chances] = 1

    def new_customer_purchases(self, horizon: npt.ArrayLike) -> Floats:
        """Return the expected repeat purchases of a new customer in the time `horizon`."""
        stays = self.b / (self.a + self.b)
        return stays * purchases_while_alive(self.r, self.alpha, self.a, self.b + 1, checked_horizon(horizon))


def fit_mbg_nbd(purchases: Purchases | pd.DataFrame, *, start: MbgNbd | None = None, penalty: float = 0.0) -> Fit:
    """Fit MBG/NBD by maximum likelihood; parameters, result and errors as `fit_bg_nbd`.

    Parameters
    ----------
    purchases
        A purchase summary, or a DataFrame with ``x``, ``t_x``, ``T`` and perhaps ``count`` (times in days).
    start
        Where to start; several starts from the data if None.
    penalty
        Strength with which logarithms of parameters are drawn to 0 (of α: to the mean age), λ/2 Σ (ln θ − centre)².
        The same in every unit of time. None by default.

    Returns
    -------
    Fit
        In the unit of the purchases.

    Raises
    ------
    InputError
        If a history cannot be, or nobody bought a second time.

    Examples
    --------
    >>> p = pd.DataFrame({"x": [0, 1, 2, 9], "t_x": [0, 10.0, 20, 35], "T": [38.0] * 4, "count": [60, 20, 10, 9]})
    >>> fit_mbg_nbd(p).converged
    True
    """
    return fit_beta_geometric(MbgNbd, purchases, start=start, penalty=penalty)
