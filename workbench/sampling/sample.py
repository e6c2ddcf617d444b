"""The drawn sample: who, with which inclusion probability, and everything a later redraw or variance needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from workbench.core.errors import InputError
from workbench.core.language import Language, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.sampling.columns import BASE_WEIGHT, INCLUSION_PROBABILITY, N
from workbench.sampling.design import SamplingDesign
from workbench.sampling.frame import Reason
from workbench.sampling.random_numbers import RECIPE
from workbench.sampling.words import in_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Sample(Result):
    """A sample that anybody can redraw.

    Attributes
    ----------
    table
        One row per sampled customer: the id under its own name, ``stratum``, ``psu`` (the cluster, or the customer),
        ``u`` and ``prn`` (the permanent random number as a fraction and as the integer), ``inclusion_probability``,
        ``base_weight`` (its inverse), ``stratum_population`` (eligible customers of the stratum), ``order`` (1, 2, …
        within the stratum, the order of contact), and the frame's carried columns. Designs with clusters add
        ``psu_population`` (clusters of the stratum) and the probabilities of both stages, systematic ones
        ``list_place``.
    reserve
        The customers that replace those who cannot be reached, with the same columns; ``order`` goes on counting. Their
        inclusion probability is missing until they are used (`with_reserve`).
    strata
        One row per stratum: ``stratum``, ``population``, ``n``, ``reserve``.
    design, salt, start, recipe
        What was drawn, under which salt, starting where on the circle, with which recipe of random numbers.
    conditions
        The frame's conditions of eligibility with their reasons, in order.
    id
        Name of the id column.
    """

    reserve: pd.DataFrame
    strata: pd.DataFrame
    design: SamplingDesign
    salt: str
    start: float | Mapping[str, float]
    id: str
    recipe: str = RECIPE
    conditions: tuple[tuple[Reason, str], ...] = ()

    caption: ClassVar = message("Sample")
    columns: ClassVar = {
        "psu": Column(message("Primary unit")),
        "u": Column(message("Random number"), "dec4"),
        "prn": Column(message("Permanent random number")),
        "inclusion_probability": INCLUSION_PROBABILITY,
        "base_weight": BASE_WEIGHT,
        "stratum_population": Column(message("Stratum population"), "people"),
        "order": Column(message("Order"), "int"),
        "sample": Column(message("Sample"), "people"),
        "reserve": Column(message("Reserve"), "people"),
        "n": N,
        "expected_n": Column(message("Expected sample"), "dec1"),
        "certain": Column(message("Taken for certain"), "int"),
        "list_place": Column(message("Place in the list"), "int"),
        "clusters": Column(message("Clusters"), "int"),
        "clusters_drawn": Column(message("Clusters drawn"), "int"),
        "psu_population": Column(message("Clusters in the stratum"), "int"),
        "psu_probability": Column(message("Probability of the cluster"), "pct2"),
        "elements": Column(message("Eligible customers in the cluster"), "int"),
        "element_probability": Column(message("Probability inside the cluster"), "pct2"),
    }

    @property
    def n(self) -> int:
        """Customers in the sample."""
        return len(self.table)

    @property
    def population(self) -> int:
        """Eligible customers of the frame."""
        return int(self.strata["population"].sum())

    def with_reserve(self, used: Mapping[str, int]) -> Sample:
        """Return the sample after the first reserve customers of some strata were called up.

        The reserve goes on where the sample ended, so a stratum of n sampled and m used is a sample of n + m.

        Parameters
        ----------
        used
            Stratum → reserve customers used, in their order.

        Raises
        ------
        InputError
            If a stratum has fewer reserve customers, or the design's reserve has no such reading.
        """
        if not self.design.reserve_enlarges:
            raise InputError(
                "Used reserve enlarges simple random samples within strata.",
                found=type(self.design).__name__,
                fix="Weight other designs with their own probabilities "
                "and treat replaced customers as non-respondents.",
                where="with_reserve",
            )
        strata = self.strata.set_index("stratum")
        for stratum, many in used.items():
            have = int(strata["reserve"].get(stratum, 0))
            if not 0 <= many <= have:
                raise InputError(
                    "A stratum uses no more reserve customers than it has.",
                    found=f"{many} used, {have} in reserve, in {stratum!r}",
                    fix="Correct the number used.",
                    where="with_reserve",
                )
        joined = pd.concat([self.table, self.reserve], ignore_index=True)
        limit = joined["stratum"].map(strata["n"].add(pd.Series(used, dtype="int64"), fill_value=0)).astype("int64")
        table = joined[joined["order"] <= limit].copy()
        table["inclusion_probability"] = limit[table.index] / table["stratum_population"]
        table["base_weight"] = 1 / table["inclusion_probability"]
        reserve = joined[joined["order"] > limit]
        extra = strata.index.map(lambda s: used.get(s, 0))
        counts = strata.assign(n=strata["n"] + extra, reserve=strata["reserve"] - extra).reset_index()
        order = {s: i for i, s in enumerate(counts["stratum"])}
        by = table["stratum"].map(order)
        table = table.assign(_by=by).sort_values(["_by", "order"], ignore_index=True).drop(columns="_by")
        return replace(self, table=table, reserve=reserve.reset_index(drop=True), strata=counts)

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return counts by stratum; customers are not shown."""
        return in_words(self.strata, language)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the sample size of each stratum."""
        from workbench.sampling.pictures import allocation_bars

        return allocation_bars(self.strata, language)

    def __repr__(self) -> str:
        lines = [f"Sample of {self.n:,} of {self.population:,}, {len(self.reserve):,} in reserve; {self.design!r}"]
        lines += [self.strata.to_string(index=False, max_rows=20)]
        lines += [f"{n.severity}: {n.message.text('en')}" for n in self.notes]
        return "\n".join(lines)


def size_notes(strata: pd.DataFrame) -> list[Note]:
    """Return the caveats that follow from the strata's sample sizes."""
    notes = []
    empty, single = int((strata["n"] == 0).sum()), int(((strata["n"] == 1) & (strata["population"] > 1)).sum())
    if empty:
        notes.append(
            Note(
                message("{n:int} strata get nobody; the sample says nothing about their customers.", n=empty), "warning"
            )
        )
    if single:
        notes.append(
            Note(
                message("{n:int} strata have one sampled customer; their variance cannot be estimated.", n=single),
                "caution",
            )
        )
    return notes
