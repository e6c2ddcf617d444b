"""Response propensity: who was likely to answer, from what is known about everybody asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.calls import takes_columns
from workbench.core.checks import Codes, Floats, flag_column, level_codes, number_column, weight_column
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.weighting.columns import ASKED, RESPONDENTS, RESPONSE_RATE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

IMBALANCE = 0.1


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ResponsePropensity(Result):
    """Estimated chances of answering and the classes made of them.

    Attributes
    ----------
    table
        One row per class: ``propensity_class``, ``asked``, ``respondents``, ``response_rate`` (weighted), ``low``,
        ``high`` (range of propensities).
    propensity
        Estimated chance of answering of each row of the input.
    classes
        Class of each row (1 = least likely), to be passed on to `adjust_nonresponse`.
    balance
        One row per variable (level): ``variable``, ``before`` and ``after``: standardised difference between those who
        answered and everybody asked, without and with weighting by class.
    """

    propensity: pd.Series
    classes: pd.Series
    balance: pd.DataFrame

    caption: ClassVar[Message] = message("Response propensity classes")
    columns: ClassVar[Mapping[str, Column]] = {
        "propensity_class": Column(message("Propensity class")),
        "asked": ASKED,
        "respondents": RESPONDENTS,
        "response_rate": RESPONSE_RATE,
        "low": Column(message("Lowest propensity"), "pct1"),
        "high": Column(message("Highest propensity"), "pct1"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the response rate of each class."""

        def draw(ax: Axes) -> None:
            labels = [str(c) for c in self.table["propensity_class"]]
            charts.bar_rows(ax, labels, self.table["response_rate"].tolist(), style="pct1", language=language)
            ax.set_xlabel(charts.text(message("Response rate"), language))

        return charts.draw_figure(draw)


@takes_columns("responded", "weight", many=["predictors"])
def response_propensity(
    data: pd.DataFrame,
    *,
    predictors: Sequence[str],
    responded: str = "responded",
    weight: str | None = None,
    classes: int = 5,
) -> ResponsePropensity:
    """Estimate by logistic regression how likely each customer asked was to answer, and cut the chances into classes.

    Parameters
    ----------
    data
        One row per customer asked.
    predictors
        Columns known for everybody asked; numbers enter as they are, everything else by its levels.
    responded
        Column that is true (1) for those who answered.
    weight
        Column of base weights; None for an unweighted fit.
    classes
        Number of classes of about equal size (quintiles by default). Customers with the same propensity stay together,
        and no more different propensities than classes make one class each.

    Returns
    -------
    ResponsePropensity

    Raises
    ------
    InputError
        If a predictor is missing for some rows, everybody or nobody answered, or a level decides the answer.

    Notes
    -----
    Rosenbaum and Rubin (1984), Journal of the American Statistical Association 79, 516–524 (five classes); Little
    (1986), International Statistical Review 54, 139–157. The fit is Newton's method for the weighted logit.

    Examples
    --------
    >>> data = pd.DataFrame({"age": [20, 30, 40, 50, 60, 70] * 10, "responded": [0, 0, 1, 0, 1, 1] * 10})
    >>> response_propensity(data, predictors=["age"], classes=2).table["response_rate"].round(2).tolist()
    [0.33, 0.67]
    """
    if not predictors or classes < 2:
        raise InputError(
            "A propensity model has predictors and at least two classes.",
            found=f"{len(predictors)} predictors, {classes} classes",
            fix="Name columns that are known for everybody asked.",
            where="predictors",
        )
    require_columns(map(str, data.columns), predictors, where="data")
    answered = flag_column(data, responded, where="data")
    if answered.all() or not answered.any():
        raise InputError(
            "Some of those asked answered and some did not.",
            found=f"{int(answered.sum())} of {len(answered)} answered",
            fix="Pass everybody who was asked; with full response no adjustment is needed.",
            where="data",
        )
    weights = weight_column(data, weight, where="data")
    design, names = _matrix(data, predictors)
    chance = _fit(design, answered, weights, names)
    codes = _classes(chance, weights, classes)
    table = _table(chance, codes, answered, weights)
    balance = _balance(design, names, answered, weights, codes)
    return ResponsePropensity(
        table=table,
        propensity=pd.Series(chance, index=data.index, name="propensity"),
        classes=pd.Series(codes + 1, index=data.index, name="propensity_class"),
        balance=balance,
        notes=_notes(table, balance, classes),
    )


def _matrix(data: pd.DataFrame, predictors: Sequence[str]) -> tuple[Floats, list[str]]:
    columns: list[Floats] = [np.ones(len(data))]
    names = ["(constant)"]
    for p in predictors:
        if pd.api.types.is_numeric_dtype(data[p]) and not pd.api.types.is_bool_dtype(data[p]):
            values = number_column(data, p, where="data")
            if np.isnan(values).any():
                raise InputError(
                    f"Every row has a value in {p!r}.",
                    found=f"{int(np.isnan(values).sum())} missing",
                    fix="Make classes of it with one for 'unknown', or leave it out.",
                    where="data",
                )
            spread = values.std()
            if spread > 0:
                columns.append((values - values.mean()) / spread)
                names.append(p)
            continue
        codes, levels = level_codes(data, [p], where="data")
        for level in range(1, len(levels)):
            columns.append((codes == level).astype(float))
            names.append(f"{p} = {levels[p].iloc[level]}")
    return np.column_stack(columns), names


def _fit(x: Floats, answered: np.ndarray, weights: Floats, names: list[str]) -> Floats:
    w = weights / weights.mean()
    y = answered.astype(float)
    beta = np.zeros(x.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -35, 35)))
        gradient = x.T @ (w * (y - p))
        curvature = (x * (w * p * (1 - p))[:, None]).T @ x
        step = np.linalg.lstsq(curvature, gradient, rcond=1e-12)[0]
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    worst = int(np.abs(beta).argmax())
    if np.abs(beta[worst]) > 12:
        raise InputError(
            "No level of a predictor decides by itself who answers.",
            found=f"{names[worst]}: everybody or nobody answered",
            fix="Combine this level with a similar one, or leave the predictor out.",
            where="predictors",
        )
    return np.asarray(1 / (1 + np.exp(-np.clip(x @ beta, -35, 35))), dtype=np.float64)


def _classes(chance: Floats, weights: Floats, count: int) -> Codes:
    values, place = np.unique(np.round(chance, 12), return_inverse=True)
    if len(values) <= count:
        return place.astype(np.int64)
    mass = np.cumsum(np.bincount(place, weights))
    cut = np.minimum((mass - 1e-9 * mass[-1]) / mass[-1] * count, count - 1e-9).astype(np.int64)
    # cells of equal propensity can be larger than a class, which leaves gaps in the numbering
    return np.unique(cut, return_inverse=True)[1][place].astype(np.int64)


def _table(chance: Floats, codes: Codes, answered: np.ndarray, weights: Floats) -> pd.DataFrame:
    frame = pd.DataFrame({"c": codes, "p": chance, "r": answered, "w": weights, "wr": weights * answered})
    groups = frame.groupby("c")
    return pd.DataFrame(
        {
            "propensity_class": np.arange(1, int(codes.max()) + 2),
            "asked": groups.size().to_numpy(),
            "respondents": groups["r"].sum().to_numpy(),
            "response_rate": (groups["wr"].sum() / groups["w"].sum()).to_numpy(),
            "low": groups["p"].min().to_numpy(),
            "high": groups["p"].max().to_numpy(),
        }
    )


def _balance(x: Floats, names: list[str], answered: np.ndarray, weights: Floats, codes: Codes) -> pd.DataFrame:
    everyone, reached = np.bincount(codes, weights), np.bincount(codes, weights * answered)
    factor = everyone / np.where(reached > 0, reached, np.nan)
    after = np.where(answered, weights * np.nan_to_num(factor)[codes], 0.0)
    target = np.average(x, axis=0, weights=weights)
    spread = np.sqrt(np.average((x - target) ** 2, axis=0, weights=weights))
    spread[spread == 0] = np.nan
    plain = (np.average(x, axis=0, weights=weights * answered) - target) / spread
    adjusted = (np.average(x, axis=0, weights=after) - target) / spread
    return pd.DataFrame({"variable": names[1:], "before": plain[1:], "after": adjusted[1:]})


def _notes(table: pd.DataFrame, balance: pd.DataFrame, classes: int) -> tuple[Note, ...]:
    notes = []
    if len(table) < classes:
        notes.append(
            Note(
                message(
                    "{n:int} classes instead of {wanted:int}: many customers have the same propensity.",
                    n=len(table),
                    wanted=classes,
                )
            )
        )
    rates = table["response_rate"].to_numpy()
    if (np.diff(rates) < 0).any():
        notes.append(
            Note(message("The response rate does not rise from class to class: the model fits badly."), "caution")
        )
    left = balance[balance["after"].abs() > IMBALANCE]
    if len(left):
        note = plural(
            "{n:int} variable still differs between those who answered and those asked by more than "
            "a tenth of a standard deviation.",
            "{n:int} variables still differ between those who answered and those asked by more than "
            "a tenth of a standard deviation.",
            n=len(left),
        )
        notes.append(Note(note, "caution"))
    return tuple(notes)
