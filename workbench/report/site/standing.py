"""The pages of a wave that stand, read again after its report was made."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.core.language import Language
from workbench.report.chapter import Chapter
from workbench.report.site.protection import protected
from workbench.report.site.render import Page, read_page
from workbench.store import Wave


def protected_pages(wave: Wave, chapters: Sequence[Chapter]) -> dict[tuple[str, Language], Page]:
    """Return the pages of the chapters that stand, as they may leave the wave's folder.

    Parameters
    ----------
    wave
        The wave.
    chapters
        All chapters of the report, in their order.

    Returns
    -------
    dict
        Chapter and language → page, with small counts hidden as on the published pages.
    """
    runs, failed = wave.manifest.chapters, wave.manifest.failures
    stand = [c.name for c in chapters if c.name in runs and c.name not in failed]
    pages = {
        (name, n): read_page(wave.artefacts / runs[name].notebook, n, runs[name].sections)
        for name in stand
        for n in wave.config.languages
    }
    return protected(pages, wave.config.privacy.minimum_cell)
