"""Running one notebook through papermill, and believing only what can be checked.

papermill warns of unknown parameters and runs on; it marks the cells of a killed kernel as completed and calls
``sys.exit(0)`` a success. Here parameters are validated first, and a run counts only if no exception was raised, every
code cell was executed, and every artefact the chapter promises is there.
"""

from __future__ import annotations

import logging
import sys
import time
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workbench.core.errors import ChapterError, ConfigError, nearest
from workbench.report.chapter import Chapter, ChapterParameters
from workbench.report.run.kernels import KERNEL_NAME
from workbench.store import Wave
from workbench.store.provenance import hash_file

# nbformat's JSON Schema library would import a grammar that costs a second and is not used
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

CELL_SECONDS = 1800


@dataclass(frozen=True)
class Executed:
    """A notebook that ran well."""

    notebook: Path
    seconds: float
    parameters: dict[str, Any]
    warnings: tuple[str, ...] = ()


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
    ChapterError
        If a cell failed, the kernel died, a cell was not executed, or a promised artefact is missing. The notebook as
        far as it came is kept and named.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.ERROR)
    parameters = chapter_parameters(chapter, wave).model_dump(mode="json")
    running = wave.artefacts / ".running" / f"{chapter.name}.ipynb"
    running.parent.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    replies: list[dict[str, Any]] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of nbformat, about the ids of papermill's cells
            notebook = papermill.execute_notebook(
                notebooks / f"{chapter.name}.ipynb",
                running,
                parameters=parameters,
                kernel_name=KERNEL_NAME,
                progress_bar=False,
                engine_name=_quiet_engine(),
                execution_timeout=CELL_SECONDS,
                shutdown_kernel="immediate",
                on_cell_error=lambda **reply: replies.append(reply["execute_reply"]["content"]),
            )
    except PapermillExecutionError as error:
        # the kernel's own reply: papermill knows no reason where the output with the traceback did not arrive
        said = replies[-1] if replies else {"ename": error.ename, "evalue": error.evalue}
        raise _failed(chapter, wave, running, f"cell {error.cell_index}: {said['ename']}: {said['evalue']}") from error
    except Exception as error:  # a dead kernel, a time-out, a notebook that is not one: all end the chapter
        raise _failed(chapter, wave, running, f"{type(error).__name__}: {error}") from error
    pending = [i for i, c in enumerate(notebook.cells) if c.cell_type == "code" and _not_run(c)]
    if pending:
        raise _failed(chapter, wave, running, f"the kernel left at cell {pending[0]}; {len(pending)} cells did not run")
    missing = [name for name in chapter.makes if not _is_kept(wave, name, chapter)]
    if missing:
        raise _failed(chapter, wave, running, f"it did not keep {', '.join(missing)}")
    target = wave.artefacts / "notebooks" / running.name
    target.parent.mkdir(exist_ok=True)
    running.replace(target)
    (wave.artefacts / "failed" / running.name).unlink(missing_ok=True)
    return Executed(target, time.monotonic() - start, parameters, _warnings(notebook))


@cache
def _quiet_engine() -> str:
    """Register papermill's own engine without its habit of writing the notebook before and after every cell.

    Writing half a megabyte of JSON a hundred times took longer than many chapters compute. papermill still writes when
    the notebook ends, however it ends.
    """
    from papermill.engines import NBClientEngine, papermill_engines

    class SavedAtTheEnd(NBClientEngine):  # type: ignore[misc]
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> Any:
            path, nb_man.output_path = nb_man.output_path, None
            try:
                return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
            finally:
                nb_man.output_path = path

    papermill_engines.register(KERNEL_NAME, SavedAtTheEnd)
    return KERNEL_NAME


def _not_run(cell: Any) -> bool:
    return bool(cell.source.strip()) and cell.execution_count is None


def _warnings(notebook: Any) -> tuple[str, ...]:
    """Return the warnings that the cells of a notebook gave, one line each."""
    texts = [o.text for c in notebook.cells for o in c.get("outputs", []) if o.get("name") == "stderr"]
    lines = [line.strip() for t in texts for line in t.splitlines() if "Warning: " in line]
    return tuple(dict.fromkeys(line[line.rindex("/") + 1 :] if "/" in line else line for line in lines))


def _is_kept(wave: Wave, name: str, chapter: Chapter) -> bool:
    entry = wave.manifest.artefacts.get(name)
    if entry is None or entry.made_by != chapter.name:
        return False
    path = wave.artefacts / entry.file
    return path.is_file() and hash_file(path) == entry.sha256


def _failed(chapter: Chapter, wave: Wave, running: Path, found: str) -> ChapterError:
    kept = wave.artefacts / "failed" / running.name
    kept.parent.mkdir(parents=True, exist_ok=True)
    fix = "Run it in JupyterLab to see more."
    if running.exists():
        running.replace(kept)
        fix = f"Read the notebook as far as it came: {kept}"
    return ChapterError("Every cell of a chapter runs to its end.", found=found, fix=fix, where=chapter.name)
