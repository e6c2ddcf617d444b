"""Files of a wave for other programs: its answers, or any of its tables, for SPSS, SAS, Stata, Excel or Parquet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from workbench.core.errors import InputError, few_names, nearest
from workbench.core.language import Language
from workbench.core.results import Note
from workbench.privacy.files import private, private_folder
from workbench.report.export.alike import Alike
from workbench.report.export.answers import Answers, Ids, answers_of, described
from workbench.report.export.files import Written, write_excel, write_sas, write_spss, write_stata
from workbench.report.export.files.written import written
from workbench.report.export.people import refuse_plain_people
from workbench.store import Wave
from workbench.store.codebook import Codebook
from workbench.store.people import log
from workbench.store.provenance import hash_file

FOLDER = "exports"
ANSWERS = "answers"


def export_wave(
    wave: Wave,
    to: str = "spss",
    *,
    tables: Sequence[str] = (ANSWERS,),
    folder: Path | None = None,
    language: Language | None = None,
    ids: Ids = "pseudonym",
    alike: Alike | None = None,
) -> list[Written]:
    """Write the answers of a wave, or others of its tables, for another program.

    Parameters
    ----------
    wave
        A wave whose report was run.
    to
        ``spss``, ``sas``, ``stata``, ``excel`` or ``parquet``.
    tables
        ``answers``, which carry weights, design, tier, segment and value of each respondent; or names of tables and
        artefacts of the wave.
    folder
        Where to put the files; by default ``exports/`` in the wave's folder.
    language
        Language of the labels; by default the wave's first.
    ids
        ``pseudonym`` or ``customer``, as `workbench.report.export.answers.answers_of` says.
    alike
        Columns in which nobody may stand out, with pseudonyms; those of ``privacy: quasi`` by default.

    Returns
    -------
    list of Written
        For each table its files, its variables, and what the format could not hold.

    Raises
    ------
    InputError
        If there is no such program or table.
    """
    if ids == "customer":
        refuse_plain_people(wave)
    writers: dict[str, tuple[str, Callable[..., Written]]] = {
        "spss": ("sav", write_spss),
        "sas": ("xpt", write_sas),
        "stata": ("dta", write_stata),
        "excel": ("xlsx", write_excel),
        "parquet": ("parquet", _write_parquet),
    }
    if to not in writers:
        raise InputError(
            "Files are written for SPSS, SAS, Stata, Excel or as Parquet.",
            found=f"{to!r}",
            fix=f"Use one of {', '.join(writers)}{nearest(to, writers)}",
            where="to",
        )
    chosen = language or wave.config.languages[0]
    place = folder or private_folder(wave.folder / FOLDER)
    ending, write = writers[to]
    done = []
    for name in tables:
        content = answers_of(wave, ids=ids, alike=alike) if name == ANSWERS else _table(wave, name, ids, alike)
        title = f"{wave.config.title.text(chosen)} ({wave.config.study}/{wave.config.wave})"
        result = write(content.table, content.codebook, place / f"{name}.{ending}", language=chosen, title=title)
        for file in map(private, result.files):
            columns = map(str, content.table.columns)
            log(wave, "exported", file, rows=len(content.table), columns=columns, recipient=to, sha256=hash_file(file))
        done.append(result.with_notes(Note(m, "info") for m in content.notes))
    return done


def _table(wave: Wave, name: str, ids: Ids, alike: Alike | None) -> Answers:
    """Return a table or artefact with what `wave.yaml` says of its columns."""
    manifest = wave.manifest
    known = [ANSWERS, *manifest.tables, *manifest.artefacts]
    if name not in known:
        raise InputError(
            "A table that is exported is there.",
            found=f"{name!r}; there are {few_names(known, like=[name])}",
            fix=f"Name one of them{nearest(name, known)}",
            where="tables",
        )
    return described(wave.read(name), wave, ids=ids, alike=alike)


def _write_parquet(table: pd.DataFrame, codebook: Codebook, path: Path, *, language: Language, title: str) -> Written:  # noqa: ARG001
    """Write a table as Parquet, with its codebook beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_parquet(path, index=False, compression="zstd")
    book = path.with_suffix(".codebook.yaml")
    book.write_text(codebook.only(map(str, table.columns)).to_yaml(), encoding="utf-8")
    rows = [(str(c), str(c), codebook.column(str(c)).question(language) if c in codebook else str(c)) for c in table]
    return written(rows, [path, book], [])
