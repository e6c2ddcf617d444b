"""Degrees of freedom of a sample and of its groups."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from workbench.core.checks import Codes, Floats
from workbench.estimation.sample import Sample
from workbench.estimation.stage import Stage
from workbench.estimation.two_phase import Selection
from workbench.estimation.unequal import open_degrees
from workbench.estimation.variance import Cells, count_cells


def degrees_of_freedom(
    sample: Sample, domain: Codes | None = None, domains: int = 1, cells: Cells | None = None
) -> Floats:
    """Return first-stage units minus strata, counting those with rows in each domain.

    Strata that were taken whole bring no variance and so no degrees of freedom, unless later stages bring some. Where a
    domain has no other strata, nothing is uncertain, and its units count. Replicates have those of their maker; what
    the design says itself goes before both, and groups never have more than their units give.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.estimation.design import Design
    >>> from workbench.estimation.sample import read_sample
    >>> data = pd.DataFrame({"h": ["a", "a", "b", "b"]})
    >>> degrees_of_freedom(read_sample(data, Design(stratum="h"))).tolist()
    [2.0]
    """
    given = sample.design.df
    if sample.replicates is not None:
        return np.full(domains, float(sample.replicates.degrees_of_freedom if given is None else given))
    counted = _counted(sample, domain, domains, cells)
    if given is None:
        return counted
    return np.full(domains, float(given)) if domain is None else np.minimum(counted, float(given))


def _counted(sample: Sample, domain: Codes | None, domains: int, cells: Cells | None) -> Floats:
    if sample.second is not None:
        return _of_second_phase(sample.second, domain, domains)
    stage = sample.first
    if sample.chances is not None:
        return open_degrees(sample.chances, stage.parent, _units_seen(stage, domain, domains))
    strata = len(stage.taken)
    if domain is None:
        count = stage.taken[:, None]
    elif stage.unit is None:
        cells = cells or count_cells(sample, domain, domains)
        assert cells is not None
        count = cells.count.reshape(strata, domains)
    else:
        inside = domain >= 0
        pairs = np.zeros((len(stage.parent), domains), dtype=bool)
        pairs[stage.unit[inside], domain[inside]] = True
        count = np.zeros((strata, domains), dtype=np.int64)
        where = np.nonzero(pairs)
        np.add.at(count, (stage.parent[where[0]], where[1]), 1)
    return of_units(sample, count)


def of_units(sample: Sample, count: np.ndarray) -> Floats:
    """Return the degrees of freedom of first-stage units with rows, counted by stratum and domain."""
    uncertain = (sample.first.fraction < 1 - 1e-12) | (len(sample.stages) > 1)
    free = np.maximum(count - 1, 0)
    some = count[uncertain].sum(axis=0) > 0
    return np.asarray(np.where(some, free[uncertain].sum(axis=0), free.sum(axis=0)), dtype=np.float64)


def _units_seen(stage: Stage, domain: Codes | None, domains: int) -> npt.NDArray[np.bool_] | None:
    """Say which first-stage units have rows in which domain; None for one domain of all rows."""
    if domain is None:
        return None
    inside = domain >= 0
    unit = np.arange(len(stage.parent)) if stage.unit is None else stage.unit
    seen = np.zeros((len(stage.parent), domains), dtype=bool)
    seen[unit[inside], domain[inside]] = True
    return seen


def _of_second_phase(selection: Selection, domain: Codes | None, domains: int) -> Floats:
    """Count rows of the second phase less their strata."""
    code = np.zeros(len(selection.stratum), dtype=np.int64) if domain is None else domain
    rows = np.flatnonzero(selection.selected & (code >= 0))
    count = np.zeros((len(selection.taken), domains))
    np.add.at(count, (selection.stratum[rows], code[rows]), 1)
    return np.asarray(np.maximum(count - 1, 0).sum(axis=0), dtype=np.float64)
