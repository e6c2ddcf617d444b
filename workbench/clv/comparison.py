"""Models side by side: how well each fits the same purchases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from workbench.clv.fit import Fit
from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.core.results import Result


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
