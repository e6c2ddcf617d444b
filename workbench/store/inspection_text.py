"""What a wave's files hold, as tables of a terminal."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from workbench.core.language import format_value
from workbench.store.inspection import Inspection
from workbench.store.proposing import Proposal

BAR = 24


def inspection_text(inspection: Inspection, width: int = 120, language: str = "en") -> str:
    """Return an inspection as tables for a terminal.

    Parameters
    ----------
    inspection
        What was found.
    width
        Columns of the terminal.
    language
        Language of its words.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table

    # no colours: the text goes to files and logs as well
    console = Console(file=io.StringIO(), width=max(width, 80), no_color=True, highlight=False, markup=False)
    for part, caption in inspection.parts.items():
        frame = inspection.frame(part, language)
        if frame.empty:
            continue
        if part == "months":
            console.print(_months(inspection, language))
            continue
        table = Table(title=caption.text(language), box=box.SIMPLE, title_justify="left")
        styles = [inspection.shown[c].style for c in frame.columns]
        for column, style in zip(frame.columns, styles, strict=True):
            table.add_column(
                inspection.shown[column].label.text(language), justify="right" if style == "int" else "left"
            )
        for row in frame.itertuples(index=False, name=None):
            table.add_row(*(_cell(v, s, language) for v, s in zip(row, styles, strict=True)))
        console.print(table)
    for file in inspection.strays:
        console.print(f"{file}: lies in raw/, and wave.yaml does not name it")
    for hint in inspection.hints:
        console.print(hint)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def proposal_text(found: Sequence[Proposal]) -> str:
    """Return what a file was recognised as, and what its columns are likely to be.

    Parameters
    ----------
    found
        What was found in the file: a table, or one for each sheet.
    """
    lines = []
    for proposal in found:
        sheet = f" ({proposal.sheet})" if proposal.sheet else ""
        lines.append(f"{proposal.file.name}{sheet}: {proposal.table or 'which table? say it with --from TABLE=FILE'}")
        lines += [f"  {said}" for said in proposal.what]
        lines += [f"  {g.name}: {g.origin!r} – {g.why}" for g in proposal.columns]
        lines += [f"  {g.name}? {g.origin!r} – {g.why}" for g in proposal.doubtful]
        lines += [f"  rating: {name!r} – {why}" for name, why in proposal.questions.items()]
        lines += [f"  rating? {name!r} – {why}" for name, why in proposal.maybe_questions.items()]
    return "\n".join(lines)


def _months(inspection: Inspection, language: str) -> str:
    """Return rows by month as bars; a month without a row shows as one."""
    lines = [inspection.parts["months"].text(language)]
    rows: list[dict[str, Any]] = [{str(k): v for k, v in r.items()} for r in inspection.months.to_dict("records")]
    for (table, column), part in groupby(rows, key=lambda r: (r["table"], r["column"])):
        months = list(part)
        most = max(int(r["rows"]) for r in months)
        lines.append(f"  {table}.{column}")
        for r in months:
            bar = "█" * round(BAR * int(r["rows"]) / most) if most else ""
            amount = "" if r["amount"] != r["amount"] or r["amount"] is None else f"  {r['amount']:,.2f}"
            lines.append(f"    {r['month']} {int(r['rows']):>10,} {bar or ('' if r['rows'] else '–')}{amount}")
    return "\n".join(lines)


def _cell(value: object, style: str, language: str) -> str:
    return "" if value is None or value != value else format_value(value, style, language)
