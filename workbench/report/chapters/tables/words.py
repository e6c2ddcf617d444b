"""Chapter 55 in sentences: what stands out in a table."""

from __future__ import annotations

from workbench.core.findings import CLEAR_P, WATCH_P, Evidence, Finding
from workbench.core.language import Message, Spoken, message
from workbench.tabulation import Tabulation
from workbench.tabulation.layout import style_of
from workbench.tabulation.standing_out import StandingOut

OVER = {
    "pct": message("{row}, by {group}: {high} ({x:pct}) above {low} ({y:pct})."),
    "signed1": message("{row}, by {group}: {high} ({x:signed1}) above {low} ({y:signed1})."),
    "dec2": message("{row}, by {group}: {high} ({x:dec2}) above {low} ({y:dec2})."),
}


def finding_of(table: Tabulation, found: StandingOut) -> Finding | None:
    """Return what is said of a table: its clearest comparison, or that no columns clearly differ.

    Letters are corrected within their row, and the sentence for all rows: where letters stand and none is clear among
    all, nothing is said, so that the sentence never denies a letter.

    Parameters
    ----------
    table
        The table.
    found
        Its clearest comparison.
    """
    label, rows = table.row_labels[found.question]
    proof = Evidence(
        source=found.question,
        row=f"{found.row}: {found.higher}, {found.lower}",
        estimate=found.high - found.low,
        p_value=found.p_value,
        family=found.family,
        n=found.n,
        minimum_base=table.minimum_base,
    )
    name = f"table.difference:{found.question}"
    if found.p_value >= CLEAR_P and (found.p_value < WATCH_P or (table.table["letters"] != "").any()):
        return None
    if found.p_value >= WATCH_P:
        said = message("{question}: no two columns clearly differ.", question=label)
        return Finding(id=name, message=said, evidence=proof, claim="no difference")
    values = {
        "row": _name(label, rows[found.place]),
        "high": found.higher,
        "low": found.lower,
        "group": table.column_labels[found.group],
    }
    form = OVER[style_of(found.kind)]
    said = Message(form.template, {**values, "x": found.high, "y": found.low})
    return Finding(id=name, message=said, evidence=proof, claim="difference")


def _name(label: Spoken | str, row: Spoken | str) -> Spoken | str:
    """Return what a row is called in a sentence: its question and its own name, where they are two."""
    return label if row == label else message("{question}, {row}", question=label, row=row)
