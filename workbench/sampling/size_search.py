"""Allocations that keep margins: the smallest of a method, the one of fewest customers, and ways held side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar, get_args

import pandas as pd

from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.sampling.allocation import Allocation, Method, allocate
from workbench.sampling.bethel import allocate_for_targets
from workbench.sampling.frame import named_levels
from workbench.sampling.margins import Margins, by_group, group_sizes
from workbench.sampling.precision import expected_precision

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FREE = 1e6  # a margin that asks for nothing
CHOSEN, FEWEST = "chosen", "fewest"
NAMES: Mapping[str, Message] = {
    CHOSEN: message("As drawn, with all requirements"),
    "proportional": message("Proportional: every customer has the same chance"),
    "equal": message("Equal: every stratum as many"),
    "neyman": message("Neyman: more where answers differ more"),
    "optimal": message("Cost-optimal: fewer where asking costs more"),
    "power": message("Power: between equal and Neyman"),
    FEWEST: message("Fewest: just enough for every margin"),
}


def allocate_for_margin(
    strata: pd.DataFrame,
    margin: float,
    *,
    method: Method = "proportional",
    exponent: float = 0.5,
    least: int = 0,
    confidence: float = 0.95,
) -> Allocation:
    """Return the smallest allocation of a method whose margin for all is not above `margin`.

    Taking more in small groups costs precision for all; so the size grows until the margin holds again.

    Parameters
    ----------
    strata
        One row per stratum, as `allocate` takes it, with ``std_dev``, ``minimum`` and ``maximum``.
    margin
        Half the width of the interval wanted for all.
    method, exponent
        As for `allocate`.
    least
        The size to start from; the minima of the strata count too.
    confidence
        Two-sided confidence level of the margin.

    Returns
    -------
    Allocation
        Where even asking everybody who may be asked is not enough, everybody who may be asked.

    Raises
    ------
    InputError
        If a column is missing or out of its range.

    Examples
    --------
    >>> strata = pd.DataFrame({"stratum": ["n", "s"], "population": [9000, 1000], "std_dev": 80.0})
    >>> strata = strata.assign(minimum=[0, 300], maximum=strata["population"])
    >>> allocate_for_margin(strata, 5).n
    1048
    """
    require_columns(strata.columns, ["stratum", "population", "std_dev", "minimum", "maximum"], where="strata")
    most, floors = int(strata["maximum"].sum()), int(strata["minimum"].sum())

    def of(n: int) -> Allocation:
        return allocate(strata, n, method=method, exponent=exponent)

    def reached(n: int) -> bool:
        table = of(n).table
        used = table[table["n"] > 0]
        return float(expected_precision(used, confidence=confidence).table["margin"].iloc[0]) <= margin

    low, high = min(max(least, floors), most), most
    if reached(low):
        return of(low)
    while low < high:  # margins fall as n grows
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle + 1, high)
    return of(low)


def allocate_fewest(
    strata: pd.DataFrame,
    margin: float,
    *,
    group: str | None = None,
    margins: Margins | None = None,
    minimum: int = 2,
    confidence: float = 0.95,
) -> Allocation:
    """Return the allocation of fewest customers that keeps the margin for all and those of the groups.

    Parameters
    ----------
    strata
        One row per stratum: ``stratum``, ``population``, ``std_dev``; optional ``response_rate``, ``maximum`` and the
        column of the groups.
    margin
        Half the width of the interval wanted for all.
    group, margins
        Column that makes groups, and the margin wanted in them: one number, or group → margin.
    minimum
        Fewest customers of a stratum.
    confidence
        Two-sided confidence level of the margins.

    Returns
    -------
    Allocation
        Sizes, with the coefficients of variation that stand for the margins (see `allocate_for_targets`).

    Raises
    ------
    InputError
        If a column or group is missing, or asking everybody who may be asked does not keep a margin.

    Examples
    --------
    >>> strata = pd.DataFrame({"stratum": ["n", "s"], "population": [9000, 1000], "std_dev": 80.0})
    >>> allocate_fewest(strata, 5, group="stratum", margins={"s": 10}).table["n"].tolist()
    [760, 198]
    """
    require_columns(strata.columns, ["stratum", "population", "std_dev", *([group] if group else [])], where="strata")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    # a variable whose mean is its margin has one target, 1 / z, whatever the margin is
    known = strata.assign(mean_whole=1.0, std_dev_whole=strata["std_dev"])
    targets = None
    if group is not None and margins is not None:
        labels = named_levels(known[group])
        named = {} if isinstance(margins, float | int) else dict(margins)
        by_group(known, {group: named}, 0, where="margins")  # refuses groups that are not there
        everywhere = FREE if named else float(str(margins))
        known["mean_group"] = [named.get(g, everywhere) for g in labels]
        known["std_dev_group"], known["domain"] = known["std_dev"], labels
        targets = {"group": 1 / z}
    return allocate_for_targets(
        known.drop(columns=["minimum", "std_dev", "cost"], errors="ignore"),
        {"whole": margin / z},
        domain="domain" if targets else None,
        domain_targets=targets,
        minimum=minimum,
    )


def size_for_groups(
    strata: pd.DataFrame, margins: Mapping[str, Margins], *, least: int = 1, confidence: float = 0.95
) -> int:
    r"""Return the size of a simple random sample that is expected to give every group its size.

    Parameters
    ----------
    strata
        As for `group_sizes`.
    margins
        Column of groups → the margins wanted in them.
    least
        The size that is needed anyway.
    confidence
        Two-sided confidence level of the margins.

    Returns
    -------
    int
        Customers to ask; at most everybody who may be asked.

    Raises
    ------
    InputError
        As for `group_sizes`.

    Notes
    -----
    :math:`\lceil N \max_g n_g / N_g \rceil`: the group that needs the largest share of its customers decides.

    Examples
    --------
    >>> strata = pd.DataFrame({"stratum": ["n", "s"], "population": [9000, 1000], "std_dev": 80.0})
    >>> size_for_groups(strata, {"stratum": {"s": 10}}, least=900)
    1980
    """
    needs = [least]
    whole = strata["population"].sum()
    for column, wanted in margins.items():
        sizes = group_sizes(strata, column, wanted, confidence=confidence)
        needs.append(math.ceil((sizes["invitations"] / sizes["population"]).max() * whole))
    return min(max(needs), int((strata["maximum"] if "maximum" in strata else strata["population"]).sum()))


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ComparedAllocations(Result):
    """Ways of sharing out a sample, held side by side.

    Attributes
    ----------
    table
        ``allocation`` (``chosen`` first, then methods), ``n``, ``smallest`` (customers of the smallest stratum),
        ``margin`` (for all), ``widest`` (of the groups; missing without groups), ``deff``.
    """

    caption: ClassVar = message("Ways to share out the sample")
    columns: ClassVar = {
        "allocation": Column(message("Allocation")),
        "n": Column(message("Customers asked"), "int"),
        "smallest": Column(message("In the smallest stratum"), "int"),
        "margin": Column(message("Margin for all (±)"), "dec1"),
        "widest": Column(message("Widest margin of a group (±)"), "dec1"),
        "deff": Column(message("Design effect"), "dec2"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with the methods' names in words."""
        return self.table.assign(allocation=[NAMES[a].text(language) for a in self.table["allocation"]])

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the margin for all that each way gives."""
        from workbench.core.charts import bar_rows, draw_figure, text

        labels = [text(NAMES[a], language) for a in self.table["allocation"]]
        values = self.table["margin"].tolist()
        return draw_figure(
            lambda ax: bar_rows(ax, labels, values, style="dec1", language=language), height=1 + 0.4 * len(labels)
        )


def compare_allocations(
    strata: pd.DataFrame,
    chosen: Allocation,
    *,
    group: str | None = None,
    margin: float | None = None,
    margins: Margins | None = None,
    minimum: int = 2,
    exponent: float = 0.5,
    confidence: float = 0.95,
) -> ComparedAllocations:
    """Return what each way of sharing out the same number of customers gives.

    Parameters
    ----------
    strata
        One row per stratum: ``stratum``, ``population``, ``std_dev``; optional ``response_rate``, ``maximum``, ``cost``
        (the cost-optimal way needs it) and `group`.
    chosen
        The allocation that the others are held against; they share out as many customers.
    group
        Column that makes groups; the widest of their margins is told.
    margin, margins, minimum
        Where a margin for all is given, also the way of fewest customers (see `allocate_fewest`).
    exponent
        For the way between equal and Neyman.
    confidence
        Two-sided confidence level of the margins.

    Returns
    -------
    ComparedAllocations
        A way that the bounds leave no room for is left out.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> strata = pd.DataFrame({"stratum": ["n", "s"], "population": [9000, 1000], "std_dev": 80.0})
    >>> found = compare_allocations(strata, allocate(strata, 400, method="power"), group="stratum").table
    >>> found[["allocation", "n", "smallest"]].head(3).values.tolist()
    [['chosen', 400, 100], ['proportional', 400, 40], ['equal', 400, 200]]
    """
    require_columns(strata.columns, ["stratum", "population", "std_dev", *([group] if group else [])], where="strata")
    most = strata["maximum"] if "maximum" in strata else strata["population"]
    bare = strata.assign(minimum=most.clip(upper=2))
    made = {CHOSEN: chosen}
    for method in get_args(Method):
        if method != "optimal" or "cost" in strata:
            with suppress(InputError):  # these bounds leave it no room
                made[method] = allocate(bare, chosen.n, method=method, exponent=exponent)
    if margin is not None:
        by = group if margins is not None else None
        with suppress(InputError):
            made[FEWEST] = allocate_fewest(
                strata, margin, group=by, margins=margins, minimum=minimum, confidence=confidence
            )
    rate = strata.get("response_rate", 1.0)
    known = strata.assign(response_rate=rate)
    keys = list(dict.fromkeys(["stratum", "std_dev", "response_rate", *([group] if group else [])]))
    rows = []
    for name, allocation in made.items():
        sizes = allocation.table[["stratum", "population", "n"]].merge(known[keys], on="stratum")
        found = expected_precision(sizes[sizes["n"] > 0], domain=group, confidence=confidence).table
        widest = float(found["margin"].iloc[1:].max()) if group else math.nan
        smallest = int(sizes["n"].min())
        rows.append((name, allocation.n, smallest, found["margin"].iloc[0], widest, found["deff"].iloc[0]))
    return ComparedAllocations(table=pd.DataFrame(rows, columns=list(ComparedAllocations.columns)))
