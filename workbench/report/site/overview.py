"""All studies and waves of a folder at a glance: how far each is, and where its report stands."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import ClassVar

import pandas as pd

from workbench.core.errors import ConfigError
from workbench.core.language import Language, Message, current_language, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.core.speeches import SPEECHES
from workbench.report.chapters.columns import WAVE
from workbench.report.site.editions import STATES, read_edition, status_of
from workbench.report.site.next_steps import CORRECT, NextStep, next_step
from workbench.store import Wave, read_wave_file
from workbench.store.manifest import read_manifest
from workbench.store.taking import ARTEFACTS
from workbench.store.wave import find_folder
from workbench.store.wave_file import wave_files

INVALID = "invalid"
WORDS: Mapping[str, Message] = {**STATES, INVALID: message("wave.yaml has a fault")}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Waves(Result):
    """Every wave below a folder, the newest first.

    Attributes
    ----------
    table
        ``study``, ``wave``, ``as_of``, ``status`` (planned, in_field, reported, or invalid), ``tables`` (taken in),
        ``chapters`` (run), ``made`` (when its report was published; missing without one), ``folder``, ``next`` (what
        comes next, in English) and ``command`` (what does it).
    steps
        Folder → what comes next.
    root
        Folder of the studies; ``folder`` is told from the one it lies in.
    reports
        Folder of the site.
    """

    root: Path
    reports: Path
    steps: Mapping[str, NextStep]

    caption: ClassVar[Message] = message("Studies and waves")
    columns: ClassVar[Mapping[str, Column]] = {
        "study": Column(message("Study")),
        "wave": WAVE,
        "as_of": Column(message("Data to")),
        "status": Column(message("Status")),
        "tables": Column(message("Tables taken in"), "int"),
        "chapters": Column(message("Chapters run"), "int"),
        "made": Column(message("Report made")),
        "folder": Column(message("Folder")),
        "next": Column(message("What comes next")),
        "command": Column(message("Command")),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its states in `language`."""
        states = [WORDS[s].text(language) for s in self.table["status"]]
        return self.table.assign(status=states, next=[self.steps[f].text.text(language) for f in self.table["folder"]])

    @property
    def newest(self) -> Path:
        """Folder of the newest wave that has tables; of the newest one of all where none has.

        Raises
        ------
        ConfigError
            If there is no wave.
        """
        usable = self.table[self.table["status"] != INVALID]
        if usable.empty:
            raise ConfigError(
                "There is a wave to open.",
                found=f"no folder with a valid wave.yaml in {self.root}",
                fix="Make the demo with 'make report', or start a wave: workbench new data/acme/2026q4",
            )
        with_tables = usable[usable["tables"] > 0]
        return self.root.parent / str((usable if with_tables.empty else with_tables)["folder"].iloc[0])

    def open_newest(self) -> Wave:
        """Open the newest wave."""
        return Wave.open(self.newest)

    def _repr_html_(self) -> str:
        language = current_language()
        front = self.reports / f"index{SPEECHES[language].suffix}.html"
        text = message("The reports").text(language)
        # JupyterLab follows links from where the notebook lies, and none to files of the machine
        address = escape(os.path.relpath(front))
        link = f'<p><a href="{address}">{escape(text)}</a></p>' if front.is_file() else ""
        return self.to_html(language) + link


def all_waves(data: str | Path = "data", *, reports: str | Path = "reports") -> Waves:
    """List every wave below a folder with its state; nothing is read in and nothing is run.

    Parameters
    ----------
    data
        Folder of the studies, from where you stand or from any folder above.
    reports
        Folder of the site.

    Returns
    -------
    Waves
        Alone in a cell it shows them; ``open_newest()`` opens the newest one.

    Examples
    --------
    >>> all_waves("no/such/folder").table["wave"].tolist()
    []
    """
    root, site = find_folder(Path(data)), find_folder(Path(reports))
    rows, faults, steps = [], [], {}
    for file in wave_files(root):
        folder = file.parent
        place = str(folder.relative_to(root.parent))
        try:
            row, steps[place] = _row(folder, site, place)
            rows.append(row)
        except ConfigError as error:
            faults.append(Note(message("{folder}: {fault}", folder=folder.name, fault=error.found), "caution"))
            steps[place] = NextStep(CORRECT, f"workbench check {place}")
            blank = {"study": folder.parent.name, "wave": folder.name, "as_of": "", "status": INVALID}
            rows.append(blank | {"tables": 0, "chapters": 0, "made": "", "folder": place} | _told(steps[place]))
    table = pd.DataFrame(rows, columns=list(Waves.columns))
    order = table.sort_values(["as_of", "study", "wave"], ascending=[False, True, False], kind="stable")
    return Waves(table=order.reset_index(drop=True), notes=tuple(faults), root=root, reports=site, steps=steps)


def _row(folder: Path, site: Path, place: str) -> tuple[dict[str, object], NextStep]:
    config = read_wave_file(folder)
    manifest = read_manifest(folder / ARTEFACTS)
    edition = read_edition(site / config.study / config.wave)
    wave = Wave(folder, config, {})
    step = next_step(wave, edition, place)
    row = {
        "study": config.study,
        "wave": config.wave,
        "as_of": config.as_of.isoformat(),
        "status": status_of(wave),
        "tables": len(manifest.tables),
        "chapters": len(manifest.chapters),
        "made": str(edition.get("made", ""))[:16].replace("T", " "),
        "folder": place,
    }
    return row | _told(step), step


def _told(step: NextStep) -> dict[str, str]:
    return {"next": step.text.text("en"), "command": step.command}
