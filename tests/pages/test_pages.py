"""Every published page in a real browser: accessible, quiet, still, and whole without a network."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.pages.conftest import name_of, published

PAGES = published()
WIDTHS = {"wide": 1280, "narrow": 390}
LOOKS = [(width, scheme) for width in WIDTHS for scheme in ("light", "dark")]
if os.environ.get("WORKBENCH_LOOKS") == "two":  # every width and every scheme, but not each with each
    LOOKS = [("wide", "light"), ("narrow", "dark")]
WATCH = """
window.moved = 0;
new PerformanceObserver(l => l.getEntries().forEach(e => window.moved += e.value))
  .observe({type: 'layout-shift', buffered: true});
"""

pytestmark = pytest.mark.skipif(not PAGES, reason="nothing is published here; run make pages-test")


@pytest.fixture(scope="module")
def axe():
    found = pytest.importorskip("axe_playwright_python", reason="axe is not installed; run make pages-test")
    return (Path(found.__file__).parent / "axe.min.js").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_page_has_no_violation_and_no_surprise(page, scheme, width, browser, axe):
    context = browser.new_context(viewport={"width": WIDTHS[width], "height": 900}, color_scheme=scheme, offline=True)
    said, asked = [], []
    shown = context.new_page()
    shown.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    shown.on("pageerror", lambda e: said.append(str(e)))
    shown.on("request", lambda r: asked.append(r.url) if not r.url.startswith(("file:", "data:", "blob:")) else None)
    shown.add_init_script(WATCH)
    shown.goto(page.resolve().as_uri())
    shown.evaluate(axe)
    found = shown.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    told = [f"{v['id']}: {v['help']} ({n['target']}: {n['failureSummary']})" for v in found for n in v["nodes"][:3]]
    overflow = shown.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    moved = shown.evaluate("window.moved")
    if moved >= 0.01:  # a machine out of breath may paint before it has the font; what moves by itself moves each time
        shown.reload()
        moved = shown.evaluate("window.moved")
    context.close()
    assert not told, "\n".join(told)
    assert not said and not asked
    assert overflow <= 0, f"the page is {overflow} pixels wider than the window"
    assert moved < 0.01


def numbers(html: str) -> list[str]:
    """Return the numbers of the tables of a page as they are kept for sorting, in order."""
    return re.findall(r'data-value="([^"]*)"', html)


@pytest.mark.parametrize("page", [p for p in PAGES if p.name.endswith(".en.html")], ids=name_of)
def test_both_languages_carry_the_same_numbers(page):
    other = page.with_name(page.name.replace(".en.html", ".html"))
    assert other.is_file()
    here, there = (numbers(p.read_text("utf-8")) for p in (page, other))
    assert here == there


@pytest.mark.parametrize("page", [p for p in PAGES if p.name.startswith(("index", "50_"))], ids=name_of)
def test_a_term_opens_by_keyboard_without_a_script_and_is_not_printed(page, browser):
    context = browser.new_context(java_script_enabled=False)
    shown = context.new_page()
    shown.goto(page.resolve().as_uri())
    for button in [b for b in shown.locator("button.term").all() if b.is_visible()][:3]:
        entry = shown.locator(f"#{button.get_attribute('popovertarget')}")
        assert not entry.is_visible()
        button.focus()
        shown.keyboard.press("Enter")
        assert entry.is_visible() and entry.locator("a").get_attribute("href").endswith(entry.get_attribute("id")[5:])
        shown.emulate_media(media="print")
        assert not entry.is_visible()
        shown.emulate_media(media="screen")
        shown.keyboard.press("Escape")
        assert not entry.is_visible()
    context.close()
