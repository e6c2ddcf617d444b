"""BG/NBD: customers buy at their own rate and may leave after any repeat purchase.

Source: Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2), 275–284.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy.typing as npt
import pandas as pd

from workbench.clv.models.beta_geometric import BetaGeometric
from workbench.clv.models.beta_geometric_fit import fit_beta_geometric
from workbench.clv.models.fit import Fit
from workbench.clv.models.model import checked_horizon
from workbench.clv.numerics.counting import purchases_while_alive
from workbench.clv.purchases.patterns import Floats
from workbench.core.language import Message, message

if TYPE_CHECKING:
    from workbench.clv.purchases.purchases import Purchases


@dataclass(frozen=True, kw_only=True)
class BgNbd(BetaGeometric):
    """BG/NBD with known parameters.

    Parameters
    ----------
    r, alpha
        Purchase rates λ ~ Gamma(r, rate α), per unit of time.
    a, b
        Chance to leave after each repeat purchase, p ~ Beta(a, b).

    Raises
    ------
    InputError
        If a parameter is not a finite number above zero.

    Examples
    --------
    >>> model = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> round(float(model.expected_purchases(39, x=2, t_x=30.43, T=38.86)), 4)  # weeks
    1.226
    """

    label: ClassVar[Message] = message("BG/NBD")

    def new_customer_purchases(self, horizon: npt.ArrayLike) -> Floats:
        """Return the expected repeat purchases of a new customer in the time `horizon` (eq. 9)."""
        return purchases_while_alive(self.r, self.alpha, self.a, self.b, checked_horizon(horizon))


def fit_bg_nbd(purchases: Purchases | pd.DataFrame, *, start: BgNbd | None = None, penalty: float = 0.0) -> Fit:
    """Fit BG/NBD by maximum likelihood: how often customers buy and how soon they leave.

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
        In the unit of the purchases. The verdicts say when no leaving can be told, when everybody has the same chance
        to leave or the same rate, and when the search failed.

    Raises
    ------
    InputError
        If a history cannot be, or nobody bought a second time.

    Notes
    -----
    Newton's method in the logarithms, with exact derivatives over the distinct patterns. No penalty.

    Examples
    --------
    >>> p = pd.DataFrame({"x": [0, 1, 2, 5], "t_x": [0, 10.0, 20, 35], "T": [38.0] * 4, "count": [60, 20, 10, 5]})
    >>> fit_bg_nbd(p).converged
    True
    """
    return fit_beta_geometric(BgNbd, purchases, start=start, penalty=penalty)
