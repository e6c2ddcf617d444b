"""A browser for looking at published pages as a reader does."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REPORTS = Path(os.environ.get("WORKBENCH_REPORTS", ROOT / "reports"))


def published() -> list[Path]:
    """Return the pages of the site: the indexes, and every page of the newest edition of every wave."""
    return [*sorted(REPORTS.glob("*.html")), *sorted(p for p in REPORTS.glob("*/*/*.html") if "editions" not in str(p))]


def name_of(page: Path) -> str:
    return str(page.relative_to(REPORTS))


@pytest.fixture(scope="session")
def player():
    """What starts browsers: one for a process, as Playwright allows no second."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed; run make pages-test")
    with api.sync_playwright() as started:
        yield started


@contextmanager
def chromium(player, **launched):
    """A headless Chromium, or the reason why there is none."""
    from playwright.sync_api import Error

    found = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    try:
        shown = player.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"], **launched)
        page = shown.new_page()
        page.set_content("<p>a</p>", timeout=20_000)  # a machine without any font ends it here
        assert page.inner_text("p") == "a"
        page.close()
    except Error as error:
        pytest.skip(f"Chromium cannot show a page here: {str(error).splitlines()[0]}")
    yield shown
    shown.close()


@pytest.fixture(scope="session")
def browser(player):
    """A headless Chromium as it is on this machine."""
    with chromium(player) as shown:
        yield shown
