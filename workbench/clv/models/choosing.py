"""Which models a set of purchases can carry: of buying, of leaving and of amounts; and why none, where none holds."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from workbench.clv.models.bg_nbd import BgNbd, fit_bg_nbd
from workbench.clv.models.comparison import ModelComparison, compare_models
from workbench.clv.models.fit import Fit
from workbench.clv.models.gamma_gamma import GammaGamma, fit_gamma_gamma
from workbench.clv.models.mbg_nbd import fit_mbg_nbd
from workbench.clv.models.pareto_nbd_fit import fit_pareto_nbd
from workbench.clv.models.regular_fit import fit_regular_nbd, fit_rhythm
from workbench.clv.models.regular_nbd import RegularNbd
from workbench.clv.purchases.purchases import Purchases
from workbench.clv.purchases.rhythm import Rhythm
from workbench.core.errors import InputError, UntrustedWarning
from workbench.core.language import Message, message
from workbench.core.results import Note

PURCHASE_FITS: Final[Mapping[str, Callable[..., Fit]]] = {
    "bg_nbd": fit_bg_nbd,
    "mbg_nbd": fit_mbg_nbd,
    "pareto_nbd": fit_pareto_nbd,
}
_KIND: Final[Mapping[str, str]] = {"BgNbd": "bg_nbd", "MbgNbd": "mbg_nbd", "ParetoNbd": "pareto_nbd"}
_FEWEST: Final = 30  # customers with a repeat purchase
_SAME: Final = 1e3  # shape of a customer's amounts from which they are taken as equal
_EQUAL: Final = 1e4  # the shape that stands for equal amounts

REGULAR: Final = "regular_nbd"
Choice = Literal["best", "bg_nbd", "mbg_nbd", "pareto_nbd", "regular_nbd"]


@dataclass(frozen=True, eq=False)
class Models:
    """The models of a set of purchases.

    Attributes
    ----------
    buying
        The chosen model of purchases; None where none holds.
    leaving
        The one that tells who stays: the chosen one or, where that is BG/NBD, for which everybody without a repeat
        purchase stays, the better of the other two.
    spending
        Model of amounts: gamma–gamma or, where a customer's amounts do not vary, one with known parameters.
    compared
        All models of purchases that were fitted.
    problem
        Why no value can be forecast by models; None where it can.
    notes
        How amounts are told.
    """

    buying: Fit | None
    leaving: Fit | None
    spending: Fit | GammaGamma | None
    compared: ModelComparison | None
    problem: Message | None = None
    notes: tuple[Note, ...] = ()

    @property
    def leaving_told(self) -> bool:
        """Whether these orders tell who has left: not where a model in which nobody leaves tells them as well."""
        return self.leaving is not None and self.leaving.leaving_told

    @property
    def kind(self) -> str:
        """The name of the chosen model of purchases: one of `PURCHASE_FITS`, or ``regular_nbd``."""
        model = self.of_buying.model
        return REGULAR if isinstance(model, RegularNbd) else _KIND[type(model).__name__]

    def refit(self, purchases: Purchases) -> Fit:
        """Fit the chosen model of purchases to others, with the k it has.

        Raises
        ------
        InputError
            If none holds.
        """
        model = self.of_buying.model
        if isinstance(model, RegularNbd):
            return fit_regular_nbd(purchases, model.shape)
        return PURCHASE_FITS[self.kind](purchases)

    @property
    def of_buying(self) -> Fit:
        """The chosen model of purchases.

        Raises
        ------
        InputError
            If none holds.
        """
        if self.buying is None:
            raise _refused(self.problem)
        return self.buying

    @property
    def of_leaving(self) -> Fit:
        """The model that tells who stays.

        Raises
        ------
        InputError
            If none holds, or leaving cannot be told from these orders.
        """
        if self.leaving is None:
            raise _refused(self.problem)
        if not self.leaving_told:
            raise InputError(
                message("Who has left is told by orders in which leaving can be identified."),
                found=message("a model in which nobody leaves tells these orders as well"),
                fix=message("Come back with a longer history."),
                where="transactions",
            )
        return self.leaving

    @property
    def of_spending(self) -> Fit | GammaGamma:
        """The model of amounts.

        Raises
        ------
        InputError
            If none holds.
        """
        if self.spending is None:
            raise _refused(self.problem)
        return self.spending


def _refused(problem: Message | None) -> InputError:
    return InputError(
        message("Forecasts are made by models that hold."),
        found=problem or message("no model"),
        fix=message("Read last year's amounts instead, or come back with a longer history."),
        where="transactions",
    )


def choose_models(purchases: Purchases, choice: Choice = "best", *, rhythm: Rhythm | None = None) -> Models:
    """Fit models of purchases and of amounts, and say which hold.

    Parameters
    ----------
    purchases
        Histories.
    choice
        A name of `PURCHASE_FITS`, ``regular_nbd``, or ``best`` for the smallest AIC among those that converged.
    rhythm
        How regularly customers buy, and whether their amounts vary. Where waits are more even than at random, a model
        of purchases with a rhythm (MBG/CNBD-k) is fitted beside the others, with the likelihood of the times of all
        purchases; where they buy as by calendar, models of purchases at random times do not hold.

    Returns
    -------
    Models
        Without `buying` where fewer than 30 customers bought again, or no fit that holds converged;
        without `spending` where the mean amount does not exist. `problem` says which.

    Examples
    --------
    >>> import datetime as dt
    >>> import pandas as pd
    >>> from workbench.clv import purchase_summary
    >>> orders = pd.DataFrame({"customer_id": ["a"], "ordered_at": pd.to_datetime(["2026-01-05"]), "amount": [10.0]})
    >>> str(choose_models(purchase_summary(orders, observed_until=dt.date(2026, 6, 30))).problem)
    'nobody bought a second time'
    """
    again = float(purchases.patterns.loc[purchases.patterns["x"] > 0, "count"].sum())
    if not again:
        return _without(message("nobody bought a second time"))
    if again < _FEWEST:
        return _without(
            message("only {n:int} customers bought again; a model needs {needed:int}", n=again, needed=_FEWEST)
        )
    regular = rhythm is not None and rhythm.regular
    if rhythm is not None and regular and choice not in ("best", REGULAR):
        text = message("customers buy as by calendar, every {days:int} days, not at random times", days=rhythm.days)
        return _without(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UntrustedWarning)  # what did not converge is left out, and said
        fits = {name: fit(purchases) for name, fit in PURCHASE_FITS.items()}
        if rhythm is not None and (rhythm.told or choice == REGULAR):
            fits[REGULAR] = fit_rhythm(purchases, rhythm.log_waits, near=rhythm.shape)
    usable = {n: f for n, f in fits.items() if f.converged and not (regular and n in PURCHASE_FITS)}

    def best(names: Sequence[str]) -> Fit | None:
        return max((usable[n] for n in names if n in usable), key=lambda f: f.log_likelihood, default=None)

    chosen = best(list(usable)) if choice == "best" else usable.get(choice)
    if chosen is None:
        return _without(message("the search for the best parameters did not end at a maximum"))
    leaving = chosen if not isinstance(chosen.model, BgNbd) else best(("mbg_nbd", "pareto_nbd")) or chosen
    spending, problem, notes = _spending(purchases, rhythm)
    return Models(chosen, leaving, spending, compare_models(*fits.values()), problem, notes)


def _without(problem: Message) -> Models:
    return Models(None, None, None, None, problem)


def _spending(
    purchases: Purchases, rhythm: Rhythm | None
) -> tuple[Fit | GammaGamma | None, Message | None, tuple[Note, ...]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UntrustedWarning)
        fit = fit_gamma_gamma(purchases)
    assert isinstance(fit.model, GammaGamma)
    if fit.model.p > _SAME or (rhythm is not None and not rhythm.amounts_vary):
        text = message("Each customer's amounts hardly vary, so that the amount to come is the amount so far.")
        return own_amounts(purchases), None, (Note(text),)
    if fit.model.q > _SAME:
        # only the ratio of q and γ can be told: the mean amount, which is that of everybody
        text = message("All customers spend the same per purchase on average, so that the amount to come is that mean.")
        bought = purchases.patterns["x"].to_numpy(dtype=float) @ purchases.patterns["count"].to_numpy(dtype=float)
        mean = float(purchases.patterns["repeat_amount"].sum()) / float(bought)
        return GammaGamma(p=fit.model.p, q=_EQUAL, gamma=mean * (_EQUAL - 1) / fit.model.p), None, (Note(text),)
    # a mean exists where q is above 1, a variance where it is above 2: without one, a mean must be sure
    lowest = dict(zip(fit.table["parameter"], fit.table["ci_low"], strict=True))["q"]
    if fit.model.q <= 1 or (fit.model.q < 2 and lowest <= 1):
        return None, message("amounts vary over so many orders of magnitude that a mean does not exist"), ()
    if not fit.converged:
        return None, message("the search for a model of amounts did not end at a maximum"), ()
    return fit, None, ()


def own_amounts(purchases: Purchases) -> GammaGamma:
    """Return a model of amounts in which a customer spends the same every time, and customers differ as they do here.

    Gamma–gamma with a very large shape p: means of customers are inverse-gamma, with q and γ from their mean and
    variance (q = 2 + mean² / variance, γ = mean (q − 1) / p). What is expected of a customer who bought again is their
    own mean; of others, the mean of all.

    Examples
    --------
    >>> import datetime as dt
    >>> import pandas as pd
    >>> from workbench.clv import purchase_summary
    >>> day = pd.to_datetime(["2026-01-01", "2026-02-01", "2026-01-05"])
    >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"], "ordered_at": day, "amount": 9.99})
    >>> model = own_amounts(purchase_summary(orders, observed_until=dt.date(2026, 6, 30)))
    >>> round(float(model.expected_spend(1, 9.99)), 2), round(model.mean_spend, 2)
    (9.99, 9.99)
    """
    total = purchases.source.engine.dialect.exact_sum
    sums = purchases.source.rows(f"""
        SELECT count(*) AS n, {total("monetary_value", 8)} AS amount,
               {total("monetary_value * monetary_value", 8)} AS square
        FROM {{table}} AS t WHERE frequency > 0 AND monetary_value > 0""").iloc[0]
    mean = float(sums["amount"] / sums["n"])
    variance = float(sums["square"] / sums["n"]) - mean**2
    q = min(2 + mean**2 / max(variance, 1e-300), _EQUAL)
    return GammaGamma(p=_EQUAL, q=q, gamma=mean * (q - 1) / _EQUAL)
