"""The engine that runs a notebook cell by cell, for papermill: a cell that fails costs its section, not the chapter.

It also leaves out papermill's habit of writing the notebook before and after every cell: writing half a megabyte of
JSON a hundred times took longer than many chapters compute. papermill still writes when the notebook ends, however it
ends.
"""

from __future__ import annotations

import os
import re
from functools import cache
from typing import Any

from workbench.core.engine.collecting import ROWS_COLLECTED_MOST
from workbench.core.engine.collecting import VARIABLE as COLLECTED
from workbench.core.engine.memo import FOLDER
from workbench.core.engine.memo import VARIABLE as MEMO
from workbench.report.run.costs import COST, cost_of
from workbench.report.run.kernels import KERNEL_NAME
from workbench.report.run.raised import MIME, QUESTION, Raised
from workbench.report.run.sections import Sections
from workbench.store.scratch import OWN_VARIABLE, VARIABLE

START_SECONDS = 60
NEVER_STARTED = "Kernel died before replying"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@cache
def section_engine() -> str:
    """Register the engine with papermill and return its name; it is given `Sections` and the token of the run."""
    from nbformat import v4
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import Engine, papermill_engines

    class SectionClient(PapermillNotebookClient):  # type: ignore[misc]
        sections: Sections

        def papermill_execute_cells(self) -> None:
            self._prepare()
            for index, cell in enumerate(self.nb.cells):
                tags = cell.metadata.get("tags", [])
                # asked of prose too: a section may be nothing but a heading over others
                skipped = self.sections.skips(tags)
                if cell.cell_type != "code" or not cell.source.strip():
                    continue
                cell.outputs, cell.execution_count = [], None
                if skipped:
                    continue
                replies: list[Any] = []
                self.on_cell_error = lambda _heard=replies, **reply: _heard.append(reply["execute_reply"]["content"])
                self.execute_cell(cell, index)
                if replies and not self._goes_on(cell, tags, replies[0]):
                    return
            self.sections.cost = cost_of(self._asked(COST))

        def _prepare(self) -> None:
            """Let the kernel of a study's own chapter find what lies beside it, and show results as pages do."""
            home = self.sections.chapter.home
            if home is not None:
                code = f"from workbench.report.own.showing import prepare; prepare({str(home)!r})"
                self.wait_for_reply(self.kc.execute(code, silent=True, store_history=False, allow_stdin=False))

        def _goes_on(self, cell: Any, tags: list[str], reply: dict[str, Any]) -> bool:
            traceback = _COLOURS.sub("", "\n".join(reply.get("traceback", [])))
            raised = self._raised(reply)
            if not self.sections.failed(tags, raised, traceback):
                return False
            # papermill takes a cell with an error for the end of the notebook
            outputs = [o for o in cell.outputs if o.output_type != "error"]
            shown = {"text/plain": traceback, MIME: dict(vars(raised))}
            cell.outputs = [*outputs, v4.new_output("display_data", shown)]  # type: ignore[no-untyped-call]
            return True

        def _raised(self, reply: dict[str, Any]) -> Raised:
            """Ask the kernel what was raised, or make do with its reply where it cannot say."""
            told = Raised(reply["ename"], False, found=f"{reply['ename']}: {reply['evalue']}")
            data = self._asked(QUESTION).get(MIME)
            return Raised(**data) if data and data["kind"] == reply["ename"] else told

        def _asked(self, question: str) -> dict[str, Any]:
            """Ask the kernel for the value of an expression; nothing where it cannot say."""
            asked = self.kc.execute(
                "", silent=True, store_history=False, allow_stdin=False, user_expressions={"answer": question}
            )
            content = (self.wait_for_reply(asked) or {}).get("content", {}).get("user_expressions", {})
            told: dict[str, Any] = content.get("answer", {}).get("data", {})
            return told

    class SectionEngine(Engine):  # type: ignore[misc]
        @classmethod
        def execute_managed_notebook(
            cls, nb_man: Any, kernel_name: str, *, sections: Sections, run: str, execution_timeout: int, **_: Any
        ) -> Any:
            def execute() -> Any:
                client = SectionClient(
                    nb_man,
                    kernel_name=kernel_name,
                    timeout=execution_timeout,
                    startup_timeout=START_SECONDS,
                    shutdown_kernel="immediate",
                    allow_errors=True,
                )
                client.sections = sections
                name = sections.chapter.name
                kept = os.pathsep.join((str(sections.wave.artefacts / FOLDER), name))
                most = {COLLECTED: os.environ.get(COLLECTED, str(ROWS_COLLECTED_MOST)), MEMO: kept}
                own = {OWN_VARIABLE: name, COLLECTED: "", MEMO: ""}  # what a study reads is its own affair
                mine = own if sections.chapter.home else most
                return client.execute(env=os.environ | {VARIABLE: run} | mine)

            path, nb_man.output_path = nb_man.output_path, None
            try:
                return execute()
            except RuntimeError as error:
                # ports are chosen before the kernel binds them: another run may take one between; no cell ran
                if NEVER_STARTED not in str(error):
                    raise
                return execute()
            finally:
                nb_man.output_path = path

    papermill_engines.register(KERNEL_NAME, SectionEngine)
    return KERNEL_NAME
