"""What became of the rows of every table that came in, and what was found about its files, as one table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pandas as pd

from workbench.core.language import Message, message
from workbench.store.intake_report import IntakeReport

COLUMNS: Final = ("table", "read", "kept", "quarantined", "cells", "left_out", "found")


def taken_in(reports: Iterable[IntakeReport]) -> pd.DataFrame:
    """Return one row per table: rows read, kept, quarantined, values lost, left out, and what was found.

    Parameters
    ----------
    reports
        What became of the rows of each table.
    """
    return pd.DataFrame([_table(r) for r in reports], columns=list(COLUMNS))


def _table(report: IntakeReport) -> dict[str, Any]:
    found = [*report.said, *(message("{n:int} × {why}", n=n, why=why) for why, n in report.left_out_by)]
    found += [
        message("{n:int} × no answer in {column}", n=n, column=column) for column, n in report.not_answered.items() if n
    ]
    if report.own_ids:
        found.append(message("{n:int} answers without an id of their own count by their line", n=report.own_ids))
    joined: Message | str = ""
    for said in found:
        joined = message("{first}; {then}", first=joined, then=said) if joined else said
    counts = {k: getattr(report, k) for k in ("read", "kept", "quarantined", "cells", "left_out")}
    return {"table": report.table, **counts, "found": joined}
