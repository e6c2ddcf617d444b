"""Every number in a sentence is a number of a table or a figure: nothing is said that a reader could not look up."""

from __future__ import annotations

import html
import re

import pytest

from tests.pages.conftest import name_of, published

EDITIONS = sorted({p.parent for p in published() if p.name == "index.html" and p.parent.name != "reports"})
SENTENCES = (
    r'<li class="[^"]*" data-finding="[^"]*">(.*?)</li>',
    r"<figcaption><h3>(.*?)</h3>",
    r'<p class="note">(.*?)</p>',
    r'<ul class="statements">(.*?)</ul>',
    r'<ol class="actions">(.*?)</ol>',
)
NUMBER = re.compile(r"(?<![\w.])[+−-]?\d[\d,]*(?:\.\d+)?")
# money is said in thousands, millions or ten thousands, shares in per cent or in points
SCALES = (1, 100, 1e-3, 1e-6, 1e-4, 1e-8)
# limits and levels that are part of a rule, not of a result
RULES = {"0", "6", "9", "10", "95", "1", "30"}

pytestmark = pytest.mark.skipif(not EDITIONS, reason="nothing is published here; run make pages-test")


def plain(fragment: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", fragment))


def main_of(page) -> str:
    text = page.read_text("utf-8")
    return text[text.index("<main") : text.rindex('<footer class="bottom"')]


def digits(number: str) -> str:
    return number.replace(",", "").replace("−", "-").lstrip("+-")


def looked_up(bodies: list[str]) -> tuple[set[str], list[float]]:
    tables = " ".join(t for b in bodies for t in re.findall(r"<table.*?</table>", b, re.S))
    drawn = " ".join(t for b in bodies for t in re.findall(r"<text[^>]*>.*?</text>", b, re.S))
    facts = " ".join(t for b in bodies for t in re.findall(r'<ul class="facts">.*?</ul>', b, re.S))
    cards = facts + " ".join(t for b in bodies for t in re.findall(r'<ul class="cards">.*?</ul>', b, re.S))
    exact = re.findall(r'data-value="([-+.\de]+)"', tables)
    return {digits(n) for n in NUMBER.findall(plain(f"{tables} {drawn} {cards}"))}, [float(v) for v in exact]


def unfounded(body: str, shown: set[str], exact: list[float]) -> list[str]:
    found = []
    for pattern in SENTENCES:
        for sentence in re.findall(pattern, body, re.S):
            for number in NUMBER.findall(plain(sentence)):
                said = digits(number)
                if said in shown or said in RULES:
                    continue
                places = len(said.partition(".")[2])
                if not any(round(abs(v) * s, places) == float(said) for v in exact for s in SCALES):
                    found.append(f"{number} in: {plain(sentence).strip()[:120]}")
    return found


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda e: name_of(e))
@pytest.mark.parametrize("language", ["", ".en"])
def test_every_number_of_the_loyalty_page_and_the_summary_can_be_looked_up(edition, language):
    pages = {p.name: main_of(p) for p in sorted(edition.glob(f"*{language}.html")) if language or ".en." not in p.name}
    everything = looked_up(list(pages.values()))
    for name, body in pages.items():
        if name.startswith("50_loyalty"):
            assert not unfounded(body, *looked_up([body]))
        if name.startswith("index"):
            # the summary draws on every chapter
            assert not unfounded(body, *everything)
