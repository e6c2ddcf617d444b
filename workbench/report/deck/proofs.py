"""What proves a message: the chart of a table of groups, its parts that fit a slide, and the bases it rests on."""

from __future__ import annotations

from dataclasses import replace

from workbench.core.language import Language, format_value, message
from workbench.report.deck.page_parts import Cell, Numbers, Part
from workbench.report.deck.series import MOST_NAMES, Chart, Series, number_format

ROWS_A_SLIDE = 13
COLUMNS_A_SLIDE = 11
MOST_LINES = 4


def crosstab_chart(part: Part) -> Chart | None:
    """Return the chart of a table of questions by groups: the row its finding is about, else everybody's answers.

    Parameters
    ----------
    part
        The table as it stands on the page.

    Returns
    -------
    Chart or None
        Groups with their intervals where a finding names its row; the answers of all where none does.
    """
    numbers, cells = part.numbers, part.cells
    rows = [r for r in numbers.rows if r[0].head and len(r) > 1] if numbers else []
    if numbers is None or not rows or len(cells) != len(rows) * (len(rows[0]) - 1):
        return None
    wide = len(rows[0]) - 1
    if part.row is None:
        picked = [(rows[i][0].text, cells[i * wide]) for i in range(len(rows)) if cells[i * wide]["kind"] == "answer"]
        picked = picked or [(rows[0][0].text, cells[0])]
        name, of_row = numbers.heads[0][1].text, rows[0]
    else:
        of_row, line = rows[part.row], cells[part.row * wide : (part.row + 1) * wide]
        labels = [c.text for c in numbers.heads[1]][1:]
        same = [i for i, c in enumerate(line) if c["group"] == part.group]
        picked, name = [(labels[i], line[i]) for i in same], of_row[0].text
    shown = [(n, c) for n, c in picked if c["estimate"]][:MOST_NAMES]
    if not shown:
        return None
    ends = [tuple(_number(c[k]) for _, c in shown) for k in ("estimate", "ci_low", "ci_high")]
    texts = [c.text.split(" ")[0] for c in of_row[1:] if c.text]
    return Chart("bars", tuple(n for n, _ in shown), (Series(name, *ends),), number_format(texts))


def trend_chart(part: Part, language: Language) -> Chart | None:
    """Return the chart of a question over waves: the total with its intervals, and the first groups beside it.

    Parameters
    ----------
    part
        The trend as it stands on the page, its cells those of one row.
    language
        Language of the names of groups.
    """
    waves = list(dict.fromkeys(c["wave"] for c in part.cells))
    if len(waves) < 2:
        return None
    lines: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
    for cell in part.cells:
        lines.setdefault((cell["group"], cell["column"]), {})[cell["wave"]] = cell
    first = next((g for g, _ in lines if g != "total"), "")
    chosen = [k for k in lines if k[0] in ("total", first)][: 1 + MOST_LINES]
    series = []
    for group, column in chosen:
        cells = [lines[group, column].get(w, {}) for w in waves]
        ends = [tuple(_number(c.get(k, "")) for c in cells) for k in ("estimate", "ci_low", "ci_high")]
        name = message("Total").text(language) if group == "total" else format_value(column, "text", language)
        series.append(Series(name, *(ends if group == "total" else ends[:1])))
    form = {"answer": "0%", "net": "0%", "nps": "+0.0;\u22120.0;0.0"}.get(part.cells[0]["kind"], "0.00")
    return Chart("line", tuple(waves), tuple(series), form)


def _number(text: str) -> float | None:
    return float(text) if text else None


def pieces_of(numbers: Numbers) -> list[Numbers]:
    """Return a table in parts that fit a slide; every part has the head and the first column."""
    wide = max((sum(c.span for c in row) for row in (*numbers.heads, *numbers.rows)), default=0)
    narrow = [numbers] if wide <= COLUMNS_A_SLIDE else [_cut(numbers, COLUMNS_A_SLIDE)]
    return [
        replace(one, rows=one.rows[at : at + ROWS_A_SLIDE])
        for one in narrow
        for at in range(0, max(len(one.rows), 1), ROWS_A_SLIDE)
    ]


def _cut(numbers: Numbers, most: int) -> Numbers:
    """Return the first columns of a table."""

    def cut(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
        kept: list[Cell] = []
        left = most
        for cell in row:
            if left <= 0:
                break
            kept.append(replace(cell, span=min(cell.span, left)))
            left -= cell.span
        return tuple(kept)

    return replace(numbers, heads=tuple(map(cut, numbers.heads)), rows=tuple(map(cut, numbers.rows)))


def bases_of(part: Part, language: Language) -> list[str]:
    """Return on how many answers a panel or table rests: one base, or the smallest and the largest of its groups."""
    numbers = part.numbers
    if part.cells:
        about = [c for c in part.cells if part.row is None or c["group"] == part.group]
        if part.kind == "trend":  # everybody who answered in the newest wave
            about = [c for c in part.cells if c["group"] == "total"][-1:]
        values = sorted(int(float(c["n"])) for c in about if c["n"])
    elif numbers is not None and "n" in numbers.names:
        values = [int(c.value) for c in numbers.column("n") if c.value is not None]
        values = values[-1:] if numbers.names[0] == "wave" else sorted(values)
    else:
        return []
    if not values:
        return []
    if values[0] == values[-1]:
        return [message("Base: {n:base}", n=values[0]).text(language)]
    return [message("Bases: {low:int} to {high:int}", low=values[0], high=values[-1]).text(language)]
