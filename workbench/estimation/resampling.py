"""Weights drawn again and again, for statistics that have no formula for their error: importance, ranks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.core.checks import Floats
from workbench.core.errors import InputError
from workbench.estimation.design import Design
from workbench.estimation.replicates import ReplicateWeights
from workbench.estimation.replication import replicate_weights
from workbench.estimation.sample import read_sample


def resampled_weights(data: pd.DataFrame, design: Design, *, draws: int, seed: int) -> Floats:
    r"""Draw weights whose spread is that of the design, for statistics made of weighted sums.

    Without replicates in the design they come from its bootstrap, which takes a systematic sample as drawn at random
    and unequal chances as drawn with replacement. Replicates that the design has, delivered ones above all, are mixed:
    nobody else knows how those were made.

    Parameters
    ----------
    data
        All rows of the sample.
    design
        The sampling design.
    draws
        Number of draws.
    seed
        Seed of the random numbers.

    Returns
    -------
    ndarray
        Rows x draws; sums of calibrated auxiliaries are met by each draw. Single weights may be below zero: only sums
        over many rows mean something.

    Raises
    ------
    InputError
        As `replicate_weights`, and if there are fewer than two draws.

    Notes
    -----
    :math:`w^* = w + \sum_r \sqrt{c\,c_r}\, z_r (w_r - w)` with standard normal z: the variance over draws of a weighted
    total is that of the replicates, whatever their kind. Beaumont and Patak (2012), International Statistical Review
    80, 127–148, the generalised bootstrap.

    Examples
    --------
    >>> data = pd.DataFrame({"y": range(40), "w": 2.0})
    >>> resampled_weights(data, Design(weight="w"), draws=200, seed=1).shape
    (40, 200)
    """
    if design.replicates is not None:
        return _mixed(data, design, draws, seed)
    made = replicate_weights(data, design.as_random(), replicates=draws, seed=seed)
    stretch = float(np.sqrt(made.scale * (draws - 1)))
    if abs(stretch - 1) < 1e-12:
        return made.weights
    # replicates that stay near the sample are spread as widely as those of a plain bootstrap
    whole = read_sample(data, design).weights[:, None]
    return np.asarray(whole + stretch * (made.weights - whole), dtype=np.float64)


def _mixed(data: pd.DataFrame, design: Design, draws: int, seed: int) -> Floats:
    if draws < 2:
        raise InputError("There are at least two draws.", found=str(draws), fix="Pass 200 or more.", where="bootstrap")
    sample = read_sample(data, replace(design, calibration=None))
    made = sample.replicates
    assert isinstance(made, ReplicateWeights)
    counted = made.scales > 0
    centre = made.weights[:, counted].mean(axis=1) if made.centre == "mean" else sample.weights
    off = (made.weights - centre[:, None]) * np.sqrt(made.scale * made.scales)
    mixed = off @ np.random.default_rng(seed).standard_normal((off.shape[1], draws))
    return np.asarray(sample.weights[:, None] + mixed, dtype=np.float64)
