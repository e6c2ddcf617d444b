"""A wave from a file that somebody sent: picked in JupyterLab, understood, and made into a report."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
from html import escape
from os.path import relpath
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from workbench.core.errors import WorkbenchError
from workbench.core.language import Message, current_language, message
from workbench.core.speeches import SPEECHES
from workbench.store.scaffold_from import start_wave
from workbench.store.wave import find_folder
from workbench.store.wave_file import FILE_NAME

WIDE = "28em"


def start_from_file(data: str | Path = "data", reports: str | Path = "reports") -> widgets.VBox:
    """Show what is needed to make a wave, and its report, from a file.

    Parameters
    ----------
    data
        Folder of the studies.
    reports
        Folder of the site.

    Returns
    -------
    ipywidgets.VBox
        Fields for files, study and wave; a button that starts the wave and shows what was understood of its files;
        and one that makes the report and leads to it.

    Notes
    -----
    It does what ``workbench new FOLDER --from FILE`` and ``workbench report FOLDER`` do.
    """
    return _Picker(find_folder(Path(data)), find_folder(Path(reports))).box


class _Picker:
    """The fields, the two buttons, and what they say."""

    def __init__(self, data: Path, reports: Path) -> None:
        self.data, self.reports = data, reports
        today = dt.date.today()
        self.files = widgets.FileUpload(
            multiple=True, description=_said(message("Choose files")), layout=widgets.Layout(width=WIDE)
        )
        self.study = _field(message("Study"), "my-study")
        self.wave = _field(message("Wave"), f"{today.year}q{(today.month + 2) // 3}")
        self.start = widgets.Button(description=_said(message("Start the wave")), button_style="primary")
        self.report = widgets.Button(description=_said(message("Make the report")), disabled=True)
        self.told = widgets.HTML()
        self.start.on_click(self._start)
        self.report.on_click(self._report)
        buttons = widgets.HBox([self.start, self.report])
        self.box = widgets.VBox([self.files, self.study, self.wave, buttons, self.told])

    @property
    def folder(self) -> Path:
        """Folder of the wave."""
        return self.data / str(self.study.value).strip() / str(self.wave.value).strip()

    def _start(self, _: Any) -> None:
        """Put the files into a new wave and show what was understood of them."""
        if not self.files.value:
            self._say(message("Choose a file first."))
            return
        with tempfile.TemporaryDirectory() as aside:
            picked = []
            for file in self.files.value:
                # a name is taken without any folder, whatever a browser sends
                picked.append((Path(aside) / Path(file["name"]).name, None))
                picked[-1][0].write_bytes(bytes(file["content"]))
            try:
                found = start_wave(self.folder, picked)
            except WorkbenchError as error:
                self.told.value = f"<pre>{escape(str(error))}</pre>"
                return
        lines = [f"{p.file.name}: {p.table or '?'}; {'; '.join(p.what)}" for p in found]
        place = self.folder / FILE_NAME
        after = _said(message("Correct it where it is wrong, then make the report."))
        self.told.value = (
            f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
            f'<p><a href="{escape(relpath(place))}">{escape(relpath(place, self.data.parent))}</a> · {after}</p>'
        )
        self.report.disabled = False

    def _report(self, _: Any) -> None:
        """Run the wave and show how far it is; a process of its own, as at night."""
        command = [sys.executable, "-m", "workbench.cli", "report", str(self.folder), "--reports", str(self.reports)]
        self.report.disabled = True
        lines: list[str] = []
        # notebooks ask for colours, which would be signs in the text here
        quiet = {k: v for k, v in os.environ.items() if k != "FORCE_COLOR"}
        with subprocess.Popen(
            command, cwd=self.data.parent, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as running:
            for line in running.stdout or ():
                lines.append(line.rstrip())
                self.told.value = f"<pre>{escape(chr(10).join(lines[-12:]))}</pre>"
        self.report.disabled = False
        suffix = SPEECHES[current_language()].suffix
        front = self.reports / self.study.value.strip() / self.wave.value.strip() / f"index{suffix}.html"
        if front.is_file():
            text = escape(_said(message("Open the report")))
            self.told.value += f'<p><a href="{escape(relpath(front))}">{text}</a></p>'

    def _say(self, text: Message) -> None:
        self.told.value = f"<p>{escape(_said(text))}</p>"


def _field(label: Message, value: str) -> widgets.Text:
    return widgets.Text(value=value, description=_said(label), layout=widgets.Layout(width=WIDE))


def _said(text: Message) -> str:
    return text.text(current_language())
