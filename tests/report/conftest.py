"""Chapters and notebooks made up for tests."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from workbench.core.language import Message
from workbench.report.chapter import Chapter, ChapterParameters, Section
from workbench.report.run.kernels import kernel_room
from workbench.report.run.outcomes import Outcome
from workbench.store.scratch import kept_for_good


class Listener:
    """Keeps what a run says."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def started(self, chapter: Chapter) -> None:
        self.said.append(f"{chapter.name} started")

    def ended(self, chapter: Chapter, outcome: Outcome) -> None:
        self.said.append(f"{chapter.name} {outcome.state}")


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture(scope="session")
def kernels():
    """One warm room of kernels for all tests of a worker."""
    with kernel_room("forked"):
        yield


@pytest.fixture(autouse=True)
def _for_good():
    """What these tests keep stands in for what a run keeps."""
    with kept_for_good("test"):
        yield


@pytest.fixture
def write_notebook(tmp_path):
    """Return a function that writes a notebook with a parameters cell and the given cells.

    A cell is code, prose that starts with ``md:``, or either of them with its tags before it.
    """

    def write(name: str, *cells: str | tuple[str, str], parameters: str = 'wave_folder = "x"') -> Path:
        v4 = nbformat.v4
        first = v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
        rest = []
        for cell in cells:
            tags, text = cell if isinstance(cell, tuple) else ("", cell)
            new = v4.new_markdown_cell(text[3:].strip()) if text.startswith("md:") else v4.new_code_cell(text)
            new.metadata["tags"] = tags.split()
            rest.append(new)
        kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
        notebook = v4.new_notebook(cells=[first, *rest], metadata=kernel)
        folder = tmp_path / "notebooks"
        folder.mkdir(exist_ok=True)
        nbformat.write(notebook, folder / f"{name}.ipynb")
        return folder

    return write


def made_up(name: str, *, makes=(), after=(), reads=(), left_out=lambda _: None, sections=()) -> Chapter:
    return Chapter(
        name,
        Message(name),
        ChapterParameters,
        tuple(reads),
        tuple(makes),
        tuple(after),
        left_out,
        sections=tuple(sections),
    )


def part(name: str, **details) -> Section:
    return Section(name, Message(f"Part {name}"), **details)


KEEP = """\
import pandas as pd
from workbench.store import Wave
wave = Wave.open(wave_folder)
_ = wave.keep({name!r}, pd.DataFrame({{"a": [{value}]}}), made_by={chapter!r})
"""


def keep(name: str, chapter: str, value: int = 1) -> str:
    return KEEP.format(name=name, chapter=chapter, value=value)
