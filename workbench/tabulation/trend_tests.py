"""What is tested of a trend: the newest wave against others, the slope, and whether anything moved at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np

from workbench.core.checks import Floats
from workbench.estimation.comparisons import adjust_p
from workbench.estimation.intervals import quantile_t
from workbench.estimation.wave_trend import FEWEST_WAVES
from workbench.tabulation.comparisons import FEW, NO_SPREAD, TESTED
from workbench.tabulation.trend_lines import Asked, OfQuestion
from workbench.tabulation.wave_tests import anything_moved, slope_of

PREVIOUS, YEAR, FIRST, SLOPE, ANY = "previous", "a year ago", "first", "slope", "any"
SEASON = dt.timedelta(days=45)
CHANGED = "the question changed"
FEW_WAVES = "too few waves"


def season_before(ended: Sequence[dt.date | None]) -> int | None:
    """Return the place of the wave that ended about a year before the last one; None where there is none.

    Examples
    --------
    >>> days = [dt.date(2025, 6, 20), dt.date(2025, 9, 30), dt.date(2026, 7, 1)]
    >>> season_before(days)
    0
    """
    newest = ended[-1]
    if newest is None:
        return None
    wanted = newest - dt.timedelta(days=365)
    near = [(abs(d - wanted), i) for i, d in enumerate(ended[:-1]) if d is not None and abs(d - wanted) <= SEASON]
    return min(near)[1] if near else None


def verdicts_over_waves(one: OfQuestion, asked: Asked) -> list[dict[str, Any]]:
    """Return the tests of a question, a line for each cell and test.

    Returns
    -------
    list of dict
        ``question``, ``row``, ``group``, ``column``, ``test`` (previous, a year ago, first, slope, any), ``since``,
        ``until`` (waves), ``waves`` (how many it rests on), ``estimate``, ``std_error``, ``ci_low``, ``ci_high``,
        ``statistic``, ``df``, ``df_error`` (of F), ``p_value``, ``p_adjusted``, ``verdict``, ``reason``.
    """
    waves = one.asked_in
    if len(waves) < 2:
        return []
    newest = int(waves[-1])
    lines: list[dict[str, Any]] = []
    season = season_before(asked.ended[: newest + 1])
    sides = [(PREVIOUS, int(waves[-2])), (YEAR, season if season in waves else None), (FIRST, _first(one, waves))]
    for name, before in sides:
        if before is not None:
            lines += _against(one, asked, name, int(before), newest)
    lines += _along(one, asked)
    _correct(lines, asked)
    return lines


def _first(one: OfQuestion, waves: np.ndarray) -> int:
    comparable = one.comparable
    return int(comparable[0]) if len(comparable) > 1 else int(waves[0])


def _against(one: OfQuestion, asked: Asked, name: str, before: int, newest: int) -> list[dict[str, Any]]:
    broken = bool(one.breaks[before + 1 : newest + 1].any())
    c = one.change(before, newest, asked)
    assert c.reach is not None and c.own_freedom is not None
    reach = quantile_t(asked.level, c.own_freedom) * c.reach
    nothing = np.nan
    lines = []
    for j, k in np.ndindex(*c.difference.shape):
        known = not broken and np.isfinite(c.difference[j, k])
        # who has no answers in one of the waves is not compared, and that needs no words
        reason = CHANGED if broken else str(c.reason[j, k]) if known else ""
        lines.append(
            {
                **_cell(one, j, k),
                "test": name,
                "since": asked.names[before],
                "until": asked.names[newest],
                "waves": 2,
                "estimate": c.difference[j, k] if known else nothing,
                "std_error": c.std_error[j, k] if known else nothing,
                "ci_low": c.difference[j, k] - reach[j, k] if known else nothing,
                "ci_high": c.difference[j, k] + reach[j, k] if known else nothing,
                "statistic": c.statistic[j, k] if known and not reason else nothing,
                "df": c.freedom[j, k] if known else nothing,
                "df_error": nothing,
                "p_value": c.p_value[j, k] if known else nothing,
                "reason": reason,
            }
        )
    return lines


def _along(one: OfQuestion, asked: Asked) -> list[dict[str, Any]]:
    """Return slope and joint test of each cell over the waves that can be compared and are large enough."""
    _, wide, rows = one.rows.estimate.shape
    lines = []
    for j in range(wide):
        for k in range(rows):
            waves = one.comparable
            y, n = one.rows.estimate[waves, j, k], one.rows.n[waves, j, k]
            waves = waves[np.isfinite(y) & (n >= asked.minimum)]
            v = one.rows.covariance[np.ix_(waves, waves)][:, :, j, k]
            common = {
                **_cell(one, j, k),
                "since": asked.names[waves[0]] if len(waves) else "",
                "until": asked.names[waves[-1]] if len(waves) else "",
                "waves": len(waves),
            }
            lines += [{**common, **told} for told in _slope_and_any(one, asked, waves, v, j, k)]
    return lines


def _slope_and_any(
    one: OfQuestion, asked: Asked, waves: np.ndarray, v: Floats, j: int, k: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    nothing = dict.fromkeys(
        ("estimate", "std_error", "ci_low", "ci_high", "statistic", "df", "df_error", "p_value"), float("nan")
    )
    if len(waves) < FEWEST_WAVES or not np.isfinite(v).all():
        reason = FEW_WAVES if len(waves) < FEWEST_WAVES else NO_SPREAD
        return {**nothing, "test": SLOPE, "reason": reason}, {**nothing, "test": ANY, "reason": reason}
    y, freedom = one.rows.estimate[waves, j, k], float(one.rows.degrees[j])
    line = slope_of(y, v, waves.astype(float), freedom, one.rows.freedom[waves, j, k])
    reach = float(quantile_t(asked.level, np.array([line.freedom]))[0]) * line.std_error
    slope = {
        **nothing,
        "test": SLOPE,
        "estimate": line.estimate,
        "std_error": line.std_error,
        "ci_low": line.estimate - reach,
        "ci_high": line.estimate + reach,
        "statistic": line.estimate / line.std_error if line.std_error > 0 else float("nan"),
        "df": line.freedom,
        "p_value": line.p_value,
        "reason": TESTED if np.isfinite(line.p_value) else NO_SPREAD,
    }
    effective = None
    if one.rows.shares[k] and asked.test == "design":
        effective = np.array([one.rows.cells[w].kish[j, k] for w in waves])
    f, top, below, p = anything_moved(y, v, freedom, effective=effective)
    any_ = {**nothing, "test": ANY, "statistic": f, "df": top, "df_error": below, "p_value": p}
    return slope, {**any_, "reason": TESTED if np.isfinite(p) else NO_SPREAD}


def _cell(one: OfQuestion, j: int, k: int) -> dict[str, Any]:
    key = one.columns.key
    return {
        "question": one.name,
        "row": one.measured.names[k],
        "group": key["group"].iloc[j],
        "column": key["column"].iloc[j],
    }


def _correct(lines: list[dict[str, Any]], asked: Asked) -> None:
    """Put corrected p-values and verdicts to the lines: over the columns of a row and test, the total by itself."""
    families: dict[tuple[str, str, bool], list[dict[str, Any]]] = {}
    for line in lines:
        families.setdefault((line["test"], line["row"], line["group"] == "total"), []).append(line)
    for family in families.values():
        adjusted = adjust_p(np.array([line["p_value"] for line in family], dtype=float), asked.correction)
        for line, p in zip(family, adjusted, strict=True):
            line["p_adjusted"] = float(p)
            line["verdict"] = _verdict(line, asked.level)


def _verdict(line: dict[str, Any], level: float) -> str:
    if line["reason"] == FEW:
        return FEW
    if line["reason"] or not np.isfinite(line["p_adjusted"]):
        return ""
    clear = line["p_adjusted"] <= 1 - level
    if line["test"] == ANY:
        return "moved" if clear else "no clear change"
    if not clear:
        return "no clear change"
    return "up" if line["estimate"] > 0 else "down"
