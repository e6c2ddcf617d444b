"""The chain: every chapter of the report, one line each, in the order of the pages."""

from __future__ import annotations

from pathlib import Path

from workbench.core.errors import ConfigError
from workbench.report.chapter import Chapter
from workbench.report.chapters.loyalty import chapter as loyalty
from workbench.report.chapters.response import chapter as response
from workbench.report.chapters.sample import chapter as sample
from workbench.report.chapters.segments import chapter as segments
from workbench.report.chapters.summary import chapter as summary
from workbench.report.chapters.tiers import chapter as tiers
from workbench.report.chapters.value import chapter as value
from workbench.store.wave import find_folder

CHAPTERS: tuple[Chapter, ...] = (
    sample.CHAPTER,
    value.CHAPTER,
    response.CHAPTER,
    segments.CHAPTER,
    tiers.CHAPTER,
    loyalty.CHAPTER,
    summary.CHAPTER,
)


def find_notebooks() -> Path:
    """Return the folder of the chapters' notebooks, from here or from any folder above.

    Raises
    ------
    ConfigError
        If a notebook of the chain is not there.
    """
    folder = find_folder(Path("notebooks"))
    missing = [c.name for c in CHAPTERS if not (folder / f"{c.name}.ipynb").is_file()]
    if missing:
        raise ConfigError(
            "Every chapter has its notebook.",
            found=f"no {missing[0]}.ipynb in {folder}",
            fix="Run the command from the project's folder.",
            where="notebooks",
        )
    return folder
