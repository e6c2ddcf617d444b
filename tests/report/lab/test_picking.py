from __future__ import annotations

import datetime as dt

import pytest

from tests.conftest import ANSWERS
from workbench.core.language import use_language
from workbench.report.lab.picking import start_from_file


@pytest.fixture
def picker(tmp_path, root):
    """The fields as JupyterLab shows them, over a project of its own."""
    (tmp_path / "data").mkdir()
    (tmp_path / "notebooks").symlink_to(root / "notebooks")
    with use_language("en"):
        yield start_from_file(tmp_path / "data", tmp_path / "reports")


def parts(box):
    files, study, wave, buttons, told = box.children
    return files, study, wave, *buttons.children, told


def picked(name, text):
    content = memoryview(text.encode())
    moment = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
    return {"name": name, "type": "text/csv", "size": len(content), "content": content, "last_modified": moment}


def test_a_file_becomes_a_wave_and_a_report(picker, tmp_path, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")  # as every kernel of JupyterLab
    files, study, wave, start, report, told = parts(picker)
    start.click()
    assert "Choose a file first" in told.value and report.disabled
    many = ANSWERS + "".join(f"{i:03d},2026-06-12,{i % 11},{i % 5 + 1},\n" for i in range(10, 60))
    files.value = (picked("../export.csv", many),)
    study.value, wave.value = "shop", "2026q2"
    start.click()
    place = tmp_path / "data" / "shop" / "2026q2"
    assert (place / "raw" / "export.csv").is_file() and (place / "wave.yaml").is_file(), told.value
    assert "export.csv: responses" in told.value and 'wave.yaml">' in told.value and not report.disabled
    report.click()
    assert "Open the report" in told.value and "\x1b" not in told.value, told.value
    assert (tmp_path / "reports" / "shop" / "2026q2" / "index.en.html").is_file()


def test_what_cannot_be_read_says_why(picker, tmp_path):
    files, _, _, start, report, told = parts(picker)
    files.value = (picked("notes.csv", "a,b\n1,2\n"),)
    start.click()
    assert "which table" in told.value and report.disabled
    assert not list((tmp_path / "data").rglob("wave.yaml"))


def test_it_speaks_the_language_of_the_notebook(tmp_path):
    (tmp_path / "data").mkdir()
    with use_language("zh-CN"):
        *_, start, _, _ = parts(start_from_file(tmp_path / "data", tmp_path / "reports"))
    assert start.description == "建立波次"
