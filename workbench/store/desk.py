"""What an analyst asks a wave for in one line: its respondents, its design, a table, the NPS, files for others.

What answers lies above the store, which stands on nothing of the report and of statistics; so it is found by name.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

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
