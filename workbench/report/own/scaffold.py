"""A first own chapter of a study: a notebook that runs as it is, to be changed."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat

from workbench.core.errors import ConfigError
from workbench.core.names import RECOMMEND
from workbench.report.own.reading import ANSWERS, FOLDER, NAME
from workbench.store import Wave

FIRST_NUMBER = 61
BY = ("region", "tier", "segment")


def new_chapter(folder: Path, name: str) -> Path:
    """Write a notebook that runs as an own chapter of a study.

    Parameters
    ----------
    folder
        A wave of the study, for which it is written.
    name
        What it is called: ``brands``, or with the number that says where it stands, ``65_brands``.

    Returns
    -------
    Path
        The notebook, in ``chapters/`` of the study.

    Raises
    ------
    ConfigError
        If the name is none, or such a chapter is there already.
    """
    wave = Wave.open(folder)
    place = wave.folder.parent / FOLDER
    stem = name if re.match(r"^\d\d_", name) else f"{_next_number(place)}_{name}"
    if not NAME.match(stem):
        raise ConfigError(
            "An own chapter is called in lower case letters, digits and underscores.",
            found=repr(name),
            fix="Call it like 65_brands.",
            where="--chapter",
        )
    path = place / f"{stem}.ipynb"
    if path.exists():
        raise ConfigError(
            "A new chapter has a name of its own.", found=f"{path} is there already", fix="Give it another name."
        )
    place.mkdir(exist_ok=True)
    nbformat.write(_notebook(wave, stem), path)  # type: ignore[no-untyped-call]
    return path


def _next_number(place: Path) -> int:
    taken = {int(p.name[:2]) for p in place.glob("*.ipynb") if NAME.match(p.stem)}
    return next(n for n in range(FIRST_NUMBER, 100) if n not in taken)


def _notebook(wave: Wave, stem: str) -> nbformat.NotebookNode:
    there = wave.columns(ANSWERS) if wave.has(ANSWERS) else []
    questions = [q for q in (RECOMMEND, *wave.config.questions) if q in there] or [RECOMMEND]
    by = next((c for c in BY if c in there), None)
    title = stem[3:].replace("_", " ").capitalize()
    asked = f'wave.tabulate("{questions[0]}"' + (f', by="{by}")' if by else ")")
    parameters = [
        f'wave_folder = "{wave.folder}"',
        f'title = {{"en": "{title}", "zh-CN": "{title}"}}',
        f"needs = {[questions[0]]!r}  # columns of the answers without which this chapter is left out",
    ]
    v4 = nbformat.v4
    cells = [
        _tagged(v4.new_markdown_cell("What this chapter answers."), "lang-en"),  # type: ignore[no-untyped-call]
        _tagged(v4.new_markdown_cell("本章回答什么问题。"), "lang-zh"),  # type: ignore[no-untyped-call]
        _tagged(v4.new_code_cell("\n".join(parameters)), "parameters"),  # type: ignore[no-untyped-call]
        v4.new_code_cell("from workbench.store import Wave\n\nwave = Wave.open(wave_folder)"),  # type: ignore[no-untyped-call]
        _tagged(v4.new_markdown_cell("## Answers by group"), "section-answers", "lang-en"),  # type: ignore[no-untyped-call]
        _tagged(v4.new_markdown_cell("## 各群体的回答"), "section-answers", "lang-zh"),  # type: ignore[no-untyped-call]
        _tagged(v4.new_code_cell(asked), "section-answers"),  # type: ignore[no-untyped-call]
    ]
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    made: nbformat.NotebookNode = v4.new_notebook(cells=cells, metadata=kernel)  # type: ignore[no-untyped-call]
    for place, cell in enumerate(made.cells):
        cell["id"] = f"cell-{place}"
    return made


def _tagged(cell: nbformat.NotebookNode, *tags: str) -> nbformat.NotebookNode:
    cell.metadata["tags"] = list(tags)
    return cell
