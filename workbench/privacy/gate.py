"""The one gate through which every list of people passes: who wants no contact, has not consented, or was erased."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import pandas as pd

from workbench.core.engine import Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message, plural
from workbench.core.names import CUSTOMER_ID
from workbench.privacy.tombstones import Tombstones

Use = Literal["survey", "service", "marketing"]

REFUSES, CONSENT, COVERS = "do_not_contact", "consent_date", "consent_for"
WHY: Final[Mapping[str, Message]] = {
    "do_not_contact": message("asked not to be contacted"),
    "no_consent": message("have not consented by the day of the list"),
    "other_use": message("have consented to other uses"),
    "erased": message("were erased at their own wish"),
}
BY_CONSENT = ("consent", "同意", "个人同意", "用户同意")
USES: Final[Mapping[Use, tuple[str, ...]]] = {
    "survey": ("survey", "surveys", "research", "调查", "调研", "问卷", "满意度调查"),
    "service": ("service", "support", "服务", "售后", "客服"),
    "marketing": ("marketing", "advertising", "营销", "市场", "推广"),
}
EVERY_USE = ("all", "any", "全部", "所有")


@dataclass(frozen=True)
class Passed:
    """What came through the gate.

    Attributes
    ----------
    table
        The rows that may leave.
    held_back
        Reason → how many customers were held back for it; a customer counts once, under the first reason.
    """

    table: pd.DataFrame
    held_back: Mapping[str, int]

    @property
    def notes(self) -> list[Message]:
        """What was held back, a sentence for each reason."""
        return held_back_notes(self.held_back)


@dataclass(frozen=True)
class Gate:
    """Who may not be contacted for a use.

    Attributes
    ----------
    use
        ``survey`` (being asked), ``service`` (an answer to what a customer said) or ``marketing`` (everything else).
    refusing
        ``customer_id`` and ``why`` of those who may not, as a table that stays in its engine; None where the customer
        list says nothing of it.
    tombstones
        Those who were erased, whatever a list says.
    """

    use: Use
    refusing: Table | None
    tombstones: Tombstones = field(default_factory=Tombstones)

    def reasons(self, ids: pd.Series) -> pd.Series:
        """Return why each customer is held back, missing for those who may be contacted; in the order of `ids`."""
        wanted = ids.astype("string")
        why: dict[str, str] = {}
        if self.refusing is not None and len(ids):
            engine = self.refusing.engine
            asked = engine.register(pd.DataFrame({"asked": wanted.dropna().drop_duplicates().astype(object)}))
            rows = engine.rows(
                f"SELECT r.{CUSTOMER_ID}, r.why FROM {self.refusing.source} AS r JOIN {asked} AS a "
                f"ON a.asked = r.{CUSTOMER_ID}"
            )
            why = dict(zip(rows[CUSTOMER_ID], rows["why"], strict=True))
        why |= dict.fromkeys(self.tombstones.among(wanted.dropna().unique()), "erased")
        return pd.Series([why.get(i) if isinstance(i, str) else None for i in wanted], index=ids.index, dtype=object)

    def let_through(self, table: pd.DataFrame, *, id_column: str = CUSTOMER_ID) -> Passed:
        """Return the rows of those who may be contacted, and how many customers were held back.

        Parameters
        ----------
        table
            Any list; it is not changed. Rows without an id pass: they are nobody the customer list knows.
        id_column
            Its column with the customer.
        """
        require_columns(map(str, table.columns), [id_column], where="gate")
        why = self.reasons(table[id_column])
        held = pd.DataFrame({"id": table[id_column], "why": why}).dropna().drop_duplicates("id")
        counts = held["why"].value_counts()
        passed = table[why.isna()].reset_index(drop=True)
        return Passed(passed, {w: int(counts[w]) for w in WHY if w in counts})


def rests_on_consent(ground: str | None) -> bool:
    """Tell whether contact rests on consent, in either language.

    Examples
    --------
    >>> [rests_on_consent(g) for g in ("Consent", "同意", "contract", None)]
    [True, True, False, False]
    """
    return (ground or "").strip().lower() in BY_CONSENT


def gate_for(
    customers: Table | pd.DataFrame | None,
    use: Use,
    *,
    as_of: dt.date,
    ground: str | None = None,
    tombstones: Tombstones | None = None,
) -> Gate:
    """Return the gate for lists of a use.

    Whoever says ``do_not_contact`` is held back from every list. Where `ground` is consent, so is everybody whose
    ``consent_date`` is empty or after `as_of`. Where the column ``consent_for`` names what a customer has consented to
    (``survey``, ``service``, ``marketing``, several apart by ``;``), everybody is held back from lists of other uses;
    where it is empty it covers all if contact does not rest on consent.

    Parameters
    ----------
    customers
        The customer list; None where there is none.
    use
        What the list is for.
    as_of
        The day of the list.
    ground
        What allows contact: ``privacy: ground`` of ``wave.yaml``.
    tombstones
        Who was erased.

    Returns
    -------
    Gate
        Nothing of the customers is read until a list passes.

    Raises
    ------
    InputError
        If contact rests on consent and the list does not say who has given it.

    Examples
    --------
    >>> people = pd.DataFrame({"customer_id": ["a", "b", "c"], "do_not_contact": [False, True, None],
    ...                        "consent_for": ["survey; service", "survey", "marketing"]})
    >>> gate = gate_for(people, "survey", as_of=dt.date(2026, 9, 30))
    >>> passed = gate.let_through(pd.DataFrame({"customer_id": ["c", "b", "a"]}))
    >>> passed.table["customer_id"].tolist(), passed.held_back
    (['a'], {'do_not_contact': 1, 'other_use': 1})
    """
    known = tombstones or Tombstones()
    if customers is None:
        return Gate(use, None, known)
    source = as_table(customers)
    consenting = rests_on_consent(ground)
    if consenting and CONSENT not in source.columns:
        raise InputError(
            message("Where contact rests on consent, the customer list says when it was given."),
            found=message("ground: {ground}, and no column {column}", ground=ground, column=CONSENT),
            fix=message("Bring the column {column}, or name another ground under 'privacy:'.", column=CONSENT),
            where="customers",
        )
    d = source.engine.dialect
    whens = []
    if REFUSES in source.columns:
        whens.append((f"{d.quote(REFUSES)}", "do_not_contact"))
    if consenting:
        late = f"{d.quote(CONSENT)} IS NULL OR CAST({d.quote(CONSENT)} AS DATE) > DATE '{as_of}'"
        whens.append((late, "no_consent"))
    if COVERS in source.columns:
        column = f"CAST({d.quote(COVERS)} AS {d.text_type})"
        told = source.rows(f"SELECT DISTINCT {column} AS told FROM {{table}} AS t WHERE {column} IS NOT NULL")["told"]
        others = [str(t) for t in told if not _covers(str(t), use, consenting)]
        if others:
            whens.append((f"{column} IN ({', '.join(d.literal(t) for t in others)})", "other_use"))
        if consenting:
            whens.append((f"{column} IS NULL", "other_use"))
    if not whens:
        return Gate(use, None, known)
    cases = " ".join(f"WHEN {sql} THEN '{why}'" for sql, why in whens)
    every = f"SELECT {CUSTOMER_ID}, CASE {cases} END AS why FROM {source.source} AS c"
    return Gate(use, Table(source.engine, f"(SELECT * FROM ({every}) AS w WHERE why IS NOT NULL)"), known)


def held_back_notes(counts: Mapping[str, int]) -> list[Message]:
    """Return who was held back from a list, a sentence for each reason.

    Examples
    --------
    >>> [n.text("en") for n in held_back_notes({"do_not_contact": 2})]
    ['2 customers are not on the list: they asked not to be contacted.']
    """
    return [
        plural(
            "{n:int} customer is not on the list: they {why}.",
            "{n:int} customers are not on the list: they {why}.",
            n=n,
            why=WHY[why],
        )
        for why, n in counts.items()
    ]


def _covers(told: str, use: Use, consenting: bool) -> bool:
    words = [w for w in re.split(r"[;,、，；|/\s]+", told.strip().lower()) if w]
    if not words:
        return not consenting
    return any(w in USES[use] or w in EVERY_USE for w in words)
