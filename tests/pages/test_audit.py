"""Every number in a sentence is a number of a table or a figure: nothing is said that a reader could not look up."""

from __future__ import annotations

import html
import re
from collections import Counter

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
DATE = re.compile(r"\b\d{4}(?:-\d\d-\d\d|q\d|年\d+月\d+日)")
NUMBER = re.compile(r"(?<![\w.])[+−-]?\d[\d,]*(?:\.\d+)?")
# money is said in thousands, millions or ten thousands, shares in per cent or in points
SCALES = (1, 100, 1e-3, 1e-6, 1e-4, 1e-8)
# limits and levels that are part of a rule, not of a result
RULES = {"0", "6", "9", "10", "95", "1", "30"}

# what these sentences count stands in them alone: no table of the page repeats it, so there is nothing to disagree with
SAID_ONCE = {
    *(
        "sample.eligible",
        "sample.beyond",
        "panel.members",
        "panel.left",
        "panel.answered",
        "check.drawn",
        "check.weights",
    ),
    *("response.plan", "response.check", "segments.drift", "tiers.stake", "tiers.by_itself"),
    *("value.left", "value.keep", "profit.top", "forecast.last", "holdout.total", "contracts.check"),
    *("staying.after_12", "sample.interviews", "value.group"),
    *("calls.cost", "offers.sent", "outlook.fair"),
}

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
    for one in SAID_ONCE:
        body = re.sub(rf'<li class="[^"]*" data-finding="{re.escape(one)}(?::[^"]*)?">.*?</li>', "", body, flags=re.S)
    for pattern in SENTENCES:
        for sentence in re.findall(pattern, body, re.S):
            for number in NUMBER.findall(DATE.sub("", plain(sentence))):
                said = digits(number)
                if said in shown or said in RULES:
                    continue
                places = len(said.partition(".")[2])
                if not any(round(abs(v) * s, places) == float(said) for v in exact for s in SCALES):
                    found.append(f"{number} in: {plain(sentence).strip()[:120]}")
    return found


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda e: name_of(e))
@pytest.mark.parametrize("language", ["", ".en"])
def test_every_number_of_a_page_can_be_looked_up(edition, language):
    names = [p for p in sorted(edition.glob(f"*{language}.html")) if language or ".en." not in p.name]
    pages = {p.name: main_of(p) for p in names if not p.name.startswith(("before-", "after-"))}
    everything = looked_up(list(pages.values()))
    lost = {
        # the summary draws on every chapter, a chapter on itself
        name: unfounded(body, *(everything if name.startswith("index") else looked_up([body])))
        for name, body in pages.items()
    }
    assert not any(lost.values()), {name: told for name, told in lost.items() if told}


VERDICTS = {"clear", "to be watched", "明显", "关注"}


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda e: name_of(e))
def test_a_group_that_is_said_to_stand_out_or_to_have_moved_has_its_verdict_in_the_table(edition):
    for page in sorted(edition.glob("50_loyalty*.html")):
        body = main_of(page)
        told = Counter(re.findall(r'data-finding="nps\.(?:stands|moved):([^"=]+)=[^"]+"', body))
        for breakdown, said in told.items():
            shown = body.split(f'id="nps-{breakdown}" class="panel"')[1].split('class="panel"')[0]
            cells = [plain(c).strip() for c in re.findall(r"<td[^>]*>(.*?)</td>", shown, re.S)]
            assert sum(c in VERDICTS for c in cells) >= said, (page.name, breakdown)
