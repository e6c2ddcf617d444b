from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from tests.report.conftest import made_up
from workbench.core.language import Message
from workbench.report.run.execute import FailedChapterError
from workbench.report.run.outcomes import Outcome
from workbench.report.run.progress import LiveProgress, PlainProgress, show_progress
from workbench.store.manifest import SectionRun

CHAPTER = made_up("10_a")


def tell(progress):
    progress.wave(Path("data/x"))
    progress.started(CHAPTER)
    progress.ended(CHAPTER, Outcome("ran", 1.25, warnings=("UntrustedWarning: small [base]",)))
    progress.ended(CHAPTER, Outcome("left out", reason=Message("no input")))
    refused, fault = SectionRun(state="refused"), SectionRun(state="fault")
    progress.ended(
        CHAPTER, Outcome("ran", 9.2, sections={"a": refused, "b": fault}, tracebacks={"b": "Line [1]\nLine 2"})
    )
    progress.ended(CHAPTER, Outcome("unchanged", sections={"a": refused}))
    progress.ended(CHAPTER, Outcome("failed", error=FailedChapterError("R.", found="cell 3", fix="X")))
    progress.published(Path("reports/x"), True)


def test_logs_are_dated_lines(capsys):
    tell(PlainProgress())
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 12
    assert all(line[:2] == "20" and line[4] == "-" for line in lines)
    assert "left out: no input" in lines[4] and "small [base]" in lines[3]
    assert lines[5].endswith("10_a 9.2 s, 2 sections could not be computed")
    assert lines[6].endswith("10_a fault in section b:") and lines[7].endswith("Line [1]")
    assert lines[9].endswith("10_a unchanged, 1 section could not be computed")
    assert lines[10].endswith("10_a FAILED: cell 3")


def test_a_terminal_gets_marks():
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with console.status("x") as status:
        tell(LiveProgress(console, status))
    text = console.file.getvalue()
    assert "✓" in text and "✗" in text and "no input" in text and "small [base]" in text
    assert "sections could not be computed" in text and "Line [1]" in text


def test_without_a_terminal_the_log_is_plain():
    with show_progress() as progress:
        assert type(progress) is PlainProgress
