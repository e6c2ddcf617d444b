from __future__ import annotations

import io
import sys
import time
from types import SimpleNamespace

import pytest

from workbench.core import progress
from workbench.core.language import message
from workbench.core.progress import tracked, watched


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def watching(monkeypatch):
    """Return a function that puts a terminal before the test; pytest's own capture is in place by then."""

    def watch():
        screen = Terminal()
        monkeypatch.setattr(sys, "stderr", screen)
        monkeypatch.delenv(progress.VARIABLE, raising=False)
        return screen

    return watch


def slowly(n):
    for i in range(n):
        time.sleep(0.03)
        yield i


def test_items_come_through_whoever_watches(watching, monkeypatch):
    watching()
    monkeypatch.setattr(progress, "WAIT_SECONDS", 0.0)
    assert list(tracked([3, 1, 2], message("Adding up"))) == [3, 1, 2]
    monkeypatch.setenv(progress.VARIABLE, "off")
    assert list(tracked(iter("ab"), message("Adding up"))) == ["a", "b"]


def test_a_terminal_sees_how_far_it_is(watching, monkeypatch):
    terminal = watching()
    monkeypatch.setattr(progress, "WAIT_SECONDS", 0.0)
    list(tracked(slowly(8), message("Adding up"), total=8))
    assert "Adding up" in terminal.getvalue() and "/8" in terminal.getvalue()


def test_quick_work_shows_nothing(watching):
    terminal = watching()
    list(tracked(range(1000), message("Adding up")))
    assert terminal.getvalue().strip() == ""


def test_logs_and_scheduled_runs_see_nothing(monkeypatch):
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    monkeypatch.setattr(progress, "WAIT_SECONDS", 0.0)
    assert watched() == "nobody"
    list(tracked(slowly(5), message("Adding up")))
    assert log.getvalue() == ""


def test_notebooks_are_watched_unless_a_report_is_being_made(monkeypatch):
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.delenv(progress.VARIABLE, raising=False)
    assert watched() == "notebook"
    monkeypatch.setenv(progress.VARIABLE, "off")
    assert watched() == "nobody"
