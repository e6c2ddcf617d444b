"""The front door: one index of all studies and waves, read from what was published."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from workbench.core.language import LANGUAGES, Language, message
from workbench.report.fonts import page_font
from workbench.report.publish import EDITION_FILE, EDITIONS, LANGUAGE_NAMES, page_name
from workbench.report.render import TEMPLATES, css

WORDS = {
    "title": message("Survey waves"),
    "studies": message("Studies"),
    "waves": message("Waves, the newest first"),
    "wave": message("Wave"),
    "as_of": message("Data to"),
    "headline": message("Headline numbers"),
    "chapters": message("Chapters"),
    "made": message("Made"),
    "languages": message("Language"),
    "nothing": message("Nothing has been published yet. Run: workbench report FOLDER"),
}
INDEX: dict[Language, str] = {"zh-CN": "index.html", "en": "index.en.html"}


def write_index(reports: Path) -> Path:
    """Write the index of all published waves in both languages.

    Parameters
    ----------
    reports
        The site's folder.

    Returns
    -------
    Path
        The index page.
    """
    reports.mkdir(parents=True, exist_ok=True)
    published = []
    for file in reports.glob(f"*/*/{EDITION_FILE}"):
        if file.parent.parent.name == EDITIONS:
            continue
        try:
            published.append(json.loads(file.read_text(encoding="utf-8")))
        except ValueError:
            continue  # not one of ours
    for language in LANGUAGES:
        _replace(reports / INDEX[language], _index_page(published, language))
    return reports / INDEX["zh-CN"]


def headline_numbers(cards: str) -> list[dict[str, str]]:
    """Return label, value and detail of each headline card of a page."""
    rows = []
    for card in re.findall(r'<li class="card">(.*?)</li>', cards, flags=re.DOTALL):
        label, value = (re.search(p, card) for p in (r"<h3>(.*?)</h3>", r'<p class="value">(.*?)</p>'))
        detail = re.search(r'<p class="detail">(.*?)</p>', card)
        if label and value:
            rows.append({"label": label[1], "value": value[1], "detail": detail[1] if detail else ""})
    return rows


def _index_page(published: Sequence[dict[str, Any]], language: Language) -> str:
    studies: dict[str, list[dict[str, Any]]] = {}
    for wave in sorted(published, key=lambda w: (w["as_of"], w["wave"]), reverse=True):
        spoken: list[Language] = wave["languages"]
        shown = language if language in spoken else spoken[0]
        studies.setdefault(wave["study"], []).append(
            {
                "title": f"{wave['wave']} · {wave['title'][shown]}",
                "href": f"{wave['study']}/{wave['wave']}/{page_name('90_summary', shown, spoken)}",
                "as_of": wave["as_of"],
                "headline": headline_numbers(wave["headline"].get(shown, "")),
                "chapters": wave["chapters"],
                "made": wave["made"][:16].replace("T", " "),
            }
        )
    words = {k: m.text(language) for k, m in WORDS.items()}
    links = [{"text": LANGUAGE_NAMES[n], "lang": n, "href": INDEX[n], "current": n == language} for n in LANGUAGES]
    content = {
        "language": language,
        "words": words,
        "languages": links,
        "studies": [{"name": n, "waves": w} for n, w in sorted(studies.items())],
    }
    text = json.dumps(content, ensure_ascii=False)
    return _template().render(css=page_font(text) + css(), **content)


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(TEMPLATES)
    # card texts were escaped when the page was made
    return jinja2.Environment(loader=loader, autoescape=False).get_template("site.html.j2")


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
