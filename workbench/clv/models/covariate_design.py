"""From a customer's characteristics to the 0/1 columns of a fit, and from these to the logarithms of its parameters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from workbench.clv.models.bg_nbd import BgNbd
from workbench.clv.models.covariates import CovariateFit
from workbench.clv.purchases.patterns import Floats

NO_LEVEL = "–"  # of customers without a text


def characteristics_of(fit: CovariateFit, values: Mapping[str, object]) -> dict[str, float]:
    """Return the columns of a fit for a customer with these values: the number itself, or 1 for the level of a text.

    Parameters
    ----------
    fit
        What `fit_covariates` returns.
    values
        Column → value; a missing text is the level ``–``.
    """
    found = {}
    for name in {c for _, c in fit.coefficients}:
        column, _, level = name.partition("=")
        value = values.get(name, values.get(column))
        if name in values and not level:
            found[name] = float(value)  # type: ignore[arg-type]
        else:
            known = NO_LEVEL if value is None or value != value else str(value)
            found[name] = float(known == level)
    return found


def logs_of(fit: CovariateFit, characteristics: Mapping[str, float]) -> Floats:
    """Return the matrix by which the logarithms of all parameters make those of customers with characteristics."""
    names = list(fit.coefficients)
    place, sign = (2, 1.0) if isinstance(fit.base, BgNbd) else (3, -1.0)
    design = np.zeros((4, 4 + len(names)))
    design[:, :4] = np.eye(4)
    for k, (process, name) in enumerate(names):
        z = characteristics.get(name, 0.0)
        row, factor = (1, -1.0) if process == "rate" else (place, sign)
        design[row, 4 + k] = factor * z
    return design
