"""Models side by side: how well each fits the same purchases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clv.models.fit import Fit
from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ModelComparison(Result):
    """Fits of the same purchases, the best first.

    Attributes
    ----------
    table
        One row per fit: ``model``, ``parameters``, ``log_likelihood``, ``aic``, ``bic``, ``weight`` (Akaike weight).
    """

    caption: ClassVar[Message] = message("Models compared")
    columns: ClassVar[Mapping[str, Column]] = {
        "model": Column(message("Model")),
        "parameters": Column(message("Number of parameters"), "int"),
        "log_likelihood": Column(message("Log-likelihood"), "dec1"),
        "aic": Column(message("AIC"), "dec1"),
        "bic": Column(message("BIC (model)"), "dec1"),
        "weight": Column(message("Akaike weight"), "pct"),
    }


def compare_models(*fits: Fit) -> ModelComparison:
    """Compare fits of the same purchases by likelihood and information criteria.

    Parameters
    ----------
    fits
        Two or more fits.

    Returns
    -------
    ModelComparison
        The smallest AIC first.

    Raises
    ------
    InputError
        If there are fewer than two fits, or they are not of the same purchases.

    Notes
    -----
    AIC = 2 k − 2 ln L, BIC = k ln n − 2 ln L; weights after Burnham & Anderson (2002), section 2.9.

    Examples
    --------
    >>> from workbench.clv import fit_bg_nbd, fit_mbg_nbd
    >>> p = pd.DataFrame({"x": [0, 1, 2, 9], "t_x": [0, 10.0, 20, 35], "T": [38.0] * 4, "count": [60, 20, 10, 9]})
    >>> len(compare_models(fit_bg_nbd(p), fit_mbg_nbd(p)).table)
    2
    """
    same = {(f.customers, f.unit, None if f.patterns is None else float(f.patterns.x @ f.patterns.count)) for f in fits}
    if len(fits) < 2 or len(same) > 1:
        raise InputError(
            "Two or more fits of the same purchases are compared.",
            found=f"{len(fits)} fits, of {', '.join(f'{c:,.0f} customers' for c, _, _ in same) or 'nobody'}",
            fix="Fit every model to the same purchase summary.",
            where="compare_models",
        )
    k = np.array([len(f.parameters) for f in fits])
    top = np.array([f.log_likelihood for f in fits])
    aic = 2 * k - 2 * top
    weight = np.exp((aic.min() - aic) / 2)
    table = pd.DataFrame(
        {
            "model": pd.Series([f.model.label for f in fits], dtype=object),
            "parameters": k,
            "log_likelihood": top,
            "aic": aic,
            "bic": k * np.log(fits[0].customers) - 2 * top,
            "weight": weight / weight.sum(),
        }
    ).sort_values("aic", kind="stable", ignore_index=True)
    return ModelComparison(table=table)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class LikelihoodRatio(Result):
    """A model against the smaller one inside it.

    Attributes
    ----------
    table
        One row: ``smaller``, ``larger``, ``statistic`` (2 × the gain of log-likelihood), ``degrees`` (parameters more),
        ``p_value``.
    """

    caption: ClassVar[Message] = message("Likelihood-ratio test")
    columns: ClassVar[Mapping[str, Column]] = {
        "smaller": Column(message("Smaller model")),
        "larger": Column(message("Larger model")),
        "statistic": Column(message("Test statistic"), "dec2"),
        "degrees": Column(message("Additional parameters"), "int"),
    }


_ON_THE_EDGE: Final = (
    ("Nbd", "BgNbd", "one side"),
    ("Nbd", "MbgNbd", "one side"),
    ("Nbd", "ParetoNbd", "one side"),
    ("Sbg", "Bdw", "inside"),
)


def likelihood_ratio(smaller: Fit, larger: Fit) -> LikelihoodRatio:
    """Test whether the additional parameters of a model are needed.

    Parameters
    ----------
    smaller, larger
        Fits of the same data, the first a special case of the second: NBD in BG/NBD, MBG/NBD and Pareto/NBD, the
        shifted beta-geometric in the beta-discrete-Weibull; or two fits of one kind.

    Returns
    -------
    LikelihoodRatio
        Where the smaller model lies on the edge of the larger (nobody leaves), half of the statistic's distribution is
        at 0 and the other half chi-squared with 1 degree of freedom; the note says so.

    Raises
    ------
    InputError
        If the fits are not of the same data, or the first is no special case of the second.

    Notes
    -----
    Self & Liang (1987), Journal of the American Statistical Association 82(398), case 5.

    Examples
    --------
    >>> from workbench.clv import fit_bdw, fit_sbg
    >>> survivors = [1000, 869, 743, 653, 593, 551, 517, 491]
    >>> likelihood_ratio(fit_sbg(survivors), fit_bdw(survivors)).table["degrees"].tolist()
    [1]
    """
    from scipy.special import chdtrc

    kinds = type(smaller.model).__name__, type(larger.model).__name__
    edge = next((how for one, two, how in _ON_THE_EDGE if (one, two) == kinds), None)
    if edge is None or smaller.customers != larger.customers or smaller.unit != larger.unit:
        raise InputError(
            "The first model is a special case of the second, fitted to the same data.",
            found=f"{kinds[0]} of {smaller.customers:,.0f} customers and {kinds[1]} of {larger.customers:,.0f}",
            fix="Give the smaller model first; compare_models compares models that are not nested.",
            where="likelihood_ratio",
        )
    more = len(larger.parameters) - len(smaller.parameters)
    statistic = max(2 * (larger.log_likelihood - smaller.log_likelihood), 0.0)
    p = float(chdtrc(1 if edge == "one side" else more, statistic)) * (0.5 if edge == "one side" else 1.0)
    table = pd.DataFrame(
        {
            "smaller": pd.Series([smaller.model.label], dtype=object),
            "larger": pd.Series([larger.model.label], dtype=object),
            "statistic": [statistic],
            "degrees": [more],
            "p_value": [1.0 if edge == "one side" and statistic < 1e-6 else p],
        }
    )
    text = message("The smaller model lies on the edge of the larger one, so half of the usual p-value is taken.")
    return LikelihoodRatio(table=table, notes=(Note(text),) if edge == "one side" else ())
