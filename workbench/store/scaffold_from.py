"""The text of a ``wave.yaml`` for files nobody has described yet: what is certain stands, what is doubtful is asked."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from workbench.core.errors import ConfigError, InputError
from workbench.core.names import TABLES
from workbench.store.proposing import Proposal, propose
from workbench.store.scaffold import wave_name
from workbench.store.understanding import RESPONSES
from workbench.store.wave_file import FILE_NAME

HEAD = """\
# Proposed from the files; each line says why. Correct what is wrong, and remove the '#' of what is right.
study: {study}
wave: {wave}
title: {{en: {title}, zh-CN: {title}}}
as_of: {as_of}   # {why}
languages: [zh-CN, en]

tables:
"""


def start_wave(folder: Path, files: Sequence[tuple[Path, str | None]]) -> list[Proposal]:
    """Make the folder of a new wave from files: they are copied into its ``raw/``, beside a ``wave.yaml`` that runs.

    Parameters
    ----------
    folder
        The new wave's folder.
    files
        Files, each with the table it is where somebody says so.

    Returns
    -------
    list of Proposal
        What was found in the files.

    Raises
    ------
    ConfigError
        If there is a wave already.
    InputError
        As `wave_text_from`.
    """
    require_new(folder)
    text, found = wave_text_from(folder, files)
    (folder / "raw").mkdir(parents=True, exist_ok=True)
    for path, _ in files:
        if not (folder / "raw" / path.name).exists():
            shutil.copy2(path, folder / "raw")
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    return found


def require_new(folder: Path) -> None:
    """Refuse a folder that is a wave already.

    Raises
    ------
    ConfigError
        If it has a ``wave.yaml``.
    """
    if (folder / FILE_NAME).exists():
        raise ConfigError(
            "A new wave has a folder of its own.",
            found=f"{folder / FILE_NAME} is there already",
            fix="Name another folder.",
        )


def wave_text_from(folder: Path, files: Sequence[tuple[Path, str | None]]) -> tuple[str, list[Proposal]]:
    """Return the text of a ``wave.yaml`` that runs, made from files.

    Parameters
    ----------
    folder
        The new wave's folder; its name is the wave's, its parent's the study's.
    files
        Files, each with the table it is where somebody says so.

    Returns
    -------
    str
        The text.
    list of Proposal
        What was found in the files.

    Raises
    ------
    InputError
        If a file cannot be read, no file is a table that can be told, or two are the same one.
    """
    found = [p for path, table in files for p in _checked(path, table)]
    told = [p for p in found if p.table is not None]
    if not told:
        first = found[0]
        raise InputError(
            "A file shows by its columns which table it is.",
            found=f"{first.what[-1]}, and neither ratings, orders nor ids of customers",
            fix=f"Say which: --from responses={first.file.name} (or {', '.join(TABLES[:2])}, …).",
            where=first.file.name,
        )
    names = [p.table for p in told]
    twice = sorted({str(n) for n in names if names.count(n) > 1})
    if twice:
        both = ", ".join(p.file.name + (f" ({p.sheet})" if p.sheet else "") for p in told if p.table == twice[0])
        raise InputError(
            "Each table comes from one file, or from several of the same columns.",
            found=f"{twice[0]}: {both}",
            fix=f"Say which is which: --from {twice[0]}=… --from customers=…",
            where=twice[0],
        )
    place = folder.absolute()
    days = [p.last_day for p in told if p.last_day]
    title = next((p.title for p in told if p.title), place.name)
    as_of = max(days) if days else max(_day_of(p.file) for p in told)
    why = "the last day in the files" if days else "the day of the newest file; EDIT: last day that the data cover"
    lines = [
        HEAD.format(
            study=wave_name(place.parent.name),
            wave=_quoted(wave_name(place.name)),
            title=_quoted(title),
            as_of=as_of,
            why=why,
        )
    ]
    for proposal in told:
        lines += _table(proposal)
    for proposal in (p for p in found if p.table is None):
        sheet = f", sheet: {_quoted(proposal.sheet)}" if proposal.sheet else ""
        lines.append(f"  # ?: {{file: raw/{proposal.file.name}{sheet}}}   # {proposal.what[-1]}: which table is it?")
    answers = next((p for p in told if p.table == RESPONSES), None)
    if any(g.name == "region" for p in told if p.table == "customers" for g in p.columns):
        lines += ["", "population:", "  strata: [region]"]
    if answers is not None:
        lines += _questions(answers)
    return "\n".join(lines) + "\n", found


def _checked(path: Path, table: str | None) -> list[Proposal]:
    if not path.is_file():
        raise InputError("Files that are named are there.", found=f"no file {path}", fix="Correct the name.")
    if table is not None and table not in TABLES:
        raise InputError(
            "A table is one of those that come in.",
            found=table,
            fix=f"Name one of {', '.join(TABLES)}.",
            where=path.name,
        )
    return propose(path, table)


def _table(proposal: Proposal) -> list[str]:
    lines = [f"  {proposal.table}:"]
    lines += [f"    # {said}" for said in proposal.what]
    lines.append(f"    file: {_quoted('raw/' + proposal.file.name)}")
    if proposal.sheet is not None:
        lines.append(f"    sheet: {_quoted(proposal.sheet)}")
    renamed = [g for g in proposal.columns if g.origin != g.name]
    kept = [g for g in proposal.columns if g.origin == g.name]
    if renamed or proposal.weight not in (None, "weight"):
        lines.append("    columns:")
    lines += [f"      {g.name}: {_quoted(g.origin)}   # {g.why}" for g in renamed]
    if proposal.weight not in (None, "weight"):
        lines.append(f"      weight: {_quoted(str(proposal.weight))}   # the file is weighted by it")
    lines += [f"      # {g.name}: {_quoted(g.origin)}   # {g.why}" for g in proposal.doubtful]
    lines += [f"    # {g.name}: {g.why}" for g in kept]
    if proposal.keep_where is not None:
        lines.append(f"    keep_where: {_quoted(proposal.keep_where)}   # deals that were won are orders")
    if proposal.no_answer:
        told = ", ".join(f"{n}: {json.dumps(c)}" for n, c in proposal.no_answer.items())
        lines.append(f"    not_answered: {{{told}}}   # beyond the scale: a code for no answer")
    if proposal.several is not None:
        lines.append("    several: {customer_id: first}   # cells with several ids: the first counts; or each")
    return lines


def _questions(answers: Proposal) -> list[str]:
    lines: list[str] = []
    if answers.weight is not None:
        lines += ["", "response: {weight: weight}   # as the file says"]
    if answers.questions or answers.maybe_questions:
        lines += ["", "questions:   # labels and scales come from the codebook, where nothing is said here"]
        if not answers.questions:
            lines[-1] = "# questions:   # labels and scales come from the codebook, where nothing is said here"
    lines += [f"  {_quoted(name)}: {{}}   # {why}" for name, why in answers.questions.items()]
    lines += [f"  # {_quoted(name)}: {{}}   # {why}" for name, why in answers.maybe_questions.items()]
    if answers.by:
        lines += ["", "loyalty:", f"  by: [{', '.join(map(_quoted, answers.by))}]"]
    return lines


def _day_of(path: Path) -> str:
    return dt.date.fromtimestamp(path.stat().st_mtime).isoformat()


def _quoted(text: str) -> str:
    """Return a text as YAML takes it in one line: bare where it is a plain word, else in double quotes."""
    plain = text.replace("_", "").replace("-", "")
    if plain.isascii() and plain.isalnum() and not plain.isdigit() and plain.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


_WORDS: Iterable[str] = ("yes", "no", "true", "false", "on", "off", "null", "y", "n")
