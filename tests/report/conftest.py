"""Chapters and notebooks made up for tests."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from workbench.core.language import Message
from workbench.report.chapter import Chapter, ChapterParameters
from workbench.report.run.chain import Outcome
from workbench.report.run.kernels import kernel_room


class Listener:
    """Keeps what a run says."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def started(self, chapter: Chapter) -> None:
        self.said.append(f"{chapter.name} started")

    def ended(self, chapter: Chapter, outcome: Outcome) -> None:
        self.said.append(f"{chapter.name} {outcome.state}")

    def failed(self, chapter: Chapter) -> None:
        self.said.append(f"{chapter.name} failed")


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture(scope="session")
def kernels():
    """One warm room of kernels for all tests of a worker."""
    with kernel_room("forked"):
        yield


@pytest.fixture
def write_notebook(tmp_path):
    """Return a function that writes a notebook with a parameters cell and the given cells."""

    def write(name: str, *cells: str, parameters: str = 'wave_folder = "x"') -> Path:
        v4 = nbformat.v4
        first = v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
        rest = [v4.new_markdown_cell(c[3:].strip()) if c.startswith("md:") else v4.new_code_cell(c) for c in cells]
        kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
        notebook = v4.new_notebook(cells=[first, *rest], metadata=kernel)
        folder = tmp_path / "notebooks"
        folder.mkdir(exist_ok=True)
        nbformat.write(notebook, folder / f"{name}.ipynb")
        return folder

    return write


def made_up(name: str, *, makes=(), after=(), reads=(), left_out=lambda _: None) -> Chapter:
    return Chapter(name, Message(name), ChapterParameters, tuple(reads), tuple(makes), tuple(after), left_out)


KEEP = """\
import pandas as pd
from workbench.store import Wave
wave = Wave.open(wave_folder)
_ = wave.keep({name!r}, pd.DataFrame({{"a": [{value}]}}), made_by={chapter!r})
"""


def keep(name: str, chapter: str, value: int = 1) -> str:
    return KEEP.format(name=name, chapter=chapter, value=value)
