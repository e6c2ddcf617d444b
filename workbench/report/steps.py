"""The chain: every chapter of the report, one line each, in the order of the pages."""

from __future__ import annotations

from pathlib import Path

from workbench.core.errors import ConfigError
from workbench.report.chapter import Chapter
from workbench.report.chapters import loyalty, response, sample, segments, summary, tiers, value
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
        raise ConfigError("Every chapter has its notebook.", found=f"no {missing[0]}.ipynb in {folder}",
                          fix="Run the command from the project's folder.", where="notebooks")  # fmt: skip
    return folder
