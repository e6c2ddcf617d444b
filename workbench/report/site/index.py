"""The front door: one index of all studies and waves, read from what was published, the glossary and the methods."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from workbench.core.language import LANGUAGES, SOURCE, Language, Message, message
from workbench.core.speeches import SPEECHES
from workbench.report.site.blocks import Card, cards
from workbench.report.site.editions import EDITION_FILE, STATES, read_edition
from workbench.report.site.fonts import page_font
from workbench.report.site.history import MEASURES, history_digest, history_html, measure_words
from workbench.report.site.methods import FILES as METHODS
from workbench.report.site.methods import WORDS as METHOD_WORDS
from workbench.report.site.methods import methods_content, methods_digest
from workbench.report.site.publish import EDITIONS, LANGUAGE_NAMES, NEIGHBOURS, page_name
from workbench.report.site.render import STYLE, TEMPLATES, css, script, template
from workbench.report.site.terms import glossary_terms
from workbench.store.provenance import hash_values

WORDS = {
    "title": message("Survey waves"),
    "studies": message("Studies"),
    "waves": message("Waves, the newest first"),
    "wave": message("Wave"),
    "as_of": message("Data to"),
    "newest": message("The newest wave"),
    "made": message("Made"),
    "languages": message("Language"),
    "status": message("Status"),
    "stands": message("How studies stand"),
    "glossary": message("Glossary"),
    "methods": METHOD_WORDS["methods"],
    "search": message("Find a wave"),
    "sort": message("Sort by this column"),
    "earlier": message("Earlier reports of this wave"),
    "nothing": message("Nothing has been published yet. Run: workbench report FOLDER"),
}
GLOSSARY: dict[Language, str] = {n: f"glossary{speech.suffix}.html" for n, speech in SPEECHES.items()}
STATUS_PAGE: dict[Language, str] = {n: f"status{speech.suffix}.html" for n, speech in SPEECHES.items()}
INDEX: dict[Language, str] = {n: f"index{speech.suffix}.html" for n, speech in SPEECHES.items()}


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
    folders = [f.parent for f in reports.glob(f"*/*/{EDITION_FILE}") if f.parent.parent.name != EDITIONS]
    published = [e for e in map(read_edition, folders) if e]
    earlier = _earlier_editions(reports)
    for language in LANGUAGES:
        status = STATUS_PAGE[language] if (reports / STATUS_PAGE[language]).is_file() else ""
        bare = _index_page(published, earlier, language, status)
        write_page_once(reports / INDEX[language], bare, _histories(published, language))
        write_page_once(reports / GLOSSARY[language], _bare_glossary(language))
        _write_methods(reports / METHODS[language], language)
    _write_neighbours(reports, published)
    return reports / INDEX[LANGUAGES[0]]


def glossary_page(language: Language) -> str:
    """Return the page of terms: what each means, and what it is called in the other language."""
    return _styled(_bare_glossary(language))


def _bare_glossary(language: Language) -> str:
    other = next(n for n in (SOURCE, *LANGUAGES) if n != language)
    terms = [
        {
            "id": t["id"],
            "name": t.get(language, t[SOURCE])["name"],
            "text": t.get(language, t[SOURCE])["text"],
            "other": t[other]["name"],
            "other_language": other,
        }
        for t in sorted(glossary_terms(), key=lambda t: t["id"])
    ]
    content = {
        "language": language,
        "words": {k: m.text(language) for k, m in WORDS.items()},
        "terms": terms,
        "home": INDEX[language],
        "languages": language_links(language, GLOSSARY),
    }
    return template("glossary.html.j2").render(css=STYLE, **content)


def methods_page(language: Language) -> str:
    """Return the page of methods, with every formula as MathML."""
    words = {k: m.text(language) for k, m in WORDS.items()}
    links = {"home": INDEX[language], "languages": language_links(language, METHODS), "glossary": GLOSSARY[language]}
    told = {"home_text": words["title"], "languages_text": words["languages"], "glossary_text": words["glossary"]}
    content = methods_content(language) | links | told
    digest = _methods_digest(language)
    return _styled(template("methods.html.j2").render(css=STYLE, digest=digest, **content))


def _methods_digest(language: Language) -> str:
    template = (TEMPLATES / "methods.html.j2").read_text(encoding="utf-8")
    return methods_digest(template, css(), *(m.text(language) for m in METHOD_WORDS.values()))


def _write_methods(path: Path, language: Language) -> None:
    """Write the page of methods unless it stands there already: drawing all formulas takes half a second."""
    if not path.is_file() or _methods_digest(language) not in path.read_text(encoding="utf-8")[:1000]:
        _replace(path, methods_page(language))


def language_links(language: Language, files: Mapping[Language, str]) -> list[dict[str, Any]]:
    """Return the links from a page in one language to the same page in the others."""
    return [{"text": LANGUAGE_NAMES[n], "lang": n, "href": files[n], "current": n == language} for n in LANGUAGES]


def _earlier_editions(reports: Path) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return what earlier editions of each wave are still there, newest first."""
    standing = {p.resolve() for p in reports.glob("*/*") if p.is_symlink()}
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for file in sorted((reports / EDITIONS).glob(f"*/{EDITION_FILE}"), reverse=True):
        content = read_edition(file.parent)
        if content and file.parent.resolve() not in standing:
            found.setdefault((content["study"], content["wave"]), []).append(content | {"folder": file.parent.name})
    return found


def _write_neighbours(reports: Path, published: Sequence[dict[str, Any]]) -> None:
    """Write the pages that lead from a wave to the one before and the one after, or to the index."""
    there = {(w["study"], w["wave"]): w for w in published}
    after = {(w["study"], w.get("previous")): w for w in published}
    for (study, name), wave in there.items():
        places = {"before": there.get((study, wave.get("previous"))), "after": after.get((study, name))}
        for side, found in places.items():
            target = f"{found['wave']}/index.html" if found else "../index.html"
            text = (
                '<!doctype html><html lang="en"><meta charset="utf-8"><title>→</title>'
                f'<meta http-equiv="refresh" content="0; url={target}"><a href="{target}">→</a></html>\n'
            )
            _replace(reports / study / NEIGHBOURS[side].format(wave=name), text)


def _index_page(
    published: Sequence[dict[str, Any]],
    earlier: dict[tuple[str, str], list[dict[str, Any]]],
    language: Language,
    status: str,
) -> str:
    studies: dict[str, list[dict[str, Any]]] = {}
    for wave in sorted(published, key=lambda w: (w["as_of"], w["wave"]), reverse=True):
        spoken: list[Language] = wave["languages"]
        shown = language if language in spoken else spoken[0]
        studies.setdefault(wave["study"], []).append(
            {
                "wave": wave["wave"],
                "title": wave["title"][shown],
                "href": f"{wave['study']}/{wave['wave']}/{page_name('90_summary', shown, spoken)}",
                "as_of": wave["as_of"],
                "status": STATES[wave.get("status", "reported")].text(language),
                "earlier": [
                    {
                        "href": f"{EDITIONS}/{e['folder']}/{page_name('90_summary', shown, e['languages'])}",
                        "text": e["made"][:16].replace("T", " "),
                    }
                    for e in earlier.get((wave["study"], wave["wave"]), [])
                ],
                "cards": _cards(wave.get("measures", []), language),
                "measures": {m["measure"]: _measure(m, language) for m in wave.get("measures", []) if _is_shown(m)},
                "made": wave["made"][:16].replace("T", " "),
            }
        )
    words = {k: m.text(language) for k, m in WORDS.items()}
    links = language_links(language, INDEX)
    content = {
        "language": language,
        "words": words,
        "languages": links,
        "glossary": GLOSSARY[language],
        "methods": METHODS[language],
        "status_page": status,
        "studies": [
            {
                "name": n,
                "waves": w,
                "measures": {
                    m: label.text(language) for m, (label, _) in MEASURES.items() if any(m in x["measures"] for x in w)
                },
                "history": _history_mark(n, [p for p in published if p["study"] == n]),
            }
            for n, w in sorted(studies.items())
        ],
    }
    return template("site.html.j2").render(css=STYLE, script=script(), **content)


def _history_mark(study: str, editions: Sequence[dict[str, Any]]) -> str:
    """Return what stands for the picture of a study's history until its page has to be written anew."""
    return f"<!-- history {hash_values(study, history_digest(editions))} -->"


def _histories(published: Sequence[dict[str, Any]], language: Language) -> dict[str, Callable[[], str]]:
    """Return what draws the history of each study, by the mark that stands for it."""
    of = {name: [p for p in published if p["study"] == name] for name in {p["study"] for p in published}}
    return {_history_mark(n, own): partial(history_html, n, own, language) for n, own in of.items()}


def _cards(measures: Sequence[Mapping[str, Any]], language: Language) -> str:
    """Return the headline numbers of a wave as cards."""
    shown = [
        Card(MEASURES[m["measure"]][0], Message("{value}", {"value": said["value"]}), _interval(said["interval"]))
        for m in measures
        if _is_shown(m)
        for said in [_measure(m, language)]
    ]
    return cards(shown).html[language] if shown else ""


def _interval(ends: str) -> Message | None:
    return Message("{ends}", {"ends": ends}) if ends else None


def _is_shown(measure: Mapping[str, Any]) -> bool:
    return measure.get("measure") in MEASURES and measure.get("estimate") is not None


def _measure(row: Mapping[str, Any], language: Language) -> dict[str, Any]:
    value, interval = measure_words(row["measure"], row["estimate"], row.get("ci_low"), row.get("ci_high"), language)
    return {"estimate": row["estimate"], "value": value, "interval": interval}


def write_page_once(path: Path, bare: str, pictures: Mapping[str, Callable[[], str]] | None = None) -> None:
    """Write a page unless it stands there already: drawing its pictures and cutting its font take most of the time.

    Parameters
    ----------
    path
        The page.
    bare
        Its text without style.
    pictures
        What draws each picture, by the mark that stands for it in `bare`; the mark says what the picture depends on.
    """
    mark = f"<!-- {hash_values(bare, css())[:16]} -->\n"
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    if before.endswith(mark):
        return
    for place, draw in (pictures or {}).items():
        bare = bare.replace(place, draw())
    _replace(path, _styled(bare, before) + mark)


def _styled(bare: str, before: str = "") -> str:
    """Return a page with its style, which carries every character the page uses and no other."""
    return bare.replace(STYLE, page_font(bare, before) + css(), 1)


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
