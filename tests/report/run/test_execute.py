from __future__ import annotations

import nbformat
import pytest

from tests.conftest import WAVE
from tests.report.conftest import keep, made_up
from workbench.core.errors import ChapterError, ConfigError
from workbench.report.run.execute import chapter_parameters, execute_chapter
from workbench.store import Wave


@pytest.fixture
def wave(make_wave):
    return Wave.open(make_wave())


def test_a_good_notebook_leaves_what_it_promised(kernels, wave, write_notebook):
    chapter = made_up("10_a", makes=["result"])
    folder = write_notebook("10_a", keep("result", "10_a"))
    executed = execute_chapter(chapter, wave, folder)
    assert executed.notebook.is_file()
    assert wave.read("result")["a"].tolist() == [1]
    assert executed.parameters["wave_folder"] == str(wave.folder)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; sys.exit(0)", "SystemExit|did not run|left at"),
        ("import os; os._exit(0)", "Dead|died"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "Dead|died"),
        ("x = 1", "did not keep result"),
        ("from workbench.core.errors import InputError\nraise InputError('R.', found='F', fix='X')", "F"),
    ],
)
def test_a_bad_notebook_is_never_taken_for_a_good_one(kernels, wave, write_notebook, cell, says):
    chapter = made_up("10_a", makes=["result"])
    folder = write_notebook("10_a", "before = 1", cell, "after = 2")
    with pytest.raises(ChapterError, match=says) as caught:
        execute_chapter(chapter, wave, folder)
    assert caught.value.where == "10_a"
    kept = wave.artefacts / "failed" / "10_a.ipynb"
    assert str(kept) in caught.value.fix
    assert nbformat.read(kept, as_version=4).cells
    assert not (wave.artefacts / "notebooks" / "10_a.ipynb").exists()


def test_the_failing_cell_is_named(kernels, wave, write_notebook):
    folder = write_notebook("10_a", "fine = 1", "1 / 0")
    with pytest.raises(ChapterError, match=r"cell \d+: ZeroDivisionError: division by zero"):
        execute_chapter(made_up("10_a"), wave, folder)


def test_artefacts_of_another_chapter_do_not_count(kernels, wave, write_notebook):
    folder = write_notebook("10_a", keep("result", "20_b"))
    with pytest.raises(ChapterError, match="did not keep result"):
        execute_chapter(made_up("10_a", makes=["result"]), wave, folder)


def test_warnings_reach_the_log(kernels, wave, write_notebook):
    cell = (
        "import warnings; from workbench.core.errors import UntrustedWarning; warnings.warn('small', UntrustedWarning)"
    )
    executed = execute_chapter(made_up("10_a"), wave, write_notebook("10_a", cell))
    assert any("UntrustedWarning: small" in w for w in executed.warnings)


def test_unknown_parameters_stop_the_run(make_wave):
    wave = Wave.open(make_wave(wave_yaml=WAVE + "chapters: {10_a: {wave_foldr: x}}\n"))
    with pytest.raises(ConfigError, match="did you mean 'wave_folder'"):
        chapter_parameters(made_up("10_a"), wave)
