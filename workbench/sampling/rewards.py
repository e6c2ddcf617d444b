"""What members of a panel are due: what they have earned by answering, less what was paid."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.core.errors import InputError, require_columns


def rewards_due(
    participation: pd.DataFrame,
    *,
    per_answer: float,
    bonus: Mapping[int, float] | None = None,
    paid: pd.DataFrame | None = None,
    id: str = "customer_id",  # noqa: A002
) -> pd.DataFrame:
    """Return what each member has earned and is still due: an amount per answer, bonuses, less what was paid.

    Parameters
    ----------
    participation
        One row per member and wave: id, ``answered``.
    per_answer
        Amount per answered wave.
    bonus
        Number of answers → amount paid on top when it is reached.
    paid
        What members were paid so far: id, ``rewards`` in the unit of `per_answer`; missing is nothing. None if nobody
        was.
    id
        Name of the id column.

    Returns
    -------
    DataFrame
        Id, ``answers``, ``earned``, ``paid``, ``due`` (never below 0), sorted by id: everybody in `participation` or
        `paid`.

    Raises
    ------
    InputError
        If a column is missing, or somebody was paid less than nothing.

    Examples
    --------
    >>> waves = pd.DataFrame({"customer_id": ["a", "a", "b"], "answered": [True, True, False]})
    >>> paid = pd.DataFrame({"customer_id": ["a"], "rewards": [10]})
    >>> rewards_due(waves, per_answer=10, bonus={2: 5}, paid=paid)[["earned", "paid", "due"]].to_numpy().tolist()
    [[25.0, 10.0, 15.0], [0.0, 0.0, 0.0]]
    """
    require_columns(participation.columns, [id, "answered"], where="participation")
    answers = participation.groupby(id)["answered"].sum().astype("int64")
    given = pd.Series(dtype="float64")
    if paid is not None:
        require_columns(paid.columns, [id, "rewards"], where="paid")
        given = paid.assign(rewards=paid["rewards"].astype(float)).groupby(id)["rewards"].sum()
        if (given < 0).any():
            raise InputError(
                "Nobody is paid less than nothing.",
                found=f"{int((given < 0).sum())} members with a negative sum",
                fix="Correct the column 'rewards' of the panel: what was paid so far.",
                where="paid",
            )
    everybody = answers.index.union(given.index)
    answers = answers.reindex(everybody, fill_value=0)
    earned = answers * float(per_answer)
    for many, amount in (bonus or {}).items():
        earned = earned + (answers >= many) * float(amount)
    table = pd.DataFrame({"answers": answers, "earned": earned, "paid": given.reindex(everybody).fillna(0.0)})
    table["due"] = (table["earned"] - table["paid"]).clip(lower=0.0)
    return table.sort_index().rename_axis(id).reset_index()
