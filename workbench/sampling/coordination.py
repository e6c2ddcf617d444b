"""Waves coordinated on purpose: spare those asked before, keep them, or rotate a share of them out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import numpy as np
import pandas as pd

from workbench.core.errors import InputError, nearest, require_columns
from workbench.core.language import Language, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.sampling.frame import Frame, as_frame, stratum_counts
from workbench.sampling.frame_ids import check_stored_numbers
from workbench.sampling.random_numbers import SPACE, check_salt
from workbench.sampling.sample import Sample
from workbench.sampling.words import in_words

Mode = Literal["spare", "keep", "rotate"]
History = Sample | Sequence[Sample] | pd.DataFrame


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Coordination(Result):
    """Where the next wave starts on the circle of random numbers, stratum by stratum.

    Attributes
    ----------
    table
        ``stratum``, ``population``, ``asked`` (earlier sampled customers still eligible there), ``start``, ``free``
        (customers expected between the start and the first earlier sampled one), ``kept`` (earlier sampled customers
        at the start of the new sample).
    start
        Stratum → start; goes into ``draw(..., start=...)``.
    gone
        Earlier sampled customers who are not eligible any more.
    mode
        What was asked for.
    """

    start: Mapping[str, float]
    gone: int
    mode: str

    caption: ClassVar = message("Coordination with earlier waves")
    columns: ClassVar = {
        "asked": Column(message("Asked before"), "people"),
        "start": Column(message("Start on the circle"), "dec4"),
        "free": Column(message("Not asked before"), "int"),
        "kept": Column(message("Kept"), "people"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its codes in words."""
        return in_words(self.table, language)

    def expected_overlap(self, sizes: Mapping[str, int]) -> pd.DataFrame:
        """Return how many earlier sampled customers a new sample of these sizes is expected to meet.

        Returns
        -------
        DataFrame
            ``stratum``, ``n``, ``overlap``: in mode *spare*, n beyond the free customers; else the kept ones, up to n.
        """
        table = self.table
        n = table["stratum"].map(sizes).fillna(0).astype(float)
        if self.mode == "spare":
            overlap = np.minimum((n - table["free"]).clip(lower=0), table["asked"])
        else:
            overlap = np.minimum(n, table["kept"])
        return pd.DataFrame({"stratum": table["stratum"], "n": n.astype("int64"), "overlap": overlap})


def coordinate(
    frame: Frame | pd.DataFrame, history: History, mode: Mode = "spare", *, salt: str, share: float = 0.25
) -> Coordination:
    """Find where the next wave shall start on the circle, so that it meets earlier waves as wanted.

    Parameters
    ----------
    frame
        The new wave's frame, with the strata the design will use.
    history
        Earlier samples: `Sample`, several of them, or a table of ids in the frame's id column. They need to have been
        drawn with `salt`, in one piece of the circle or in pieces that follow one another.
    mode
        ``spare``: start behind everybody asked before. ``keep``: start with the first of them, so that the overlap is
        as large as can be. ``rotate``: start so that `share` of them leave and the others stay.
    salt
        The study's salt.
    share
        For ``rotate``: the share of earlier sampled customers to leave, per stratum.

    Returns
    -------
    Coordination
        ``.start`` for `draw`; ``.table`` by stratum.

    Raises
    ------
    InputError
        If the mode or share is unknown or out of range, or the history has no ids.

    Notes
    -----
    In every stratum the earlier sampled lie on an arc of the circle; what is left is the largest gap between their
    numbers. Every start leaves all inclusion probabilities as they are, because it does not look at who is where
    beyond the arcs (Ohlsson 1995, §9.3: constant shifts; Lindblom & Teterukovsky 2007). Customers who joined since
    then take part with their own numbers.

    Examples
    --------
    >>> from workbench.sampling.designs import SimpleRandom
    >>> from workbench.sampling.selection import draw
    >>> customers = pd.DataFrame({"customer_id": [f"C{i:03d}" for i in range(200)]})
    >>> first = draw(customers, SimpleRandom(40), salt="study")
    >>> plan = coordinate(customers, first, "spare", salt="study")
    >>> second = draw(customers, SimpleRandom(40), salt="study", start=plan.start)
    >>> len(set(first.table["customer_id"]) & set(second.table["customer_id"]))
    0
    """
    chosen = as_frame(frame)
    if mode not in get_args(Mode):
        raise InputError(
            "Coordination spares, keeps or rotates.",
            found=repr(mode),
            fix=f"Use one of {', '.join(get_args(Mode))}{nearest(str(mode), get_args(Mode))}.",
            where="mode",
        )
    if not 0 <= share <= 1:
        raise InputError(
            "A share is between 0 and 1.", found=repr(share), fix="Give 0.25 to rotate a quarter out.", where="share"
        )
    check_stored_numbers(chosen, check_salt(salt))
    ids = asked_ids(history, chosen.id)
    found = look_up(chosen, ids, salt)
    rows = []
    for stratum, population in stratum_counts(chosen)[["stratum", "population"]].itertuples(index=False, name=None):
        numbers = np.sort(found.loc[found["stratum"] == stratum, "prn"].to_numpy(dtype=np.int64))
        rows.append((stratum, population, len(numbers), *_place(numbers, population, mode, share)))
    table = pd.DataFrame(rows, columns=["stratum", "population", "asked", "start", "free", "kept"])
    gone = len(ids) - len(found)
    notes = []
    if gone:
        notes.append(
            Note(
                plural(
                    "{n:int} customer asked before is not in this frame any more.",
                    "{n:int} customers asked before are not in this frame any more.",
                    n=gone,
                )
            )
        )
    start = dict(zip(table["stratum"], table["start"], strict=True))
    return Coordination(table=table, start=start, gone=gone, mode=mode, notes=tuple(notes))


def asked_ids(history: History, id_column: str) -> pd.DataFrame:
    """Return the ids of earlier samples, each once, as a table of one column.

    Raises
    ------
    InputError
        If the history has no such column or an id is missing.
    """
    if isinstance(history, pd.DataFrame):
        require_columns(history.columns, [id_column], where="history")
        ids = history[id_column]
    else:
        samples = [history] if isinstance(history, Sample) else list(history)
        ids = pd.concat([s.table[s.id] for s in samples]) if samples else pd.Series([], dtype=str)
    if ids.isna().any():
        raise InputError(
            "Every earlier contact has an id.",
            found=f"{int(ids.isna().sum())} rows without one",
            fix="Fill in or remove these rows.",
            where="history",
        )
    return pd.DataFrame({id_column: ids.drop_duplicates().to_numpy()})


def look_up(frame: Frame, ids: pd.DataFrame, salt: str) -> pd.DataFrame:
    """Return id, stratum and random number of those of `ids` who are eligible today, sorted by id."""
    d, q = frame.dialect, frame.dialect.quote(frame.id)
    if ids.empty:
        nothing = pd.DataFrame({"stratum": pd.Series([], dtype="str"), "prn": pd.Series([], dtype="int64")})
        return nothing.assign(**{frame.id: ids[frame.id]})
    listed = frame.source.engine.register(ids)
    return frame.rows(
        f"SELECT {q}, {frame.stratum_sql} AS stratum, {frame.prn_sql(salt)} AS prn FROM {{table}} AS t "
        f"WHERE {frame.where} AND CAST({q} AS {d.text_type}) IN (SELECT CAST({q} AS {d.text_type}) FROM {listed} AS t)"
    ).sort_values(frame.id, ignore_index=True)


def _place(numbers: np.ndarray, population: int, mode: str, share: float) -> tuple[float, float, int]:
    """Return the start, the customers expected before the first earlier one, and the earlier ones kept."""
    if not len(numbers):
        return 0.0, float(population), 0
    gaps = np.diff(np.append(numbers, numbers[0] + SPACE))
    widest = int(gaps.argmax())
    arc = np.roll(numbers, -(widest + 1))  # in the order in which the circle meets them
    if mode == "spare":
        free = int(gaps[widest] - 1) / SPACE * population
        return int((arc[-1] + 1) % SPACE) / SPACE, min(free, population - len(numbers)), 0
    out = math.ceil(share * len(arc) - 1e-9) if mode == "rotate" else 0
    if out >= len(arc):
        return int((arc[-1] + 1) % SPACE) / SPACE, float(population - len(numbers)), 0
    return int(arc[out]) / SPACE, 0.0, len(arc) - out
