"""What an A4 print of a page loses: nothing that stands on it."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from tests.pages.conftest import name_of, published

PAGES = [p for p in published() if p.parent.parent.name != "reports" and not p.name.startswith(("before-", "after-"))]
pytestmark = [
    pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed"),
    pytest.mark.skipif(not PAGES, reason="nothing is published here; run make pages-test"),
]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def printed(browser, path, target):
    """Return the page as printed, as text, and the cells of its visible tables."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(path.resolve().as_uri())
    page.emulate_media(media="print")
    cells = page.evaluate(
        """() => [...document.querySelectorAll('main th, main td')].filter(c => c.checkVisibility())
              .map(c => c.innerText)"""
    )
    page.pdf(path=str(target), format="A4")
    page.close()
    text = subprocess.run(["pdftotext", "-raw", str(target), "-"], capture_output=True, text=True, check=True).stdout
    return squeezed(text), cells


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_print_loses_no_cell_of_a_table(page, browser, tmp_path):
    text, cells = printed(browser, page, tmp_path / "page.pdf")
    # a cell may be broken over lines, and lines of neighbours may come between: its words must all be there
    lost = [c for c in cells if any(squeezed(word) not in text for word in c.split())]
    assert not lost, f"{len(lost)} cells are cut off: {lost[:5]}"


@pytest.mark.parametrize("page", [p for p in PAGES if p.name.startswith("index")], ids=name_of)
def test_the_summary_fits_on_two_sheets_of_paper(page, browser, tmp_path):
    target = tmp_path / "page.pdf"
    printed(browser, page, target)
    told = subprocess.run(["pdfinfo", str(target)], capture_output=True, text=True, check=True).stdout
    assert int(re.search(r"Pages:\s+(\d+)", told)[1]) <= 2
