"""What leaves for fieldwork: call and reserve lists without customer ids, under invitation ids that tell nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.errors import InputError, require_columns
from workbench.core.invitations import invitation_ids
from workbench.core.names import CUSTOMER_ID, INVITATION_ID
from workbench.sampling.sample import Sample

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, eq=False)
class CallLists:
    """Lists for fieldwork, and the key that stays at home.

    Attributes
    ----------
    calls, reserve
        ``invitation_id``, ``stratum``, ``order``, carried columns, ``interviewer``, ``mode``; no customer id. The
        reserve is used in its order within each stratum.
    key
        ``invitation_id`` and the id column: leads back to the customer; never leaves with the lists.
    """

    calls: pd.DataFrame
    reserve: pd.DataFrame
    key: pd.DataFrame

    def for_interviewer(self, name: str) -> pd.DataFrame:
        """Return the calls of one interviewer."""
        return self.calls[self.calls["interviewer"] == name].reset_index(drop=True)


def call_lists(
    sample: Sample | pd.DataFrame,
    *,
    wave: str,
    key: str,
    columns: Sequence[str] = (),
    interviewers: Sequence[str] = (),
    mode: str | Mapping[str, str] | pd.Series[str] = "phone",
) -> CallLists:
    """Make the call list and the reserve list of a sample.

    Parameters
    ----------
    sample
        The sample; contact columns must have been carried along (``Frame(carry=[...])``). Or its table and reserve in
        one DataFrame with ``customer_id``, ``stratum``, ``order`` and ``reserve`` (true or false).
    wave, key
        Name of the wave and the study's secret, for the invitation ids.
    columns
        Carried columns that fieldwork needs (phone, name); nothing else leaves.
    interviewers
        Names to split the calls between, evenly within each stratum.
    mode
        One mode for all, or stratum → mode, or a Series customer id → mode.

    Returns
    -------
    CallLists
        ``.calls``, ``.reserve``, ``.key``. Text that a spreadsheet would run as a formula starts with an apostrophe.

    Raises
    ------
    InputError
        If a column was not carried along, is the customer id, or a stratum has no mode.

    Examples
    --------
    >>> from workbench.sampling import SimpleRandom, draw
    >>> customers = pd.DataFrame({"customer_id": [f"C{i}" for i in range(9)]})
    >>> lists = call_lists(draw(customers, SimpleRandom(3), salt="s"), wave="q1", key="sixteen characters")
    >>> list(lists.calls.columns)
    ['invitation_id', 'stratum', 'order', 'mode']
    """
    main, spare, id_column = _parts(sample)
    require_columns(main.columns, columns, where="call list")
    if id_column in columns:
        raise InputError(
            "The customer id does not leave.",
            found=f"{id_column!r} among the columns",
            fix="Leave it out; the key leads back from the invitation id.",
            where="columns",
        )
    everybody = pd.concat([main, spare], ignore_index=True)
    made = pd.Series(invitation_ids(everybody[id_column], wave=wave, key=key), name=INVITATION_ID)
    listed = pd.DataFrame({INVITATION_ID: made, "stratum": everybody["stratum"], "order": everybody["order"]})
    for column in columns:
        listed[column] = everybody[column]
    listed["mode"] = _modes(mode, everybody[id_column], everybody["stratum"])
    if interviewers:
        turn = everybody.groupby("stratum").cumcount() + _offsets(everybody["stratum"])
        listed["interviewer"] = np.asarray(interviewers, dtype=object)[(turn % len(interviewers)).to_numpy()]
    listed = without_formulas(listed)
    n = len(main)
    return CallLists(
        calls=listed.iloc[:n].reset_index(drop=True),
        reserve=listed.iloc[n:].reset_index(drop=True),
        key=pd.DataFrame({INVITATION_ID: made, id_column: everybody[id_column]}),
    )


def _parts(sample: Sample | pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    if isinstance(sample, Sample):
        return sample.table, sample.reserve, sample.id
    require_columns(sample.columns, [CUSTOMER_ID, "stratum", "order", "reserve"], where="sample")
    rest = sample["reserve"].astype(bool)
    return sample[~rest], sample[rest], CUSTOMER_ID


def _modes(
    mode: str | Mapping[str, str] | pd.Series[str], ids: pd.Series[str], strata: pd.Series[str]
) -> pd.Series[str]:
    if isinstance(mode, str):
        return pd.Series(mode, index=ids.index)
    found = ids.map(mode) if isinstance(mode, pd.Series) else strata.map(dict(mode))
    absent = strata[found.isna()].unique().tolist()
    if absent:
        raise InputError(
            "Every stratum has a mode.", found=f"none for {absent[:5]}", fix="Add them, or give one mode.", where="mode"
        )
    return found


def _offsets(strata: pd.Series[str]) -> pd.Series[int]:
    """Return a different first turn for each stratum, so that odd ones out do not all meet the same interviewer."""
    places = {s: i for i, s in enumerate(dict.fromkeys(strata))}
    return strata.map(places).astype("int64")


def without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before every text that a spreadsheet would take for a formula.

    Numbers written as text, such as ``+86 10`` or ``-5``, are texts too and get one.

    Parameters
    ----------
    table
        Any table; it is not changed.

    Returns
    -------
    DataFrame
        A copy.

    Examples
    --------
    >>> without_formulas(pd.DataFrame({"name": ["=1+1", "Li"], "n": [-1, 2]}))
        name  n
    0  '=1+1 -1
    1     Li  2
    """
    result = table.copy()
    for column in result.columns:
        if pd.api.types.is_string_dtype(result[column]) or result[column].dtype == object:
            result[column] = [
                "'" + v if isinstance(v, str) and v.startswith(FORMULA_STARTS) else v for v in result[column]
            ]
    return result
