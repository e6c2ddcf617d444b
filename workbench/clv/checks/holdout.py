"""Checked before believed: a model's forecast for the holdout, what happened, and what a simple rule would say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clv.checks.heuristics import METHODS, TARGETS, compare_rules, drawn_note
from workbench.clv.checks.ranking import captured
from workbench.clv.checks.tracking import calibrate, track
from workbench.clv.columns import ERROR, METHOD, SQUARED_ERROR
from workbench.clv.models.fit import Fit
from workbench.clv.models.gamma_gamma import GammaGamma
from workbench.clv.models.model import PurchaseModel
from workbench.clv.purchases.patterns import Floats, as_patterns
from workbench.clv.purchases.purchases import Purchases
from workbench.core import charts
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST: Final = 7
_OFF: Final = 0.1


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class HoldoutCheck(Result):
    """Forecast against what happened.

    Attributes
    ----------
    table
        One row per number of repeat purchases before the holdout (the last row: that many or more): ``frequency``,
        ``customers``, ``actual`` and ``predicted`` (purchases per customer in the holdout), ``simple`` (the customer's
        own past rate carried on).
    actual, predicted, simple
        Purchases of all customers in the holdout.
    ranking, simple_ranking
        Share of the holdout's purchases made by the tenth of the customers with the highest forecast of the model, and
        of the simple rule.
    tracking
        Repeat purchases by calendar period, actual and predicted, also cumulated; see `track`.
    calibration
        Tenths of the customers by their chance to buy, and how many did; see `calibrate`.
    rules
        The model and simple rules in error and in ranking; see `compare_rules`.
    rule_tests
        The model against each rule on every criterion, paired over customers, p corrected for all of them.
    hiatus_days
        Days of silence after which the hiatus rule gives a customer up.
    """

    actual: float
    predicted: float
    simple: float
    ranking: float
    simple_ranking: float
    tracking: pd.DataFrame
    calibration: pd.DataFrame
    rules: pd.DataFrame
    rule_tests: pd.DataFrame
    hiatus_days: float

    caption: ClassVar[Message] = message("Forecast and what happened")
    columns: ClassVar[Mapping[str, Column]] = {
        "frequency": Column(message("Repeat purchases before")),
        "actual": Column(message("Purchases in the holdout"), "dec2"),
        "predicted": Column(message("Forecast"), "dec2"),
        "simple": Column(message("Past rate carried on"), "dec2"),
        "target": Column(message("Forecast of")),
        "method": METHOD,
        "mae": ERROR,
        "rmse": SQUARED_ERROR,
        "gini": Column(message("Ranking (Gini)"), "dec2"),
        "top_decile": Column(message("Held by the best tenth"), "pct1"),
        "correct": Column(message("Told rightly"), "pct1"),
    }

    @property
    def off(self) -> float:
        """How far the total was off, as a share of what happened."""
        return self.predicted / self.actual - 1 if self.actual else float("inf")

    @property
    def rules_table(self) -> pd.DataFrame:
        """The model and simple rules, in words."""
        words = {
            "target": [TARGETS[t] for t in self.rules["target"]],
            "method": [METHODS[m] for m in self.rules["method"]],
        }
        named = {k: pd.Series(v, dtype=object) for k, v in words.items()}
        return self.rules.drop(columns=["target", "method"]).assign(**named)[
            ["target", "method", "mae", "rmse", "gini", "top_decile", "correct"]
        ]

    def plot(self, language: Language | None = None) -> Figure:
        """Draw purchases in the holdout and their forecast over earlier purchases."""

        def draw(ax: Axes) -> None:
            at = np.arange(len(self.table))
            series = (
                ("actual", "o-", message("Purchases in the holdout")),
                ("predicted", "s--", message("Forecast")),
                ("simple", "^:", message("Past rate carried on")),
            )
            for column, style, label in series:
                ax.plot(at, self.table[column], style, label=charts.text(label, language))
            ax.set_xticks(at, self.table["frequency"].tolist())
            ax.set_xlabel(charts.text(message("Repeat purchases before"), language))
            ax.set_ylabel(charts.text(message("Purchases per customer"), language))
            ax.set_ylim(bottom=0)
            ax.legend()

        return charts.draw_figure(draw)

    def plot_tracking(self, language: Language | None = None) -> Figure:
        """Draw repeat purchases of the whole base per week over the calendar, with the start of the holdout."""
        weeks = self.tracking["days"] / 7
        lines = self.tracking["actual"] / weeks, self.tracking["predicted"] / weeks
        return self._over_calendar(lines, message("Repeat purchases per week"), language)

    def plot_cumulated(self, language: Language | None = None) -> Figure:
        """Draw cumulated repeat purchases of the whole base over the calendar, with the start of the holdout."""
        lines = self.tracking["actual_cumulated"], self.tracking["predicted_cumulated"]
        return self._over_calendar(lines, message("Repeat purchases, cumulated"), language)

    def _over_calendar(self, lines: tuple[pd.Series, pd.Series], label: Message, language: Language | None) -> Figure:

        def draw(ax: Axes) -> None:
            days = pd.to_datetime(self.tracking["end"])
            ax.plot(days, lines[0], "-", label=charts.text(message("Happened"), language))
            ax.plot(days, lines[1], "--", label=charts.text(message("Forecast"), language))
            from matplotlib.dates import date2num

            cut = float(date2num(days[~self.tracking["holdout"]].max()))  # type: ignore[no-untyped-call]
            ax.axvline(cut, color=charts.MUTED, linestyle=":", linewidth=1.2)
            ax.annotate(
                charts.text(message("holdout"), language),
                (cut, 1.0),
                xycoords=("data", "axes fraction"),
                xytext=(4, -12),
                textcoords="offset points",
                color=charts.MUTED,
            )
            ax.set_ylabel(charts.text(label, language))
            ax.set_ylim(bottom=0)
            charts.format_axis(ax.yaxis, "int", language)
            # a drawing this narrow has room for few dates
            shown = days.iloc[:: max(len(days) // 3, 1)]
            at = date2num(shown)  # type: ignore[no-untyped-call]
            ax.set_xticks(at, [f"{day:%Y-%m}" for day in shown])
            ax.legend(loc="upper left")

        return charts.draw_figure(draw)

    def plot_calibration(self, language: Language | None = None) -> Figure:
        """Draw the share who bought over the chance told beforehand."""

        def draw(ax: Axes) -> None:
            rows = self.calibration
            ax.plot([0, 1], [0, 1], "--", color=charts.MUTED, linewidth=1)
            ax.vlines(rows["predicted"], rows["ci_low"], rows["ci_high"], color=charts.ACCENT)
            ax.plot(rows["predicted"], rows["actual"], "o", color=charts.ACCENT)
            ax.set_xlabel(charts.text(message("Chance to buy, told beforehand"), language))
            ax.set_ylabel(charts.text(message("Share who bought"), language))
            most = min(1.0, 1.1 * float(max(rows["predicted"].max(), rows["ci_high"].max())))
            ax.set_xlim(0, most)
            ax.set_ylim(0, most)
            charts.format_axis(ax.xaxis, "pct", language)
            charts.format_axis(ax.yaxis, "pct", language)

        return charts.draw_figure(draw)


def check_holdout(
    purchases: Purchases,
    model: Fit | PurchaseModel,
    spend_model: Fit | GammaGamma | None = None,
    *,
    hiatus_days: float = 180.0,
) -> HoldoutCheck:
    """Compare the forecast for the holdout with what happened, in total, by frequency and in ranking.

    Parameters
    ----------
    purchases
        A summary made with ``holdout_from``.
    model
        A fit to it, or a model with known parameters in its unit.
    spend_model
        A model of amounts, to hold amounts against last year's, too.
    hiatus_days
        Days of silence after which the hiatus rule gives a customer up.

    Returns
    -------
    HoldoutCheck
        With a note of caution where the total is off by more than a tenth, and a note where the simple rule, each
        customer's past rate x / T carried on, ranks customers as well.

    Raises
    ------
    InputError
        If there is no holdout, or the units disagree.

    Examples
    --------
    >>> import datetime as dt
    >>> from workbench.clv import BgNbd, purchase_summary
    >>> days = pd.to_datetime(["2026-01-01", "2026-01-20", "2026-03-01", "2026-01-10"])
    >>> orders = pd.DataFrame({"customer_id": list("aaab"), "ordered_at": days, "amount": [10.0, 20, 30, 5]})
    >>> histories = purchase_summary(orders, observed_until=dt.date(2026, 3, 31), holdout_from=dt.date(2026, 2, 1))
    >>> round(check_holdout(histories, BgNbd(r=0.9, alpha=40.0, a=0.6, b=14.0)).actual)
    1
    """
    if purchases.holdout_until is None:
        raise InputError(
            "There is a holdout to check against.",
            found="histories without a holdout",
            fix="Write purchase_summary(..., holdout_from=date).",
            where="purchases",
        )
    if isinstance(model, Fit) and model.unit != purchases.unit:
        raise InputError(
            "The model's unit of time is that of the purchases.",
            found=f"a model in {model.unit}s and purchases in {purchases.unit}s",
            fix="Fit the model to these purchases.",
            where="model",
        )
    asked = model.model if isinstance(model, Fit) else model
    if not isinstance(asked, PurchaseModel):
        raise InputError(
            "A forecast needs a model of purchases.",
            found=type(asked).__name__,
            fix="Pass the fit of fit_bg_nbd or another model of purchases.",
            where="model",
        )
    horizon = (purchases.holdout_until - purchases.observed_until).days / purchases.days_per_unit
    p = as_patterns(purchases)
    actual = purchases.patterns["holdout"].to_numpy(dtype=float)
    forecast = asked.expected_purchases(horizon, p.x, p.t_x, p.T)
    plain = np.where(p.T > 0, p.x / np.where(p.T > 0, p.T, 1), 0.0) * horizon
    table = _by_frequency(p.x, p.count, actual, forecast, plain)
    totals = float(actual.sum()), float(forecast @ p.count), float(plain @ p.count)
    ranks = captured(forecast, actual, p.count), captured(plain, actual, p.count)
    rules, tests = compare_rules(purchases, asked, spend_model, horizon=horizon, hiatus_days=hiatus_days)
    return HoldoutCheck(
        table=table,
        actual=totals[0],
        predicted=totals[1],
        simple=totals[2],
        ranking=ranks[0],
        simple_ranking=ranks[1],
        tracking=track(purchases, asked),
        calibration=calibrate(purchases, asked, horizon),
        rules=rules,
        rule_tests=tests,
        hiatus_days=hiatus_days,
        notes=(*_notes(totals, ranks), *drawn_note(purchases.customers)),
    )


def _by_frequency(x: np.ndarray, count: Floats, actual: Floats, forecast: Floats, plain: Floats) -> pd.DataFrame:
    group = np.minimum(x, _MOST)
    customers = np.bincount(group, count, _MOST + 1)
    some = customers > 0
    names = np.array([*map(str, range(_MOST)), f"{_MOST}+"], dtype=object)
    means = {
        name: np.bincount(group, sums, _MOST + 1)[some] / customers[some]
        for name, sums in (("actual", actual), ("predicted", forecast * count), ("simple", plain * count))
    }
    return pd.DataFrame({"frequency": names[some], "customers": customers[some].astype(np.int64), **means})


def _notes(totals: tuple[float, float, float], ranks: tuple[float, float]) -> list[Note]:
    actual, predicted, _ = totals
    off = predicted / actual - 1 if actual else float("inf")
    found = [
        Note(
            message(
                "Forecast {predicted:int} purchases in the holdout, {actual:int} happened ({off:signed1} %).",
                predicted=predicted,
                actual=actual,
                off=100 * off,
            ),
            "caution" if abs(off) > _OFF else "info",
        )
    ]
    text = message(
        "The tenth with the highest forecast made {model:pct} of the purchases; with past rates carried on it is "
        "{simple:pct}.",
        model=ranks[0],
        simple=ranks[1],
    )
    found.append(Note(text, "caution" if ranks[1] >= ranks[0] else "info"))
    return found
