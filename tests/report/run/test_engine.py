from __future__ import annotations

import nbformat
import pytest

from tests.report.conftest import made_up, part
from workbench.report.run.engine import section_engine
from workbench.report.run.execute import execute_chapter
from workbench.report.run.kernels import kernel_room
from workbench.report.run.raised import MIME
from workbench.store import Wave

REFUSE = "from workbench.core.errors import InputError\nraise InputError('R.', found='F', fix='X')"


def test_the_engine_is_registered_once():
    assert section_engine() == section_engine()


@pytest.mark.parametrize("choice", ["forked", "plain"])
def test_what_was_raised_arrives_as_data_from_every_kernel(choice, make_wave, write_notebook):
    chapter = made_up("10_a", sections=[part("one"), part("two")])
    books = write_notebook("10_a", "a = 1", ("section-one", REFUSE), ("section-two", "b = a"))
    wave = Wave.open(make_wave())
    with kernel_room(choice):
        executed = execute_chapter(chapter, wave, books)
    assert executed.sections["one"].rule == "R."
    cells = [c for c in nbformat.read(executed.notebook, as_version=4).cells if c.cell_type == "code"]
    data = cells[-2].outputs[0].data
    assert data[MIME]["found"] == "F" and "InputError" in data["text/plain"]
    assert cells[-1].execution_count == cells[-2].execution_count + 1


def test_cells_of_a_missing_section_are_not_run(kernels, make_wave, write_notebook):
    chapter = made_up("10_a", sections=[part("one", needs=("contacts",))])
    books = write_notebook("10_a", ("section-one", "import pathlib; pathlib.Path(wave_folder, 'ran').touch()"))
    wave = Wave.open(make_wave())
    executed = execute_chapter(chapter, wave, books)
    assert executed.sections["one"].state == "left out"
    assert not (wave.folder / "ran").exists()


def test_a_kernel_that_never_started_is_started_once_more(kernels, make_wave, write_notebook, monkeypatch):
    from papermill.clientwrap import PapermillNotebookClient

    true_execute, tries = PapermillNotebookClient.execute, []

    def dies_first(self, **kwargs):
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("Kernel died before replying to kernel_info")
        return true_execute(self, **kwargs)

    monkeypatch.setattr(PapermillNotebookClient, "execute", dies_first)
    books = write_notebook("10_a", ("section-one", "a = 1"))
    executed = execute_chapter(made_up("10_a", sections=[part("one")]), Wave.open(make_wave()), books)
    assert len(tries) == 2 and executed.sections["one"].state == "computed"
