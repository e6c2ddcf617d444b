"""What an analyst asks a wave for in one line: its respondents, its design, a table, the NPS, files for others.

What answers lies above the store, which stands on nothing of the report and of statistics; so it is found by name.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.figure import Figure

ANALYSIS = "workbench.report.analysis"


class Desk:
    """The questions that a `workbench.store.Wave` answers by itself."""

    @property
    def respondents(self) -> pd.DataFrame:
        """The answers with weights, the columns of the frame, tier, segment and value of each respondent."""
        answers: pd.DataFrame = import_module(ANALYSIS).respondents_of(self)
        return answers

    @property
    def design(self) -> Any:
        """How the respondents were drawn and weighted, for every estimate: a `workbench.estimation.Design`."""
        return import_module(ANALYSIS).design_of(self)

    def tabulate(self, rows: Any, by: Any = (), **options: Any) -> Any:
        """Put questions by groups into a table under the design of the wave.

        Parameters
        ----------
        rows, by, **options
            ``rows``, ``columns`` and the others of `workbench.tabulation.tabulate`.

        Returns
        -------
        workbench.tabulation.Tabulation
            Shown with letters and bases; ``against="previous"`` compares with the wave before. `region`, `tier`,
            `segment` and the columns of the frame can be groups.
        """
        return import_module(ANALYSIS).tabulate_wave(self, rows, by, **options)

    def trend(self, rows: Any, waves: int = 8, by: Any = (), **options: Any) -> Any:
        """Follow questions over the last waves of the study: estimates, intervals, and what clearly moved.

        Parameters
        ----------
        rows, by, **options
            ``rows``, ``columns`` and the others of `workbench.tabulation.trend`.
        waves
            Of how many waves, this one included.

        Returns
        -------
        workbench.tabulation.Trend
            With intervals, arrows and a picture; where wording or scale changed (``questions: … since:``, ``marks:``),
            nothing is compared across it.
        """
        return import_module(ANALYSIS).trend_of(self, rows, waves, by, **options)

    def nps(self, by: Any = None, **options: Any) -> Any:
        """Estimate the NPS of everybody or of groups under the design of the wave.

        Parameters
        ----------
        by, **options
            As of `workbench.nps.net_promoter_score`.

        Returns
        -------
        workbench.nps.NetPromoterScore
            With intervals and a picture.
        """
        return import_module(ANALYSIS).nps_of(self, by, **options)

    def plot(self, rows: Any, by: Any = (), waves: int = 1, **options: Any) -> Figure:
        """Draw a question by groups, or over the last waves, with intervals under the design of the wave.

        Parameters
        ----------
        rows, by
            As of `tabulate`: ``wave.plot("recommend", by="region")``.
        waves
            More than one draws lines over so many waves: ``wave.plot("recommend", waves=8)``.
        **options
            ``row`` (which row of the question, such as ``"Mean"``; the one that stands for it by default) and the
            others of `tabulate`.

        Returns
        -------
        matplotlib.figure.Figure
            What a panel on a page looks like: colours, language and format are the report's.
        """
        figure: Figure = import_module(ANALYSIS).plot_of(self, rows, by, waves, **options)
        return figure

    def adopt(self, name: str) -> Path:
        """Keep for good what this notebook has kept by hand, for everybody who opens the wave.

        Parameters
        ----------
        name
            What ``wave.keep`` was given. A report goes by nothing that is adopted, so names of what chapters make
            cannot be.

        Returns
        -------
        pathlib.Path
            The Parquet file in the wave's folder.
        """
        path: Path = import_module(ANALYSIS).adopt(self, name)
        return path

    def verbatims(self, **chosen: Any) -> Any:
        """Read what customers wrote, personal details masked, by topic, score, group and tone.

        Parameters
        ----------
        **chosen
            ``topic="price"``, ``score="detractors"`` or ``[0, 1]``, ``group={"region": "North"}``,
            ``tone="complaint"``, ``words="queue"``: as `workbench.nps.Verbatims.filter` has them.

        Returns
        -------
        workbench.nps.Verbatims
            Its ``table`` holds all that were chosen, ``filter`` narrows them; shown are the first 50.
        """
        return import_module("workbench.report.words").verbatims_of(self, **chosen)

    def export(self, to: str = "spss", **options: Any) -> Any:
        """Write the answers, or others of its tables, for SPSS, SAS, Stata, Excel or as Parquet.

        Parameters
        ----------
        to
            ``spss``, ``sas``, ``stata``, ``excel`` or ``parquet``.
        **options
            ``tables``, ``folder``, ``language``, ``ids``: as `workbench.report.export.wave_files.export_wave` has them.

        Returns
        -------
        list of workbench.report.export.files.Written
            For each table its files, its variables, and what the format could not hold.
        """
        return import_module("workbench.report.export.wave_files").export_wave(self, to, **options)
