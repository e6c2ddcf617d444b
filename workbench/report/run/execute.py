"""Running one notebook through papermill, and believing only what can be checked.

papermill warns of unknown parameters and runs on; it marks the cells of a killed kernel as completed and calls
``sys.exit(0)`` a success. Here parameters are validated first, and a run counts only if no cell of the chapter's ground
raised, every code cell outside of sections that could not be computed was executed, and every artefact the chapter
promises, and no such section makes, is there.
"""

from __future__ import annotations

import logging
import time
import uuid
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workbench.core.engine.standin import stand_in
from workbench.core.errors import ChapterError, ConfigError, nearest
from workbench.core.findings import spoken_json
from workbench.privacy.files import private, write_private
from workbench.report.chapter import Chapter, ChapterParameters
from workbench.report.run.engine import section_engine
from workbench.report.run.kernels import KERNEL_NAME
from workbench.report.run.sections import Sections, words_of
from workbench.report.site.render import not_showable
from workbench.store import Wave
from workbench.store.manifest import SectionRun
from workbench.store.provenance import hash_file

CELL_SECONDS = 1800
FAILED = "failed"


@dataclass(frozen=True)
class Executed:
    """A notebook that ran to its end: what it kept, what became of its sections, and where the program broke."""

    notebook: Path
    seconds: float
    parameters: dict[str, Any]
    made: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    sections: Mapping[str, SectionRun] = field(default_factory=dict)
    tracebacks: Mapping[str, str] = field(default_factory=dict)
    cost: tuple[float, float] | None = None
    rows: int = 0


class FailedChapterError(ChapterError):
    """A chapter that failed, with what its page says of it."""

    failure: SectionRun = SectionRun(state="fault")
    traceback: str = ""


def chapter_parameters(chapter: Chapter, wave: Wave) -> ChapterParameters:
    """Return the parameters of a chapter for a wave.

    Raises
    ------
    ConfigError
        If ``wave.yaml`` gives the chapter a parameter it does not have, or a wrong value.
    """
    given = wave.config.chapters.get(chapter.name, {})
    try:
        return chapter.parameters(wave_folder=str(wave.folder), **given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        known = chapter.parameters.model_fields
        hint = nearest(name, known)
        raise ConfigError(
            f"Parameters of {chapter.name} are known and valid.",
            found=f"{name}: {first['msg']}{hint}",
            fix=f"Correct 'chapters: {chapter.name}:' in wave.yaml; known: {', '.join(known)}.",
            where=str(wave.folder / "wave.yaml"),
        ) from error


def execute_chapter(chapter: Chapter, wave: Wave, notebooks: Path) -> Executed:
    """Execute a chapter's notebook in a fresh kernel and check that it really ran.

    Parameters
    ----------
    chapter
        The chapter.
    wave
        The wave to run it for.
    notebooks
        Folder of the notebooks.

    Returns
    -------
    Executed
        The executed notebook, moved to the wave's artefacts.

    Raises
    ------
    FailedChapterError
        If a cell of the chapter's ground failed, the kernel died, a cell was not executed, or a promised artefact is
        missing. The notebook as far as it came is kept and named.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.ERROR)
    parameters = chapter_parameters(chapter, wave).model_dump(mode="json")
    running = wave.artefacts / ".running" / f"{chapter.name}.ipynb"
    running.parent.mkdir(parents=True, exist_ok=True)
    for old in (wave.artefacts / FAILED).glob(f"{chapter.name}.*"):
        old.unlink()
    start = time.monotonic()
    sections, run = Sections(chapter, wave), uuid.uuid4().hex
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of nbformat, about the ids of papermill's cells
            notebook = papermill.execute_notebook(
                chapter.notebook(notebooks),
                running,
                parameters=parameters,
                kernel_name=KERNEL_NAME,
                progress_bar=False,
                engine_name=section_engine(),
                execution_timeout=CELL_SECONDS,
                sections=sections,
                run=run,
            )
    except PapermillExecutionError as error:
        # what the kernel told: papermill knows no reason where the output with the traceback did not arrive
        said = _english(sections.failure) if sections.failure else f"{error.ename}: {error.evalue}"
        raise _failed(sections, running, f"cell {error.cell_index}: {said}") from error
    except Exception as error:  # a dead kernel, a time-out, a notebook that is not one: all end the chapter
        raise _failed(sections, running, f"{type(error).__name__}: {error}") from error
    pending = [i for i, c in enumerate(notebook.cells) if c.cell_type == "code" and _not_run(c, sections)]
    if pending:
        raise _failed(sections, running, f"the kernel left at cell {pending[0]}; {len(pending)} cells did not run")
    promised = [name for name in chapter.makes if name not in sections.not_made]
    made = wave.manifest.kept_in(run, chapter.name)
    missing = [n for n in promised if n not in made or not is_whole(wave, n, made[n])]
    if missing:
        raise _failed(sections, running, f"it did not keep {', '.join(missing)}")
    unshown = not_showable(notebook, running) if chapter.home else ""
    if unshown:
        raise _failed(sections, running, unshown)
    target = wave.artefacts / "notebooks" / running.name
    target.parent.mkdir(exist_ok=True)
    private(running).replace(target)
    for name, text in sections.tracebacks.items():
        _keep_text(wave, f"{chapter.name}.{name}.txt", text)
    seconds = time.monotonic() - start
    kept = {n: h for n, h in made.items() if n not in sections.not_made}
    rows = sum(wave.manifest.artefacts[n].rows for n in kept)
    told = _warnings(notebook)
    return Executed(target, seconds, parameters, kept, told, sections.runs, sections.tracebacks, sections.cost, rows)


def _not_run(cell: Any, sections: Sections) -> bool:
    return bool(cell.source.strip()) and cell.execution_count is None and not sections.skips(cell.metadata.tags)


def _warnings(notebook: Any) -> tuple[str, ...]:
    """Return the warnings that the cells of a notebook gave, one line each."""
    texts = [o.text for c in notebook.cells for o in c.get("outputs", []) if o.get("name") == "stderr"]
    lines = [line.strip() for t in texts for line in t.splitlines() if "Warning: " in line]
    return tuple(dict.fromkeys(line[line.rindex("/") + 1 :] if "/" in line else line for line in lines))


def is_whole(wave: Wave, name: str, sha256: str) -> bool:
    """Tell whether an artefact is there, with the content it was kept with, and the wave's engine can read it."""
    entry = wave.manifest.artefacts.get(name)
    if entry is None or entry.sha256 != sha256:
        return False
    path = wave.artefacts / entry.file
    if not path.is_file() or hash_file(path) != sha256:
        return False
    return stand_in(path) is None or wave.engine.serves(path)


def _failed(sections: Sections, running: Path, found: str) -> FailedChapterError:
    chapter, wave = sections.chapter, sections.wave
    fix = "Run it in JupyterLab to see more."
    if running.exists():
        kept = wave.artefacts / FAILED / running.name
        kept.parent.mkdir(parents=True, exist_ok=True)
        private(running).replace(kept)
        fix = f"Read the notebook as far as it came: {kept}"
    error = FailedChapterError("Every cell of a chapter runs to its end.", found=found, fix=fix, where=chapter.name)
    fault = SectionRun(state="fault", title=spoken_json(chapter.title), found=found)
    error.failure, error.traceback = sections.failure or fault, "\n".join(sections.tracebacks.values())
    if error.traceback:
        _keep_text(wave, f"{chapter.name}.txt", error.traceback)
    return error


def _english(failure: SectionRun) -> str:
    texts = [w if isinstance(w, str) else w.text("en") for w in map(words_of, (failure.rule, failure.found))]
    return " ".join(t for t in texts if t)


def _keep_text(wave: Wave, name: str, text: str) -> None:
    path = wave.artefacts / FAILED / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, f"{text}\n".encode())
