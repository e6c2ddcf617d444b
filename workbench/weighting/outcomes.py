"""Who was asked, reached and answered: AAPOR's response, cooperation, refusal and contact rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.calls import takes_columns
from workbench.core.checks import Floats
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Note, Result
from workbench.weighting.columns import ASKED
from workbench.weighting.dispositions import DISPOSITIONS, disposition_groups

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RATES = (
    "RR1",
    "RR2",
    "RR3",
    "RR4",
    "RR5",
    "RR6",
    "COOP1",
    "COOP2",
    "COOP3",
    "COOP4",
    "REF1",
    "REF2",
    "REF3",
    "CON1",
    "CON2",
    "CON3",
)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class OutcomeRates(Result):
    """Outcome rates of a wave.

    Attributes
    ----------
    table
        One row per group of `by` (one row without): counts ``asked``, ``I``, ``P``, ``R``, ``NC``, ``O``, ``UH``,
        ``UO``, ``NE``; ``eligibility``, the estimated share of eligible customers among those of unknown eligibility;
        and the rates ``RR1`` … ``RR6``, ``COOP1`` … ``COOP4``, ``REF1`` … ``REF3``, ``CON1`` … ``CON3`` (shares).
    final
        One row per customer: ``customer_id``, ``disposition`` (group), ``attempts``, and the columns of `by`.
    """

    final: pd.DataFrame

    caption: ClassVar[Message] = message("Outcome rates (AAPOR)")
    columns: ClassVar[Mapping[str, Column]] = {
        "asked": ASKED,
        "eligibility": Column(message("Eligibility rate e"), "pct1"),
        "mode": Column(message("Mode")),
        **{d.code: Column(d.label, "people") for d in DISPOSITIONS.values()},
        **{rate: Column(Message(rate), "pct1") for rate in RATES},
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw how many of the customers asked ended in which disposition."""
        counts = self.table[list(DISPOSITIONS)].sum()

        def draw(ax: Axes) -> None:
            labels = [charts.text(d.label, language) for d in DISPOSITIONS.values()]
            charts.bar_rows(ax, labels, counts.tolist(), style="int", language=language)

        return charts.draw_figure(draw)


@takes_columns(many=["by"])
def outcome_rates(
    contacts: pd.DataFrame,
    *,
    by: str | Sequence[str] | None = None,
    eligibility: float | None = None,
) -> OutcomeRates:
    """Reduce attempts to one final disposition per customer and compute AAPOR's outcome rates.

    A customer's strongest attempt decides: complete before partial interview, before refusal, other or not eligible,
    before non-contact, before unknown; among equally strong attempts the latest (by ``attempted_at``, else the row
    order) counts.

    Parameters
    ----------
    contacts
        One row per attempt: ``customer_id``, ``disposition`` (AAPOR code, letter or an everyday word in Chinese or
        English), optionally ``attempted_at``.
    by
        Column or columns of `contacts` to compute the rates by; each customer counts once, with the value of the
        attempt that decided.
    eligibility
        e, the share of eligible customers among those of unknown eligibility. Default: the share among those whose
        eligibility is known, over all groups (the proportional allocation of CASRO).

    Returns
    -------
    OutcomeRates

    Raises
    ------
    InputError
        If a column is missing, a disposition is unknown (it is named), or `eligibility` is not a share.

    Notes
    -----
    AAPOR, Standard Definitions, 10th edition (2023), pp. 79–87. With a = I + P + R + NC + O and u = UH + UO:
    RR1 = I/(a + u), RR3 = I/(a + e u), RR5 = I/a; RR2, RR4, RR6 count partial interviews as answers;
    COOP1 = I/(I + P + R + O), COOP3 = I/(I + P + R); REF1 = R/(a + u), REF2, REF3 and CON1 = (I + P + R + O)/(a + u),
    CON2, CON3 alike. A rate whose denominator is 0 is missing.

    Examples
    --------
    >>> words = ["占线", "完成", "拒访", "无人接听"]
    >>> contacts = pd.DataFrame({"customer_id": ["a", "a", "b", "c"], "disposition": words})
    >>> outcome_rates(contacts).table[["asked", "I", "R", "UH", "RR1", "RR5"]].round(3)
       asked  I  R  UH    RR1  RR5
    0      3  1  1   1  0.333  0.5
    """
    groups = [by] if isinstance(by, str) else list(by or ())
    require_columns(map(str, contacts.columns), [CUSTOMER_ID, "disposition", *groups], where="contacts")
    if eligibility is not None and not 0 <= eligibility <= 1:
        raise InputError(
            "The eligibility rate is a share between 0 and 1.",
            found=str(eligibility),
            fix="Pass e as a share, or leave it out to have it estimated.",
            where="eligibility",
        )
    if len(contacts) == 0:
        raise InputError(
            "There is at least one attempt.", found="no rows", fix="Start fieldwork first.", where="contacts"
        )
    if contacts[CUSTOMER_ID].isna().any():
        raise InputError(
            "Every attempt names its customer.",
            found=f"{int(contacts[CUSTOMER_ID].isna().sum())} rows without a customer_id",
            fix="Fill in the ids, or remove the rows.",
            where="contacts",
        )
    final = _final_dispositions(contacts, groups)
    counts = _counts(final, groups)
    known = float(counts[["I", "P", "R", "NC", "O"]].to_numpy().sum())
    ineligible = float(counts["NE"].sum())
    e = eligibility if eligibility is not None else (known / (known + ineligible) if known + ineligible else 1.0)
    table = _rates(counts, e)
    return OutcomeRates(table=table, final=final, notes=_notes(counts, e, estimated=eligibility is None))


def _final_dispositions(contacts: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    group = disposition_groups(contacts["disposition"])
    attempts = pd.DataFrame(
        {
            "customer_id": contacts[CUSTOMER_ID].to_numpy(),
            "disposition": group.to_numpy(),
            "strength": group.map({c: d.strength for c, d in DISPOSITIONS.items()}).to_numpy(dtype=np.int64),
            "order": np.arange(len(contacts)),
        }
    )
    keys = ["strength", "order"]
    if "attempted_at" in contacts.columns:
        when = contacts["attempted_at"]
        if not pd.api.types.is_datetime64_any_dtype(when):
            when = pd.to_datetime(when, errors="raise")
        attempts["when"] = when.to_numpy()
        keys = ["strength", "when", "order"]
    for column in groups:
        attempts[column] = contacts[column].to_numpy()
    attempts = attempts.sort_values(keys, kind="stable", na_position="first")
    counted = attempts.groupby("customer_id", sort=True).size()
    last = attempts.drop_duplicates("customer_id", keep="last").set_index("customer_id").sort_index()
    last["attempts"] = counted
    return last[["disposition", "attempts", *groups]].reset_index()


def _counts(final: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    if not groups:
        counts = final["disposition"].value_counts().reindex(list(DISPOSITIONS), fill_value=0).to_frame().T
        return counts.reset_index(drop=True).rename_axis(columns=None)
    table = final.pivot_table(
        index=groups,
        columns="disposition",
        values="attempts",
        aggfunc="size",
        fill_value=0,
        observed=True,
        dropna=False,
    )
    return table.reindex(columns=list(DISPOSITIONS), fill_value=0).rename_axis(columns=None).reset_index()


def _rates(counts: pd.DataFrame, e: float) -> pd.DataFrame:
    table = counts.copy()
    i, p, r, nc, o, uh, uo = (table[c].to_numpy(dtype=float) for c in ("I", "P", "R", "NC", "O", "UH", "UO"))
    known, unknown = i + p + r + nc + o, uh + uo
    reached = i + p + r + o
    table.insert(table.columns.get_loc("I"), "asked", table[list(DISPOSITIONS)].sum(axis=1))  # type: ignore[arg-type]
    table["eligibility"] = e
    bases = (known + unknown, known + e * unknown, known)
    for number, base in enumerate(bases):
        table[f"RR{2 * number + 1}"] = _share(i, base)
        table[f"RR{2 * number + 2}"] = _share(i + p, base)
    for number, base in enumerate((reached, i + p + r)):
        table[f"COOP{2 * number + 1}"] = _share(i, base)
        table[f"COOP{2 * number + 2}"] = _share(i + p, base)
    for name, top in (("REF", r), ("CON", reached)):
        for number, base in enumerate(bases):
            table[f"{name}{number + 1}"] = _share(top, base)
    return table


def _share(top: Floats, base: Floats) -> Floats:
    return np.where(base > 0, top / np.where(base > 0, base, 1.0), np.nan)


def _notes(counts: pd.DataFrame, e: float, *, estimated: bool) -> tuple[Note, ...]:
    notes = []
    if estimated:
        notes.append(
            Note(
                message(
                    "e = {e:pct1}: of the customers whose eligibility is unknown, the same share is taken to be "
                    "eligible as among those where it is known.",
                    e=e,
                )
            )
        )
    asked = float(counts[list(DISPOSITIONS)].to_numpy().sum())
    unknown = float(counts[["UH", "UO"]].to_numpy().sum())
    if unknown > 0.3 * asked:
        notes.append(
            Note(
                message(
                    "{share:pct} of the customers asked have no known eligibility; RR1 and RR5 lie far apart and the "
                    "truth is between them.",
                    share=unknown / asked,
                ),
                "caution",
            )
        )
    return tuple(notes)
