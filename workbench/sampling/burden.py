"""Survey burden: nobody is asked too often, and what that does to inclusion probabilities is said."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar

import pandas as pd

from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message, plural
from workbench.core.names import STRATUM_POPULATION, Column
from workbench.core.results import Note, Result
from workbench.sampling.frame import WHOLE, Frame, Reason, as_frame, stratum_counts
from workbench.sampling.sample import Sample
from workbench.sampling.words import in_words


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Burden(Result):
    """Who may be asked now, and how that changes every stratum's chances.

    Attributes
    ----------
    table
        ``stratum``, ``population``, ``resting`` (asked often enough lately), ``do_not_contact``, ``available``,
        ``available_share``. ``available`` serves as ``maximum`` in `allocate`.
    frame
        The frame without those who rest or do not want to be contacted.
    """

    frame: Frame

    caption: ClassVar = message("Survey burden")
    columns: ClassVar = {
        "resting": Column(message("Asked lately"), "people"),
        "do_not_contact": Column(message("Do not contact"), "people"),
        "available": Column(message("May be asked"), "people"),
        "available_share": Column(message("Share that may be asked"), "pct1"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its codes in words."""
        return in_words(self.table, language)

    def unconditional(self, sample: Sample) -> Sample:
        """Return the sample with probabilities over resting customers too.

        A resting customer was himself drawn at random earlier, so before the first wave everybody in a stratum had the
        chance *(share not resting) × n / available* of being in this sample. Base weights then add up to the whole
        population instead of the available part, also after customers of the reserve were called in: sample, reserve
        and strata carry one and the same population. Those who must not be contacted stay outside: nothing is known
        about them. Only right if earlier samples were random within these strata.
        """
        counts = self.table.set_index("stratum")
        if set(sample.strata["stratum"]) == {WHOLE}:  # drawn without regard to strata
            counts = pd.DataFrame({WHOLE: counts[["available", "resting"]].sum()}).T
        reachable = counts["available"] + counts["resting"]
        factor = sample.table["stratum"].map(counts["available"] / reachable)
        if factor.isna().any():
            raise InputError(
                "The sample was drawn from the strata of this frame.",
                found="a stratum the burden table does not have",
                fix="Draw from `burden.frame`.",
                where="sample",
            )
        table = sample.table.copy()
        table["inclusion_probability"] = table["inclusion_probability"] * factor
        table["base_weight"] = 1 / table["inclusion_probability"]
        parts = [
            part.assign(**{STRATUM_POPULATION: part["stratum"].map(reachable).astype("int64")})
            for part in (table, sample.reserve)
        ]
        strata = sample.strata.assign(population=sample.strata["stratum"].map(reachable).astype("int64"))
        return replace(sample, table=parts[0], reserve=parts[1], strata=strata)


def limit_burden(
    frame: Frame | pd.DataFrame,
    contacts: pd.DataFrame,
    *,
    as_of: dt.date,
    months: int | None = 12,
    most: int = 1,
    asked_at: str = "attempted_at",
    wave: str = "wave",
    do_not_contact: str | None = None,
) -> Burden:
    """Leave out those who were asked often enough lately, or who do not want to be.

    Parameters
    ----------
    frame
        The frame.
    contacts
        Earlier contacts: the frame's id, and the date in `asked_at`. Several contacts in one `wave` count once, where
        that column is there.
    as_of
        Day on which the new wave starts.
    months, most
        Nobody who was asked `most` times within the `months` before `as_of` is asked again; with None, whenever that
        was, and contacts need no date.
    asked_at, wave
        Column names in `contacts`.
    do_not_contact
        True-or-false column of the frame; missing counts as false.

    Returns
    -------
    Burden
        ``.frame`` to draw from, ``.table`` by stratum.

    Raises
    ------
    InputError
        If a column is missing, a contact has no date, or `months` or `most` is below 1.

    Examples
    --------
    >>> customers = pd.DataFrame({"customer_id": ["a", "b", "c"]})
    >>> contacts = pd.DataFrame({"customer_id": ["a", "b"], "attempted_at": ["2026-05-01", "2024-01-01"]})
    >>> limit_burden(customers, contacts, as_of=dt.date(2026, 7, 1)).table[["population", "resting", "available"]]
       population  resting  available
    0           3        1          2
    """
    chosen = as_frame(frame)
    if (months is not None and months < 1) or most < 1:
        raise InputError(
            "A limit is one contact and one month at least.",
            found=f"most={most}, months={months}",
            fix="Correct the limit.",
            where="limit_burden",
        )
    require_columns(contacts.columns, [chosen.id, *([asked_at] if months else [])], where="contacts")
    if do_not_contact is not None:
        require_columns(chosen.column_types, [do_not_contact], where="frame")
    resting = resting_ids(contacts, as_of=as_of, months=months, most=most, asked_at=asked_at, wave=wave, id=chosen.id)
    conditions: dict[Message, str] = {}
    q, text = chosen.dialect.quote(chosen.id), chosen.dialect.text_type
    if do_not_contact is not None:
        refused = chosen.dialect.quote(do_not_contact)
        conditions[message("asked not to be contacted")] = f"COALESCE(CAST({refused} AS BOOLEAN), FALSE) = FALSE"
    if len(resting):
        listed = chosen.source.engine.register(resting)
        within = message("asked {most:int} times within {months:int} months", most=most, months=months)
        conditions[within if months else message("asked in an earlier wave")] = (
            f"CAST({q} AS {text}) NOT IN (SELECT CAST({q} AS {text}) FROM {listed} AS t)"
        )
    steps = [chosen]
    for reason, condition in conditions.items():
        steps.append(_narrowed(steps[-1], reason, condition))
    table = _counts(steps, refused=do_not_contact is not None, resting=bool(len(resting)))
    out = int(table["do_not_contact"].sum())
    notes = [
        Note(
            plural(
                "{n:int} customer rests because of having been asked lately.",
                "{n:int} customers rest because they were asked lately.",
                n=int(table["resting"].sum()),
            )
        )
    ]
    if out:
        notes.append(
            Note(
                plural(
                    "{n:int} customer does not want to be contacted; the results do not speak for such customers.",
                    "{n:int} customers do not want to be contacted; the results do not speak for them.",
                    n=out,
                ),
                "caution",
            )
        )
    return Burden(table=table, frame=steps[-1], notes=tuple(notes))


def resting_ids(
    contacts: pd.DataFrame,
    *,
    as_of: dt.date,
    months: int | None,
    most: int = 1,
    asked_at: str = "attempted_at",
    wave: str = "wave",
    id: str = "customer_id",  # noqa: A002
) -> pd.DataFrame:
    """Return the ids of those who were asked often enough, each once; the arguments are those of `limit_burden`.

    Examples
    --------
    >>> contacts = pd.DataFrame({"customer_id": ["a", "b"], "attempted_at": ["2026-05-01", "2024-01-01"]})
    >>> resting_ids(contacts, as_of=dt.date(2026, 7, 1), months=12)["customer_id"].tolist()
    ['a']
    """
    recent = contacts if months is None else _since(contacts, asked_at, as_of, months)
    keys = [id, wave] if wave in contacts else None
    once = recent.drop_duplicates(keys) if keys else recent
    many = once.groupby(id).size()
    return pd.DataFrame({id: many.index[many >= most].to_numpy()})


def _since(contacts: pd.DataFrame, asked_at: str, as_of: dt.date, months: int) -> pd.DataFrame:
    dates = pd.to_datetime(contacts[asked_at], errors="coerce")
    if dates.isna().any():
        raise InputError(
            "Every earlier contact has a date.",
            found=f"{int(dates.isna().sum())} without a readable date in {asked_at!r}",
            fix="Fill in or remove these rows.",
            where="contacts",
        )
    since = pd.Timestamp(as_of) - pd.DateOffset(months=months)
    return contacts[(dates > since) & (dates < pd.Timestamp(as_of))]


def _narrowed(frame: Frame, reason: Reason, condition: str) -> Frame:
    return replace(frame, table=frame.source, eligible={**dict(frame.reasons), reason: condition})


def _counts(steps: list[Frame], *, refused: bool, resting: bool) -> pd.DataFrame:
    table = stratum_counts(steps[0])[["stratum", "population"]]
    left = [table["population"]]
    for step in steps[1:]:
        try:
            now = stratum_counts(step).set_index("stratum")["population"]
        except InputError as error:
            raise InputError(
                "Somebody may be asked.",
                found=f"none of {int(left[0].sum()):,} eligible customers",
                fix="Let customers rest for a shorter time, or ask some of them again.",
                where="limit_burden",
            ) from error
        left.append(table["stratum"].map(now).fillna(0).astype("int64"))
    lost = [a - b for a, b in pairwise(left)]
    table["do_not_contact"] = lost[0] if refused else 0
    table["resting"] = lost[-1] if resting else 0
    table["available"] = left[-1]
    table["available_share"] = table["available"] / table["population"]
    return table
