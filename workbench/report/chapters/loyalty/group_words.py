"""What the strips of groups say: their titles, what is drawn, and the numbers behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from workbench.core.findings import Finding, said
from workbench.core.language import Language, Message, Spoken, message
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.nps import NpsByGroups


def groups_title(findings: Sequence[Finding], breakdown: str, label: Spoken) -> Message:
    """Return the title of a strip: what moved, else who stands out, else that nobody does."""
    held = said(findings)
    for start in (f"nps.moved:{breakdown}=", f"nps.stands:{breakdown}=", f"nps.alike:{breakdown}"):
        for finding in held:
            if finding.id.startswith(start):
                return finding.text
    return message("NPS by {group}", group=label)


def strip_measure(result: NpsByGroups) -> Message:
    """Say what a strip draws."""
    if "change" in result.table:
        return message("NPS; ● now with its interval, ○ last wave, dashed: all customers")
    return message("NPS; ● with its interval, dashed: all customers")


def groups_note(result: NpsByGroups, breakdown: str) -> Message | None:
    """Say what a group to be watched means, where there is one."""
    rows = result.of(breakdown)
    if "change_state" in rows and (rows["change_state"] == "watch").any():
        return message("Watch: a change this large is seldom due to chance among so many groups, but not certain.")
    small = int((rows["n"] < result.minimum_base).sum())
    if small:
        return message("{n:int} with fewer than {least:int} answers not shown.", n=small, least=result.minimum_base)
    return None


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class GroupNumbers(Result):
    """The numbers behind a strip, its groups under their names."""

    result: NpsByGroups

    caption: ClassVar[Message] = NpsByGroups.caption
    columns: ClassVar[Mapping[str, Column]] = NpsByGroups.columns

    @classmethod
    def of(cls, result: NpsByGroups, breakdown: str, names: Mapping[str, Mapping[Any, Spoken]]) -> GroupNumbers:
        """Return the numbers of one breakdown."""
        known = names.get(breakdown, {})
        rows = result.of(breakdown)
        named = pd.Series([known.get(g, g) for g in rows["group"]], index=rows.index, dtype=object)
        return cls(table=rows.assign(group=named), result=result, notes=result.notes, level=result.level)

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the rows with their verdicts in words."""
        return (
            NpsByGroups(
                table=self.table,
                overall=self.result.overall,
                families=self.result.families,
                minimum_base=self.result.minimum_base,
            )
            .shown_table(language)
            .drop(columns="breakdown")
        )
