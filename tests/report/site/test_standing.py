from __future__ import annotations

from tests.report.conftest import made_up
from workbench.report.run.chain import run_chain
from workbench.report.site.publish import publish
from workbench.report.site.standing import protected_pages
from workbench.store import Wave

TABLE = """\
import pandas as pd
from workbench.core.language import message
from workbench.report.site.blocks import table
table(pd.DataFrame({"region": ["North", "South"], "customers": [7, 70]}), "by-region", message("Region"))
"""


def test_the_pages_that_stand_are_those_that_were_published(kernels, make_wave, write_notebook, tmp_path, listener):
    chapters = [made_up("50_x", makes=("never",)), made_up("90_summary")]
    write_notebook("50_x", "1 / 0")
    books = write_notebook("90_summary", TABLE)
    wave = Wave.open(make_wave())
    edition = publish(wave, chapters, run_chain(wave, chapters, books, listener), tmp_path / "reports")
    pages = protected_pages(wave, chapters)
    assert set(pages) == {("90_summary", n) for n in wave.config.languages}, "what failed does not stand"
    published = (edition.folder / "downloads" / "90_summary-by-region.csv").read_text(encoding="utf-8-sig")
    assert pages["90_summary", "en"].tables["by-region"] == published and "< 10" in published
