"""What models of contracts share: renewed or not, period by period; and the survivors they are fitted to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.clv.models.fit import Fit
from workbench.clv.models.model import Model
from workbench.clv.models.penalty import Pull, highest
from workbench.clv.numerics.newton import Objective
from workbench.clv.purchases.patterns import Floats
from workbench.core.errors import InputError
from workbench.core.language import Message, message

_RUNAWAY: Final = 1e3
_MOST_PERIODS: Final = 100_000
_ENOUGH: Final = 1e-12


@dataclass(frozen=True, kw_only=True)
class ContractModel(Model, ABC):
    """A model of contracts whose customers differ in their chance not to renew, θ ~ Beta(α, β) in the first period."""

    alpha: float
    beta: float

    inputs: ClassVar[tuple[str, ...]] = ("period", "left")

    @abstractmethod
    def _log_survival(self, periods: Floats) -> Floats: ...

    def survival(self, periods: npt.ArrayLike) -> Floats:
        """Return the share of customers who renewed at least that often, S(t)."""
        return np.asarray(np.exp(self._log_survival(whole_periods(periods))))

    def retention(self, periods: npt.ArrayLike) -> Floats:
        """Return the rate of renewal in each period, S(t) / S(t − 1), 1 being the first."""
        t = whole_periods(periods, least=1)
        return np.asarray(np.exp(self._log_survival(t) - self._log_survival(t - 1)))

    def log_likelihood(self, period: npt.ArrayLike, left: npt.ArrayLike) -> Floats:
        """Return each customer's log-likelihood: left in period 1, 2 … (`left` is 1), or still there after it (0)."""
        t, gone = np.broadcast_arrays(whole_periods(period, least=1), np.asarray(left, dtype=bool))
        now, before = self._log_survival(t), self._log_survival(t - 1)
        with np.errstate(divide="ignore"):
            # ln(S(t − 1) − S(t)) keeps its digits where few leave
            return np.asarray(np.where(gone, before + np.log(-np.expm1(now - before)), now))

    def residual_lifetime(self, renewals: npt.ArrayLike, discount_rate: float) -> Floats:
        """Return the discounted renewals still to come of customers who renewed `renewals` times.

        The sum of S(t) / S(m) / (1 + d)^(t − m − 1) over t > m: the next renewal is not discounted. `discount_rate` is
        per period.

        Raises
        ------
        InputError
            If the rate is not above 0.
        """
        if not discount_rate > 0:
            raise InputError(
                "Renewals of all time need a discount rate above 0.",
                found=repr(discount_rate),
                fix="Write 0.10 for 10 % a period.",
                where="discount_rate",
            )
        return self._residual_lifetime(whole_periods(renewals), float(discount_rate))

    def _residual_lifetime(self, renewals: Floats, rate: float) -> Floats:
        most = min(int(np.log(1 / _ENOUGH) / np.log1p(rate)) + 2, _MOST_PERIODS)
        ahead = np.arange(most, dtype=np.float64)
        weight = (1 + rate) ** -ahead
        now = self._log_survival(renewals)
        kept = [
            np.exp(self._log_survival(m + 1 + ahead) - s) @ weight for m, s in zip(renewals.flat, now.flat, strict=True)
        ]
        return np.asarray(kept, dtype=np.float64).reshape(renewals.shape)


def whole_periods(periods: npt.ArrayLike, least: int = 0) -> Floats:
    """Return numbers of periods, refused unless they are whole and `least` or more.

    Examples
    --------
    >>> whole_periods([0, 3]).tolist()
    [0.0, 3.0]
    """
    t = np.asarray(periods, dtype=np.float64)
    bad = ~((t >= least) & (t == np.floor(t)) & np.isfinite(t))
    if bad.any():
        raise InputError(
            f"Periods are whole numbers, {least} or more.",
            found=f"{t[bad].ravel()[0]:g}",
            fix="Count renewals; a time between two renewals has none of its own.",
            where="periods",
        )
    return t


def checked_survivors(survivors: Sequence[float] | npt.ArrayLike) -> Floats:
    """Return survivors as an array, refused if they cannot be.

    Examples
    --------
    >>> checked_survivors([10, 7, 6]).tolist()
    [10.0, 7.0, 6.0]
    """
    counts = np.asarray(survivors, dtype=np.float64)
    falling = counts.ndim == 1 and len(counts) > 2 and np.isfinite(counts).all() and (np.diff(counts) <= 0).all()
    if not falling or counts[-1] < 0 or counts[0] <= counts[-1]:
        raise InputError(
            "Survivors fall from period to period, over two periods at least.",
            found=", ".join(f"{c:g}" for c in counts.ravel()[:8]),
            fix="Give the customers at the start and those left after each period.",
            where="survivors",
        )
    return counts


def fit_survivors(
    kind: type[ContractModel], counts: Floats, objective: Objective, starts: Sequence[Sequence[float]], penalty: float
) -> Fit:
    """Fit a model of contracts from several starts."""
    size = float(counts[0])
    best = highest(objective, starts, size=size, pull=Pull.of(kind, penalty, 1.0))
    verdicts: tuple[Message, ...] = ()
    if best.values[:2].min() > _RUNAWAY:
        verdicts = (message("alpha and beta run to infinity: all customers seem to leave at the same rate."),)
    elif best.values[:2].max() < 1 / _RUNAWAY:
        verdicts = (message("alpha and beta run to zero: customers seem either to leave at once or never."),)
    return Fit.of(kind.of(best.values), best, customers=size, verdicts=verdicts, rows=rows_of(counts))


def rows_of(counts: Floats) -> pd.DataFrame:
    """Return survivors as rows: ``period``, ``left`` (1) or still there (0), ``count``; nobody's rows left out.

    Examples
    --------
    >>> rows_of(np.array([10.0, 7, 6])).to_numpy().tolist()
    [[1.0, 1.0, 3.0], [2.0, 1.0, 1.0], [2.0, 0.0, 6.0]]
    """
    last = len(counts) - 1
    table = pd.DataFrame(
        {
            "period": [*range(1, last + 1), last],
            "left": [1.0] * last + [0.0],
            "count": [*(counts[:-1] - counts[1:]), counts[-1]],
        }
    )
    return table[table["count"] > 0].reset_index(drop=True)
