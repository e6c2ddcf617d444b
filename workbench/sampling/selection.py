"""Drawing: `draw` runs a design inside the frame's engine, so that only sums and the sample leave it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from workbench.core.engine import Table
from workbench.core.errors import InputError, UntrustedWarning
from workbench.sampling.design import SamplingDesign
from workbench.sampling.designs import DESIGNS
from workbench.sampling.drawing import Draw, Drawn
from workbench.sampling.exclusions import strata_notes
from workbench.sampling.frame import Frame, as_frame
from workbench.sampling.frame_ids import check_stored_numbers, count_duplicates, refuse_duplicates
from workbench.sampling.random_numbers import check_salt, check_start, uniform
from workbench.sampling.sample import Sample, size_notes

EXHAUSTIVE_ROWS = 1_000_000  # up to here every id is compared with every other; above, those that can be drawn


def draw(
    frame: Frame | pd.DataFrame | Table | str | Path,
    design: SamplingDesign,
    *,
    salt: str,
    start: float | Mapping[str, float] = 0.0,
) -> Sample:
    """Draw a sample that comes out the same on every engine.

    Parameters
    ----------
    frame
        The frame, or a bare table with ids in ``customer_id``. A frame of millions of rows stays in its engine.
    design
        What to draw.
    salt
        The study's salt: the same salt gives every customer the same random number in every wave.
    start
        Where on the circle of random numbers to begin, in [0, 1), or one place per stratum (see `coordinate`). Another
        start spares those drawn before.

    Returns
    -------
    Sample
        ``.table``, ``.reserve``, ``.strata``, ``.design``.

    Raises
    ------
    InputError
        If more is asked for than there is, ids repeat or are missing, the allocation does not fit the frame's strata,
        nobody is eligible, or stored random numbers belong to another salt.

    Warns
    -----
    UntrustedWarning
        If a stratum gets nobody, so that the sample says nothing about it.

    Notes
    -----
    Simple random sampling takes the smallest of independent uniform numbers (Ohlsson 1995). Before ranking, only
    numbers below ``f + 8 sqrt(f (1 - f) / N) + 8 / N`` of each stratum are kept; where too few remain, which
    practically does not happen, all are ranked. Ties go to the smaller id. Frames above a million rows are checked for
    repeated ids among those drawn only; `frame_summary` checks all.

    Examples
    --------
    >>> from workbench.sampling.designs import Stratified
    >>> customers = pd.DataFrame({"customer_id": [f"C{i:03d}" for i in range(100)], "region": ["n", "s"] * 50})
    >>> sample = draw(Frame(customers, stratum="region"), Stratified({"n": 2, "s": 1}), salt="study")
    >>> sample.table[["stratum", "inclusion_probability", "base_weight", "order"]]
      stratum  inclusion_probability  base_weight  order
    0       n                   0.04         25.0      1
    1       n                   0.04         25.0      2
    2       s                   0.02         50.0      1
    """
    chosen = as_frame(frame)
    drawing = Draw(chosen, check_salt(salt), *_starts(start))
    if not isinstance(design, SamplingDesign):
        raise InputError(
            "A design is one of those known.",
            found=repr(type(design).__name__),
            fix=f"Use one of {', '.join(k.__name__ for k in DESIGNS.values())}.",
            where="design",
        )
    check_stored_numbers(chosen, salt)
    drawn = design.select(drawing)
    _check_starts(drawing, drawn)
    sample = _as_sample(drawing, design, drawn, start)
    for note in sample.notes:
        if note.severity == "warning":
            warnings.warn(note.message.text("en"), UntrustedWarning, stacklevel=2)
    return sample


def _as_sample(drawing: Draw, design: SamplingDesign, drawn: Drawn, start: float | Mapping[str, float]) -> Sample:
    frame, rows = drawing.frame, drawn.rows
    _check_repeats(frame, rows, int(drawn.strata["population"].sum()))
    population = drawn.strata.set_index("stratum")["population"]
    made = pd.DataFrame({frame.id: rows[frame.id], "stratum": rows["stratum"]})
    made["psu"] = rows["psu"] if "psu" in rows else rows[frame.id]
    made["u"] = uniform(rows["prn"])
    made["prn"] = rows["prn"].astype("int64")
    made["inclusion_probability"] = rows["inclusion_probability"].astype(float).where(~rows["reserved"].astype(bool))
    made["base_weight"] = 1 / made["inclusion_probability"]
    made["stratum_population"] = rows["stratum"].map(population).astype("int64")
    made["order"] = rows["order"].astype("int64")
    for column in (*drawn.extra, *(c for c in frame.carry if c not in made)):
        made[column] = rows[column]
    place = {s: i for i, s in enumerate(drawn.strata["stratum"])}
    by = rows["stratum"].map(place)
    made = made.assign(_by=by, _reserved=rows["reserved"]).sort_values(["_by", "order", frame.id])
    main, spare = (made[made["_reserved"] == flag].drop(columns=["_by", "_reserved"]) for flag in (False, True))
    notes = [*strata_notes(frame, drawn.strata), *size_notes(drawn.strata), *drawn.notes]
    return Sample(
        table=main.reset_index(drop=True),
        reserve=spare.reset_index(drop=True),
        strata=drawn.strata,
        design=design,
        salt=drawing.salt,
        start=start,
        id=frame.id,
        conditions=frame.reasons,
        notes=tuple(notes),
    )


def _check_repeats(frame: Frame, rows: pd.DataFrame, population: int) -> None:
    if population <= EXHAUSTIVE_ROWS or rows[frame.id].duplicated().any():
        refuse_duplicates(frame, *count_duplicates(frame))


def _starts(start: float | Mapping[str, float]) -> tuple[int, dict[str, int] | None]:
    if isinstance(start, Mapping):
        return 0, {str(k): check_start(v) for k, v in start.items()}
    return check_start(start), None


def _check_starts(drawing: Draw, drawn: Drawn) -> None:
    absent = [s for s in drawn.strata["stratum"] if s not in drawing.starts] if drawing.starts is not None else []
    if absent:
        raise InputError(
            "Every stratum has a start.",
            found=f"none for {len(absent)} strata: {absent[:5]}",
            fix="Coordinate over the same strata as the design uses; a design without strata takes a frame without.",
            where="start",
        )
