"""What an edition of a report stands on, and what is different from the edition before it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.core.language import Language, Message, format_value, message, plural
from workbench.privacy.tombstones import erased_count
from workbench.report.site.history import MEASURES
from workbench.report.site.render import Page
from workbench.store import Wave
from workbench.store.provenance import hash_source, hash_values, package_versions

EDITION_FILE = "edition.json"
MOST_SETTINGS = 8
HEADLINES: Mapping[str, tuple[Message, str]] = {**MEASURES, "clv": (message("Customer value"), "money")}
# settings that hold names of people or their addresses: a report says how many, not who
NAMES_PEOPLE = ("fieldwork.interviewers", "privacy.recipients")
STATES: Mapping[str, Message] = {
    "planned": message("planned"),
    "in_field": message("in the field"),
    "reported": message("reported"),
}


def read_edition(folder: Path) -> dict[str, Any]:
    """Return what a published edition says of itself; empty where there is none."""
    try:
        content: dict[str, Any] = json.loads((folder / EDITION_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content


def fingerprint_of(folder: Path) -> str | None:
    """Return the fingerprint of an edition's numbers, by which they are signed; None where there is no edition."""
    fingerprint: str | None = read_edition(folder).get("facts", {}).get("fingerprint")
    return fingerprint


def status_of(wave: Wave) -> str:
    """Return how far a wave is: ``planned``, ``in_field`` or ``reported``."""
    if wave.has("responses"):
        return "reported"
    return "in_field" if wave.has("released_sample") else "planned"


def facts_of(wave: Wave, pages: Mapping[tuple[str, Language], Page]) -> dict[str, Any]:
    """Return what the numbers of an edition stand on: tables, inputs, settings, versions and program.

    Returns
    -------
    dict
        ``fingerprint`` (of all numbers), ``tables`` (chapter/table → hash), ``inputs`` (table ← file → hash),
        ``erased`` (how many customers were), ``settings`` (dotted key of ``wave.yaml`` → value), ``versions``,
        ``source`` (hash of the program).
    """
    tables = {
        f"{chapter}/{name}": hash_values(csv)[:16]
        for (chapter, language), page in pages.items()
        if language == wave.config.languages[0]
        for name, csv in page.tables.items()
    }
    inputs = {f"{t} ← {raw.path}": raw.sha256[:16] for t, e in wave.manifest.tables.items() for raw in e.inputs}
    return {
        "fingerprint": hash_values(tables)[:12],
        "tables": tables,
        "inputs": inputs,
        "erased": erased_count(wave.folder.parent),
        "settings": settings_of(wave),
        "versions": package_versions(),
        "source": hash_source()[:12],
    }


def settings_of(wave: Wave) -> dict[str, str]:
    """Return the settings of a wave as an edition tells them: dotted key → value; of names of people how many."""
    dumped = wave.config.model_dump(mode="json", exclude={"signed", "notify"})
    settings = dict(_flat(dumped))
    for key in [k for k in settings if k in NAMES_PEOPLE]:
        part, _, inner = key.partition(".")
        # no hash of them: whoever guesses a name could try it
        settings[key] = str(len(dumped[part][inner]))
    return settings


def changes_since(
    before: Mapping[str, Any], facts: Mapping[str, Any], measures: Sequence[Mapping[str, Any]], language: Language
) -> list[Message]:
    """Say what is different from an earlier edition: headline numbers, tables, data, settings, program.

    Parameters
    ----------
    before
        The earlier edition, see `read_edition`.
    facts
        The new edition's, see `facts_of`.
    measures
        Headline numbers of the new edition: ``measure``, ``estimate``.
    language
        Language in which headline numbers are compared: what reads the same has not changed.
    """
    old = before.get("facts")
    if not old:
        return []
    return [
        *_numbers(before.get("measures", []), measures, language),
        *_tables(old["tables"], facts["tables"]),
        *_inputs(old["inputs"], facts["inputs"]),
        *_erased(old.get("erased", 0), facts.get("erased", 0)),
        *_settings(old["settings"], facts["settings"]),
        *_program(old, facts),
    ]


def _numbers(
    before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]], language: Language
) -> list[Message]:
    was = {row["measure"]: row["estimate"] for row in before}
    said = []
    for row in now:
        name = row["measure"]
        if name not in was or name not in HEADLINES:
            continue
        label, style = HEADLINES[name]
        earlier, later = (format_value(value, style, language) for value in (was[name], row["estimate"]))
        if earlier != later:
            said.append(message("{label}: {before} became {after}.", label=label, before=earlier, after=later))
    return said


def _tables(was: Mapping[str, str], now: Mapping[str, str]) -> list[Message]:
    other = [name for name in now if name in was and was[name] != now[name]]
    new, gone = [n for n in now if n not in was], [n for n in was if n not in now]
    said = []
    if other:
        chapters = ", ".join(dict.fromkeys(n.split("/")[0] for n in other))
        said.append(
            message(
                "{n:int} of {all:int} tables have other numbers (chapters {chapters}).",
                n=len(other),
                all=len(now),
                chapters=chapters,
            )
        )
    elif was and now:
        said.append(message("No table that was there has other numbers."))
    if new or gone:
        said.append(message("{new:int} tables are new, {gone:int} are gone.", new=len(new), gone=len(gone)))
    return said


def _inputs(was: Mapping[str, str], now: Mapping[str, str]) -> list[Message]:
    other = [n for n in now if was.get(n) != now[n]] + [n for n in was if n not in now]
    if not other:
        return [message("The data are the same.")]
    return [message("The data changed: {files}.", files="; ".join(other))]


def _erased(was: int, now: int) -> list[Message]:
    if now <= was:
        return []
    return [
        plural(
            "{n:int} customer was erased at their own wish and is in no number any more.",
            "{n:int} customers were erased at their own wish and are in no number any more.",
            n=now - was,
        )
    ]


def _settings(was: Mapping[str, str], now: Mapping[str, str]) -> list[Message]:
    keys = [k for k in sorted({*was, *now}) if was.get(k) != now.get(k)]
    said = [
        message("wave.yaml, {key}: {before} became {after}.", key=k, before=was.get(k, "–"), after=now.get(k, "–"))
        for k in keys[:MOST_SETTINGS]
    ]
    if len(keys) > MOST_SETTINGS:
        said.append(message("{n:int} more settings of wave.yaml changed.", n=len(keys) - MOST_SETTINGS))
    return said


def _program(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[Message]:
    versions = [
        f"{k} {was['versions'].get(k, '–')} → {v}" for k, v in now["versions"].items() if was["versions"].get(k) != v
    ]
    if versions:
        return [message("Other versions: {versions}.", versions=", ".join(versions))]
    if was["source"] != now["source"]:
        return [message("The program has changed.")]
    return []


def _flat(value: Any, prefix: str = "") -> Iterable[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{prefix}.{key}" if prefix else str(key))
    elif value not in (None, [], {}):
        yield prefix, json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)
