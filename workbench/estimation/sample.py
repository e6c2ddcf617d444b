"""A design read against the rows: integer codes, sizes and sampling fractions of every stage."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.checks import Codes, Floats, cell_name, level_codes, number_column, require_table, weight_column
from workbench.core.errors import InputError, require_columns
from workbench.estimation.chosen import checked_design
from workbench.estimation.collapsing import collapsed
from workbench.estimation.delivered import Replicates
from workbench.estimation.design import Design
from workbench.estimation.replicates import ReplicateWeights
from workbench.estimation.stage import Stage
from workbench.estimation.two_phase import Selection, read_selection
from workbench.estimation.unequal import joint_chances, unit_chances
from workbench.weighting import Calibration

BLOCK = 65_536


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows, weights and stages of a design.

    Attributes
    ----------
    weights
        Final weight of each row.
    stages
        Stages of selection; the first one always exists.
    design
        The design it was read from.
    calibration
        Auxiliaries of calibrated weights, in the order of the rows.
    chances, joint
        Chances of the first-stage units and of all pairs of rows, where the design has unequal ones.
    replicates
        Replicate weights of the rows, where the design has them.
    second
        The second phase, where the design has one; `weights` are then those of both.
    """

    weights: Floats
    stages: tuple[Stage, ...]
    design: Design
    calibration: Calibration | None
    chances: Floats | None = None
    joint: Floats | None = None
    replicates: ReplicateWeights | None = None
    second: Selection | None = None

    @property
    def first(self) -> Stage:
        """The first stage."""
        return self.stages[0]


def read_sample(data: pd.DataFrame, design: Design, *, where: str = "data") -> Sample:
    """Read the design columns of `data`, checking every rule a variance relies on.

    Raises
    ------
    InputError
        If a column is missing, a weight is below zero or all are zero, a PSU label occurs in two strata, a population
        is not constant within its stratum or below its sample.
    """
    require_table(data, where=where)
    design = checked_design(design)
    require_columns(map(str, data.columns), design.columns, where=where)
    weights = weight_column(data, design.weight or design.probability, where=where, zero=design.weight is not None)
    if design.weight is None and design.probability is not None:
        if (weights > 1).any():
            raise InputError(
                "An inclusion probability is at most 1.",
                found=f"{float(weights.max())} in {design.probability!r}",
                fix="Name the column of probabilities, or of weights as weight=.",
                where=where,
            )
        weights = 1.0 / weights
    stages = tuple(_stages(data, design, where))
    if design.collapse is not None:
        stages = (collapsed(data, design, stages[0], where), *stages[1:])
    calibration = _calibration(data, design, where)
    rule, chances, joint = design.without_replacement, None, None
    if isinstance(rule, str):
        chances = unit_chances(data, design, weights, stages[0].unit, where)
    elif rule is not None:
        joint = joint_chances(data, rule, where)
        chances = np.diag(joint)
    replicates = _replicates(data, design, weights, where)
    second = None
    if design.second_phase is not None:
        second = read_selection(data, design.second_phase, design.lonely_psu, where)
        weights = weights * second.factor
    return Sample(weights, stages, design, calibration, chances, joint, replicates, second)


def _replicates(data: pd.DataFrame, design: Design, weights: Floats, where: str) -> ReplicateWeights | None:
    if isinstance(design.replicates, Replicates):
        return design.replicates.read(data, weights, where=where)
    return None if design.replicates is None else design.replicates.of(data, where=where)


def _stages(data: pd.DataFrame, design: Design, where: str) -> list[Stage]:
    n = len(data)
    if design.stratum is None:
        strata, names = np.zeros(n, dtype=np.int64), pd.DataFrame({"stratum": ["(all)"]})
    else:
        strata, names = level_codes(data, [design.stratum], where=where)
    stages: list[Stage] = []
    row_parent, parents = strata, len(names)
    levels: list[str | None] = [*design.stages]
    if not levels or len(design.populations) > len(levels):
        levels.append(None)
    for position, column in enumerate(levels):
        population = design.populations[position] if position < len(design.populations) else None
        if column is None:
            unit, parent, unit_names = None, row_parent, names
        else:
            unit, parent, unit_names = _units(data, column, row_parent, parents, names, design, position, where)
        taken = np.bincount(parent, minlength=parents).astype(np.int64)
        fraction = _fraction(data, population, row_parent, taken, names, where)
        order = _order(data, design.order, unit, parent, where) if design.order and not position else None
        stages.append(Stage(unit, parent, taken, fraction, names, order))
        if unit is None:
            break
        row_parent, parents, names = unit, len(parent), unit_names
    return stages


def _units(
    data: pd.DataFrame,
    column: str,
    row_parent: Codes,
    parents: int,
    names: pd.DataFrame,
    design: Design,
    position: int,
    where: str,
) -> tuple[Codes, Codes, pd.DataFrame]:
    label, labels = level_codes(data, [column], where=where)
    if position == 0 and design.psu_labels == "unique":
        low = np.full(len(labels), parents, dtype=np.int64)
        high = np.full(len(labels), -1, dtype=np.int64)
        np.minimum.at(low, label, row_parent)
        np.maximum.at(high, label, row_parent)
        split = np.flatnonzero(low != high)
        if len(split):
            one = split[0]
            raise InputError(
                "A PSU belongs to one stratum.",
                found=f"{len(split)} labels of {column!r} occur in several strata, such as {labels[column].iloc[one]} "
                f"in {cell_name(names, int(low[one]))} and {cell_name(names, int(high[one]))}",
                fix="If labels start anew in each stratum, pass psu_labels='within_stratum'; else correct the strata.",
                where=where,
            )
        return label, low, labels
    key = row_parent * len(labels) + label
    seen, unit = np.unique(key, return_inverse=True)
    return unit.astype(np.int64), seen // len(labels), labels.iloc[seen % len(labels)].reset_index(drop=True)


def _fraction(
    data: pd.DataFrame, column: str | None, row_parent: Codes, taken: Codes, names: pd.DataFrame, where: str
) -> Floats:
    if column is None:
        return np.zeros(len(taken))
    sizes = number_column(data, column, where=where)
    known = sizes[~np.isnan(sizes)]
    if len(known) and (known <= 1).all() and (known < 1).any():
        return _rate(sizes, column, row_parent, taken, names, where)
    # any row of a stratum will do, as all of them are compared with it
    size = np.empty(len(taken))
    size[row_parent] = sizes
    blocks = (slice(start, start + BLOCK) for start in range(0, len(sizes), BLOCK))
    if not all((sizes[b] == size.take(row_parent[b])).all() for b in blocks):
        wrong = np.flatnonzero(sizes != size.take(row_parent))
        parent = int(row_parent[wrong[0]])
        raise InputError(
            "A population is the same for all rows of its stratum, and never missing.",
            found=f"{column!r} in {cell_name(names, parent)}: {size[parent]:g} and {sizes[wrong[0]]:g}",
            fix="Give every row the number of units in the population of its stratum.",
            where=where,
        )
    below = np.flatnonzero(size < taken * (1 - 1e-9))
    if len(below):
        parent = int(below[0])
        raise InputError(
            "A stratum's population is at least its sample.",
            found=f"{cell_name(names, parent)}: population {size[parent]:g}, sample {taken[parent]}"
            + (f" (and {len(below) - 1} more strata)" if len(below) > 1 else ""),
            fix="Pass the number of units in the population, not a rate or a weight, and look for doubled rows.",
            where=where,
        )
    return np.minimum(taken / size, 1.0)


def _rate(sizes: Floats, column: str, row_parent: Codes, taken: Codes, names: pd.DataFrame, where: str) -> Floats:
    """Return a column of shares drawn as it is, 0 for strata drawn with replacement."""
    rate = np.empty(len(taken))
    rate[row_parent] = sizes
    wrong = np.flatnonzero((sizes != rate.take(row_parent)) | (sizes < 0))
    if len(wrong):
        raise InputError(
            "A share drawn is from 0 to 1, and the same for all rows of its stratum.",
            found=f"{column!r} in {cell_name(names, int(row_parent[wrong[0]]))}: {sizes[wrong[0]]:g}",
            fix="Give every row the share of its stratum's units that was drawn, or the number of units.",
            where=where,
        )
    return rate


def _order(data: pd.DataFrame, column: str, unit: Codes | None, parent: Codes, where: str) -> Codes:
    position = number_column(data, column, where=where)
    low = high = position
    if unit is not None:
        low, high = np.full(len(parent), np.inf), np.full(len(parent), -np.inf)
        np.minimum.at(low, unit, position)
        np.maximum.at(high, unit, position)
    order = np.lexsort((low, parent))
    repeated = (np.diff(low[order]) == 0) & (np.diff(parent[order]) == 0)
    if not (low == high).all() or repeated.any():
        raise InputError(
            "Every sampling unit has its own position in the list it was taken from.",
            found=f"{column!r}: {int((~(low == high)).sum())} units with none or several, "
            f"{int(repeated.sum())} positions that occur twice in a stratum",
            fix="Keep the position in the list when drawing, and give all rows of a unit the same one.",
            where=where,
        )
    return order.astype(np.int64)


def _calibration(data: pd.DataFrame, design: Design, where: str) -> Calibration | None:
    if design.calibration is None:
        return None
    record = design.calibration.calibration
    if record is None:
        raise InputError(
            "The calibration of a design is a result of rake, post_stratify or calibrate.",
            found="weights of another step",
            fix="Pass the result of the calibration step.",
            where="Design",
        )
    known = design.calibration.weights.index
    single = known.is_unique and data.index.is_unique
    place = known.get_indexer(data.index) if single else np.full(len(data), -1)
    if (place < 0).any() or len(place) != len(record.cell):
        absent = f"{int((place < 0).sum())} not among them" if single else "with labels that occur twice"
        raise InputError(
            "Calibrated rows stay together, each once.",
            found=f"{len(place)} rows, {len(record.cell)} calibrated rows, {absent}",
            fix="Pass all rows that were calibrated and choose groups with by=; do not subset the table.",
            where=where,
        )
    return replace(record, cell=record.cell[place], base=record.base[place])
