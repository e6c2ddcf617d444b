"""The key of a chapter: one hash of everything its result depends on, so that nothing unchanged is run again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbench.report.chapter import COMMON, Chapter
from workbench.report.run.execute import chapter_parameters
from workbench.store import Wave
from workbench.store.manifest import Manifest
from workbench.store.provenance import hash_file, hash_values, package_versions
from workbench.store.sources import hash_imports

# what a study's own chapter uses without importing it: how its results are shown, and what a wave answers in one line
OWN_CODE = "from workbench.report.own import showing\nfrom workbench.report import analysis"


def chapter_key(chapter: Chapter, wave: Wave, notebooks: Path) -> str:
    """Return a hash of everything a chapter's result depends on."""
    return key_of(chapter_parts(chapter, wave, notebooks))


def key_of(parts: Mapping[str, str]) -> str:
    """Return the one hash of the parts of a key."""
    return hash_values(dict(parts))


def chapter_parts(chapter: Chapter, wave: Wave, notebooks: Path) -> dict[str, str]:
    """Return everything a chapter's result depends on, part by part, so that a change of it can be named.

    Returns
    -------
    dict
        Part → short hash, or the version itself of a package. Parts are called ``notebook``, ``parameters``,
        ``program``, ``chapters before`` or begin with ``wave.yaml``, ``file``, ``table``, ``wave before`` or
        ``package``.
    """
    manifest = wave.manifest
    previous = wave.previous
    earlier = previous.manifest if previous else Manifest()
    cells = _notebook_source(chapter.notebook(notebooks))
    beside = [] if chapter.home is None else [OWN_CODE, *(_text(p) for p in sorted(chapter.home.glob("*.py")))]
    needed = (*chapter.reads, *(n for s in chapter.sections for n in s.needs))
    named = wave.config.files_named_by(chapter.settings)
    return {
        "notebook": _short(cells),
        "parameters": _short(chapter_parameters(chapter, wave).model_dump(mode="json", exclude={"wave_folder"})),
        "program": _short(hash_imports("\n".join([_python(cells), *beside]))),
        "chapters before": _short(_not_computed(manifest, chapter.after)),
        **{f"wave.yaml {k}": _short(v) for k, v in wave.config.settings((*COMMON, *chapter.settings)).items()},
        **{f"file {k}": _short(v) for k, v in _contents(wave, (*named, *chapter.beside)).items()},
        **{f"table {k}": _short(v) for k, v in _hashes(manifest, needed).items()},
        **{
            f"wave before {k}": _short(v)
            for k, v in _hashes(earlier, (*chapter.reads, *chapter.makes, *chapter.reads_before)).items()
        },
        **{f"package {k}": v for k, v in package_versions().items()},
    }


def _short(value: object) -> str:
    return hash_values(value)[:16]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _contents(wave: Wave, files: Sequence[str]) -> dict[str, str]:
    """Return the files that settings name with their hashes; one that is not there will be missed by its chapter."""
    places = {name: wave.folder / name for name in files}
    return {name: hash_file(place) if place.is_file() else "" for name, place in places.items()}


def _notebook_source(path: Path) -> list[tuple[str, str, list[str]]]:
    """Return what a notebook says and does; its outputs and the ids of its cells do not count."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [(c["cell_type"], "".join(c["source"]), c["metadata"].get("tags", [])) for c in cells]


def _python(cells: Sequence[tuple[str, str, list[str]]]) -> str:
    """Return a notebook's code without what only IPython understands."""
    return "\n".join(without_magic(source) for kind, source, _ in cells if kind == "code")


def without_magic(source: str) -> str:
    """Return code without the lines that only IPython understands."""
    return "\n".join(line for line in source.splitlines() if not line.lstrip().startswith(("%", "!")))


def _hashes(manifest: Manifest, names: Sequence[str]) -> Mapping[str, str]:
    # what the columns mean may change while their values stay
    tables = {n: t.clean.sha256 + t.codebook for n, t in manifest.tables.items()}
    artefacts = {n: a.sha256 for n, a in manifest.artefacts.items()}
    return {n: h for n, h in (artefacts | tables).items() if n in names}


def _not_computed(manifest: Manifest, names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return what the chapters before could not compute: pages tell of it, so a change of it changes them."""
    runs = [(n, k, s) for n in names if n in manifest.chapters for k, s in manifest.chapters[n].sections.items()]
    failed = [(n, "", manifest.failures[n]) for n in names if n in manifest.failures]
    return [(n, k, s.model_dump_json()) for n, k, s in (*runs, *failed) if s.is_missing]
