"""Chapter 90: what became of the rows that came in."""

from __future__ import annotations

import pandas as pd

from workbench.core.language import Spoken, message
from workbench.core.names import Column
from workbench.report.chapters.columns import TABLE
from workbench.store import Wave

INTAKE_COLUMNS = {
    "table": TABLE,
    "read": Column(message("Rows read"), "int"),
    "kept": Column(message("Rows kept"), "int"),
    "quarantined": Column(message("Quarantined"), "int"),
    "cells": Column(message("Values made missing"), "int"),
    "left_out": Column(message("Left out by rule"), "int"),
}
FAULT_COLUMNS = {
    "table": TABLE,
    "column": Column(message("Column")),
    "rule": Column(message("Rule: the value must be")),
    "rows": Column(message("Rows"), "int"),
    "costs": Column(message("It costs")),
}
COSTS = {"row": message("the row"), "value": message("the value")}
TABLE_NAMES: dict[str, Spoken] = {
    "customers": message("Customer list"),
    "transactions": message("Orders"),
    "contacts": message("Contacts"),
    "responses": message("Questionnaires"),
    "interactions": message("Complaints and contacts from customers"),
    "panel": message("Panel"),
    "regions": message("Regions"),
    "contracts": message("Contracts"),
    "posts": message("Posts"),
}


def intake_table(wave: Wave) -> pd.DataFrame:
    """Return what became of the rows of each table that came in."""
    rows = [
        {
            "table": TABLE_NAMES[r.table],
            "read": r.read,
            "kept": r.kept,
            "quarantined": r.quarantined,
            "cells": r.cells,
            "left_out": r.left_out,
        }
        for r in wave.intake_reports()
    ]
    return pd.DataFrame(rows, columns=list(INTAKE_COLUMNS))


def fault_tables(wave: Wave) -> list[pd.DataFrame]:
    """Return which rules rows and values break, and what that costs: one table, or none where nothing breaks any."""
    rows = [
        {
            "table": TABLE_NAMES[r.table],
            "column": f.column or "–",
            "rule": f.message,
            "rows": f.rows,
            "costs": COSTS[f.costs],
        }
        for r in wave.intake_reports()
        for f in r.faults
    ]
    return [pd.DataFrame(rows, columns=list(FAULT_COLUMNS))] if rows else []
