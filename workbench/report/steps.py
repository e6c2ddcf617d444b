"""The chain: every chapter of the report, one line each, in the order of the pages."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import cast

from workbench.core.errors import ConfigError
from workbench.report.chapter import Chapter
from workbench.report.own.reading import own_chapters
from workbench.store.wave import find_folder

# folders of report/chapters, in the order in which they can run
NAMES = (
    "sample",
    "value",
    "outlook",
    "response",
    "segments",
    "attitudes",
    "tiers",
    "loyalty",
    "tables",
    "summary",
)
CHAPTERS: tuple[Chapter, ...] = tuple(
    cast(Chapter, import_module(f"workbench.report.chapters.{name}.chapter").CHAPTER) for name in NAMES
)


def chapters_of(study: Path) -> tuple[Chapter, ...]:
    """Return the chapters of a study's report: those of every study, and its own.

    Parameters
    ----------
    study
        Folder of the study; its own chapters lie in ``chapters/``.
    """
    return (*CHAPTERS, *own_chapters(study, CHAPTERS))


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
