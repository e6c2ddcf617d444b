from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from tests.report.conftest import made_up
from workbench.core.language import Message
from workbench.report.run.chain import Outcome
from workbench.report.run.progress import LiveProgress, PlainProgress, show_progress

CHAPTER = made_up("10_a")


def tell(progress):
    progress.wave(Path("data/x"))
    progress.started(CHAPTER)
    progress.ended(CHAPTER, Outcome("ran", 1.25, warnings=("UntrustedWarning: small [base]",)))
    progress.ended(CHAPTER, Outcome("left out", reason=Message("no input")))
    progress.failed(CHAPTER)
    progress.published(Path("reports/x"), True)


def test_logs_are_dated_lines(capsys):
    tell(PlainProgress())
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 7
    assert all(line[:2] == "20" and line[4] == "-" for line in lines)
    assert "left out: no input" in lines[4] and "small [base]" in lines[3]


def test_a_terminal_gets_marks():
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with console.status("x") as status:
        tell(LiveProgress(console, status))
    text = console.file.getvalue()
    assert "✓" in text and "✗" in text and "no input" in text and "small [base]" in text


def test_without_a_terminal_the_log_is_plain():
    with show_progress() as progress:
        assert type(progress) is PlainProgress
