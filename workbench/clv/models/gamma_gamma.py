"""Gamma–gamma: what a customer spends per purchase, when customers differ and each customer varies.

Source: Fader & Hardie (2013), The gamma-gamma model of monetary value, brucehardie.com/notes/025.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.clv.models.fit import Fit
from workbench.clv.models.model import Model, Scale
from workbench.clv.models.penalty import Pull
from workbench.clv.numerics.newton import Optimum, maximise
from workbench.clv.purchases.patterns import Floats, Ints, dot
from workbench.core.engine import collecting
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message, plural
from workbench.core.results import Note

if TYPE_CHECKING:
    from workbench.clv.purchases.purchases import Purchases

_THINNED: Final = 6_000
_BLOCK: Final = 8192
_RUNAWAY: Final = 1e3
_RIDGE: Final = 1e-4  # slope per customer
MOST_BUYERS: Final = 100_000  # of more, those with the same purchases and nearly the same amount are told together
_NEAR: Final = 0.002  # in logarithms of amounts: moves a log-likelihood by less than a ten-millionth per customer
_NEAR_MOST: Final = 1_000_000
_CORRELATED: Final = 0.2


@dataclass(frozen=True, kw_only=True)
class GammaGamma(Model):
    """Gamma–gamma with known parameters.

    Parameters
    ----------
    p
        Shape of a customer's amounts, z ~ Gamma(p, rate ν).
    q, gamma
        Rates differ between customers, ν ~ Gamma(q, rate γ); γ is in money.

    Raises
    ------
    InputError
        If a parameter is not a finite number above zero.

    Examples
    --------
    >>> model = GammaGamma(p=6.25, q=3.74, gamma=15.44)
    >>> round(model.mean_spend, 2), round(float(model.expected_spend(x=2, mean=22.35)), 2)
    (35.22, 24.66)
    """

    p: float
    q: float
    gamma: float

    label: ClassVar[Message] = message("Gamma–gamma")
    inputs: ClassVar[tuple[str, ...]] = ("x", "monetary_value")
    scales: ClassVar[tuple[Scale, ...]] = ("shape", "shape", "money")

    @property
    def mean_spend(self) -> float:
        """Mean amount of a purchase over all customers, p γ / (q − 1); infinite where q is not above 1."""
        return self.p * self.gamma / (self.q - 1) if self.q > 1 else float("inf")

    def expected_spend(self, x: npt.ArrayLike, mean: npt.ArrayLike) -> Floats:
        """Return the expected amount per purchase of customers with `x` purchases of `mean` on average.

        p (γ + x · mean) / (p x + q − 1); where x is 0, `mean` does not matter and may be missing.

        Raises
        ------
        InputError
            If x is 0 for somebody and q is not above 1, so that a mean does not exist.
        """
        count = np.asarray(x, dtype=np.float64)
        spent = np.where(count > 0, count * np.asarray(mean, dtype=np.float64), 0.0)
        below = self.p * count + self.q - 1
        if (below <= 0).any():
            raise InputError(
                message("A mean amount exists only where q is above 1."),
                found=message(
                    "q = {q:dec2} and {n:int} customers without enough purchases of their own",
                    q=self.q,
                    n=(below <= 0).sum(),
                ),
                fix=message("Use amounts of customers with repeat purchases, or check amounts for extreme values."),
                where="GammaGamma",
            )
        return np.asarray(self.p * (self.gamma + spent) / below)

    def log_likelihood(self, x: npt.ArrayLike, mean: npt.ArrayLike) -> Floats:
        """Return the log-likelihood of each customer's mean amount (note 025, eq. 1a)."""
        from scipy.special import betaln

        count, average = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(mean, dtype=np.float64))
        _refuse_amounts(count.ravel(), average.ravel())
        spent = count * average
        return np.asarray(
            -betaln(self.p * count, self.q)
            - self.q * np.log1p(spent / self.gamma)
            - self.p * count * np.log1p(self.gamma / spent)
            - np.log(average)
        )


def fit_gamma_gamma(
    purchases: Purchases | pd.DataFrame, *, start: GammaGamma | None = None, penalty: float = 0.0
) -> Fit:
    """Fit the gamma–gamma model by maximum likelihood: what customers spend per purchase.

    Parameters
    ----------
    purchases
        A purchase summary, or a DataFrame with ``x`` (or ``frequency``), ``monetary_value`` (mean amount of the repeat
        purchases) and perhaps ``count``. Customers without a repeat purchase say nothing and are left out.
    start
        Where to start; several starts from the data if None.
    penalty
        Strength with which logarithms of p and q are drawn to 0 and that of γ to the mean amount,
        λ/2 Σ (ln θ − centre)². The same in every currency. None by default.

    Returns
    -------
    Fit
        The verdicts say when a mean amount does not exist (q ≤ 1) and when customers or amounts do not differ. A note
        gives the correlation of frequency and amount, which the model takes for 0.

    Raises
    ------
    InputError
        If a column is missing, an amount is infinite, or nobody has a repeat purchase with an amount above zero.

    Notes
    -----
    Of more than 100,000 customers of a purchase summary, those with as many purchases and with mean amounts within
    0.2 % of each other are told by their common mean, which is exact; the log-likelihood moves by 10⁻⁷ per customer.

    Examples
    --------
    >>> spend = pd.DataFrame({"x": [1, 2, 5, 3, 1, 2], "monetary_value": [20.0, 35.0, 18.0, 60.0, 25.0, 41.0]})
    >>> fit_gamma_gamma(spend).converged
    True
    """
    x, mean, count, left_out = _amounts(purchases)
    customers = float(count.sum())
    centre = float(count @ (x * mean)) / float(count @ x)
    middle = float(np.exp(dot(count, np.log(mean)) / customers))  # amounts over many orders of magnitude have no mean
    starts = [[3.0, 3.5, centre * 2.5 / 3], [0.8, 2.0, centre / 0.8], [12.0, 8.0, centre * 7 / 12]]
    starts.append([8.0, 0.4, middle / 20])
    if start is not None:
        starts = [list(start.parameters.values())]
    pull = Pull.of(GammaGamma, penalty, centre)
    thin = slice(0, None)
    if len(x) > 2 * _THINNED:
        step = -(-len(x) // _THINNED)
        thin = slice(step // 2, None, step)
    some = float(count[thin].sum())
    part = pull.on(partial(_objective, amounts=_Amounts.of(x[thin], mean[thin], count[thin])), some / customers)
    best = max((maximise(part, s, size=some) for s in starts), key=lambda o: o.log_likelihood)
    if thin.step is not None:
        best = maximise(pull.on(partial(_objective, amounts=_Amounts.of(x, mean, count))), best.values, size=customers)
    best = pull.off(best)
    if best.values[:2].max() > _RUNAWAY and np.abs(best.gradient).max() <= _RIDGE * customers:
        # far out on the ridge the last digits of the gradient are noise; the verdict says where the maximum lies
        best = replace(best, converged=True)
    return Fit.of(
        GammaGamma.of(best.values),
        best,
        customers=customers,
        rows=pd.DataFrame({"x": x, "monetary_value": mean, "count": count}),
        verdicts=tuple(_verdicts(best)),
        notes=(*_left_out_note(left_out), *_correlation_note(x, mean, count)),
    )


def _amounts(purchases: Purchases | pd.DataFrame) -> tuple[Ints, Floats, Floats, float]:
    if isinstance(purchases, pd.DataFrame):
        frame = purchases.rename(columns={"frequency": "x"})
        require_columns(frame.columns, ("x", "monetary_value"), where="purchases")
    else:
        frame = _of_customers(purchases)
    x, mean = (np.array(frame[c], dtype=np.float64) for c in ("x", "monetary_value"))
    count = np.array(frame["count"], dtype=np.float64) if "count" in frame else np.ones(len(x))
    usable = (x > 0) & (mean > 0)
    left_out = float(count[(x > 0) & ~usable].sum())
    x, mean, count = x[usable], mean[usable], count[usable]
    if not len(x):
        raise InputError(
            "Some customers bought a second time, for an amount above zero.",
            found="nobody did",
            fix="Check the amounts and the policy for refunds.",
            where="purchases",
        )
    _refuse_amounts(x, mean)
    return x.astype(np.int64), mean, count, left_out


def _of_customers(purchases: Purchases) -> pd.DataFrame:
    """Return ``x`` and ``monetary_value`` of all with a repeat purchase; of very many, those nearly alike counted."""
    source, d = purchases.source, purchases.source.engine.dialect
    buyers = int(source.rows("SELECT count(*) AS n FROM {table} AS t WHERE frequency > 0")["n"][0])
    if buyers <= MOST_BUYERS:
        with collecting(MOST_BUYERS):
            rows = source.rows("SELECT frequency AS x, monetary_value FROM {table} AS t WHERE frequency > 0")
        return rows.sort_values(["x", "monetary_value"], ignore_index=True)  # in an order that no engine chooses
    # as many rows as amounts differ by, not as there are customers
    near = f"CASE WHEN monetary_value > 0 THEN floor(ln(monetary_value) / {_NEAR!r}) END"
    with collecting(_NEAR_MOST):
        rows = source.rows(f"""
            SELECT x, {d.exact_sum("monetary_value")} / count(*) AS monetary_value, count(*) AS count
            FROM (SELECT frequency AS x, monetary_value, {near} AS near FROM {{table}} AS t WHERE frequency > 0) AS b
            GROUP BY x, near""")
    return rows.sort_values(["x", "monetary_value"], ignore_index=True)


def _refuse_amounts(x: Floats, mean: Floats) -> None:
    bad = ~(np.isfinite(x) & np.isfinite(mean) & (x > 0) & (mean > 0))
    if bad.any():
        raise InputError(
            "Mean amounts are finite and above zero, of at least one purchase.",
            found=f"{int(bad.sum()):,} of {len(x):,} rows, first in row {int(np.argmax(bad))}",
            fix="Leave out customers without a repeat purchase, and correct the amounts.",
            where="purchases",
        )


@dataclass(frozen=True, eq=False)
class _Amounts:
    """What the likelihood takes of amounts: purchases 1, 2 … and customers with so many; each customer's sum."""

    bought: Ints
    buyers: Floats
    spent: Floats
    count: Floats
    lines: Floats
    log_spent: float
    log_mean: float

    @classmethod
    def of(cls, x: Ints, mean: Floats, count: Floats) -> _Amounts:
        buyers = np.asarray(np.bincount(x, count), dtype=np.float64)
        bought = np.flatnonzero(buyers).astype(np.int64)
        spent, lines = x * mean, x * count
        return cls(bought, buyers[bought], spent, count, lines, dot(lines, np.log(spent)), dot(count, np.log(mean)))

    def spread(self, gamma: float) -> Floats:
        """Return the sums over customers that depend on γ, block by block, which fits the cache."""
        sums = np.zeros(6)
        for start in range(0, len(self.spent), _BLOCK):
            some = slice(start, start + _BLOCK)
            spent, count, lines = self.spent[some], self.count[some], self.lines[some]
            log_over, near = np.log1p(spent / gamma), 1 / (gamma + spent)
            share, weight = spent * near, lines * near
            sums += (
                dot(count, log_over),
                dot(lines, log_over),
                dot(count, share),
                weight.sum(),
                dot(count, share * near),
                dot(weight, near),
            )
        return sums


def _objective(theta: Floats, amounts: _Amounts) -> tuple[float, Floats, Floats]:
    from scipy.special import betaln, polygamma, psi

    p, q, gamma = theta
    k, n = amounts.bought, amounts.buyers
    steps = p * k
    over, lines_over, share, weight, bent_share, bent_weight = amounts.spread(gamma)
    under = lines_over + float(k @ n) * np.log(gamma) - amounts.log_spent
    value = float(-(n @ betaln(steps, q)) - q * over - p * under - amounts.log_mean)
    both, both2 = psi(steps + q), polygamma(1, steps + q)
    gradient = np.array(
        [
            (n * k) @ (both - psi(steps)) - under,
            n @ both - n.sum() * psi(q) - over,
            q * share / gamma - p * weight,
        ]
    )
    cross = float((n * k) @ both2)
    hessian = np.array(
        [
            [(n * k * k) @ (both2 - polygamma(1, steps)), cross, -weight],
            [cross, n @ both2 - n.sum() * polygamma(1, q), share / gamma],
            [-weight, share / gamma, -q * share / gamma**2 - q * bent_share / gamma + p * bent_weight],
        ]
    )
    return value, gradient, hessian


def _verdicts(best: Optimum) -> list[Message]:
    p, q, _ = best.values
    found = []
    if q <= 1:
        found.append(message("q is {q:dec2}, not above 1: a mean amount per purchase does not exist.", q=q))
    if p > _RUNAWAY:
        found.append(message("p runs to infinity: each customer seems to spend the same amount every time."))
    if q > _RUNAWAY:
        found.append(message("q and gamma run to infinity: all customers seem to spend the same on average."))
    return found


def _left_out_note(left_out: float) -> tuple[Note, ...]:
    text = plural(
        "{n:int} customer whose repeat purchases add up to nothing is left out of the amounts.",
        "{n:int} customers whose repeat purchases add up to nothing are left out of the amounts.",
        n=left_out,
    )
    return (Note(text),) if left_out else ()


def _correlation_note(x: Ints, mean: Floats, count: Floats) -> tuple[Note, ...]:
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(mean) == 0:
        return ()
    off_x, off_mean = (v - dot(count, v) / count.sum() for v in (x.astype(np.float64), mean))
    weighted = count * off_mean
    r = dot(weighted, off_x) / np.sqrt(dot(weighted, off_mean) * dot(count * off_x, off_x))
    if abs(r) > _CORRELATED:
        text = message(
            "Frequency and amount are correlated ({r:dec2}); the model takes them for independent, so values of "
            "frequent buyers may be off.",
            r=r,
        )
        return (Note(text, "caution"),)
    text = message("Frequency and amount are hardly correlated ({r:dec2}), as the model assumes.", r=r)
    return (Note(text),)
