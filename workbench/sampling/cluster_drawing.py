"""Drawing clusters, and what all designs of clusters share: settings, sizes, chances and their variance."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, INCLUSION_PROBABILITY, STRATUM_POPULATION
from workbench.core.value_names import SEPARATOR
from workbench.sampling.clusters import cluster_counts, cluster_effect
from workbench.sampling.design import DesignSettings, PlannedDraw, SamplingDesign, VarianceRule
from workbench.sampling.drawing import Draw, Drawn, planned
from workbench.sampling.frame import WHOLE, Frame
from workbench.sampling.order_sampling import inclusion_probabilities, ranking_numbers, take_all_threshold
from workbench.sampling.random_numbers import SPACE, permanent_random_number
from workbench.sampling.stratum_sizes import Sizes, sizes_of

LEAST_CLUSTERS = 2  # with one, a stratum's variance cannot be estimated
EXTRA = ("psu_population", "psu_probability", "elements", "element_probability")


def cluster_sql(drawing: Draw, label: str) -> str:
    """Return the SQL of a row's cluster; inside strata its name starts with the stratum, as names may repeat there."""
    d, psu = drawing.frame.dialect, drawing.frame.psu
    if psu is None:
        raise InputError(
            "A cluster sample needs clusters.",
            found="a frame without `psu`",
            fix="Frame(table, psu='primary_unit').",
            where="frame",
        )
    name = f"CAST({d.quote(psu)} AS {d.text_type})"
    return name if label == d.literal(WHOLE) else f"{label} || {d.literal(SEPARATOR)} || {name}"


def draw_clusters(drawing: Draw, n: Sizes, method: str) -> tuple[pd.DataFrame, pd.DataFrame, str, str]:
    """Draw clusters by their own permanent random numbers.

    Returns
    -------
    tuple
        The drawn clusters (``psu``, ``stratum``, ``elements``, ``psu_population``, ``psu_probability``, ``psu_order``),
        the strata (``stratum``, ``population``, ``clusters``, ``clusters_drawn``), and the SQL of stratum and cluster.
    """
    frame, d = drawing.frame, drawing.frame.dialect
    label = d.literal(WHOLE) if isinstance(n, int) else frame.stratum_sql
    if not isinstance(n, int) and not frame.stratum:
        raise InputError(
            "A sample by strata needs strata.",
            found="a frame without stratum columns",
            fix="Frame(table, stratum=['region', ...]).",
            where="frame",
        )
    cluster = cluster_sql(drawing, label)
    every = frame.rows(
        f"SELECT stratum, psu, count(*) AS elements, count(id) AS named FROM (SELECT {label} AS stratum, "
        f"{cluster} AS psu, {d.quote(frame.id)} AS id FROM {{table}} AS t WHERE {frame.where}) AS e "
        "GROUP BY stratum, psu"
    )
    _check_clusters(frame.psu, every)
    every["psu_prn"] = permanent_random_number(every["psu"], drawing.salt)
    every["place"] = [
        (k - drawing.start_of(s)) % SPACE for k, s in zip(every["psu_prn"], every["stratum"], strict=True)
    ]
    counts = every.groupby("stratum")["psu"].size().rename("population").reset_index()
    sizes = {WHOLE: n} if isinstance(n, int) else sizes_of(n)
    plan = planned(counts, sizes, 0.0)
    chosen = [
        _first_stage(part, int(plan.loc[plan["stratum"] == stratum, "n"].iloc[0]), method)
        for stratum, part in every.groupby("stratum")
    ]
    strata = every.groupby("stratum")["elements"].sum().rename("population").reset_index()
    strata["clusters"], strata["clusters_drawn"] = plan["population"], plan["n"]
    return pd.concat(chosen, ignore_index=True), strata, label, cluster


def _check_clusters(name: str | None, every: pd.DataFrame) -> None:
    if every.empty:
        raise InputError(
            "A frame has at least one eligible customer.",
            found="nobody is eligible",
            fix="Look at the exclusions with frame_summary(frame).",
            where="eligible",
        )
    unnamed = int((every["elements"] - every["named"]).sum())
    if unnamed:
        raise InputError(
            "Every customer of a frame has an id.",
            found=f"{unnamed:,} eligible rows without one",
            fix="Fill in the ids, or exclude these rows with a condition and a reason of their own.",
            where="frame",
        )
    absent = int(every.loc[every["psu"].isna(), "elements"].sum())
    if absent:
        raise InputError(
            "Every eligible customer belongs to a cluster.",
            found=f"{absent:,} without {name!r}",
            fix="Exclude them with a condition and a reason, or give them a cluster of their own.",
            where="psu",
        )


def _first_stage(part: pd.DataFrame, n: int, method: str) -> pd.DataFrame:
    sizes = part["elements"].to_numpy(dtype=np.int64)
    if n == 0:
        return part.iloc[:0].assign(psu_population=0, psu_probability=0.0, psu_order=0)
    if method == "equal":
        probability, rank = np.full(len(part), n / len(part)), part["place"].to_numpy(dtype=float)
    else:
        probability = inclusion_probabilities(sizes, n)
        _, left, total = take_all_threshold(sizes, n)
        rank = ranking_numbers(part["place"].to_numpy(dtype=np.int64), sizes, max(left, 1), max(total, 1), "pareto")
        rank = np.where(probability >= 1, -1.0, rank)
    ranked = part.assign(psu_population=len(part), psu_probability=probability, rank=rank)
    ranked = ranked.sort_values(["rank", "place", "psu"]).head(n).drop(columns="rank")
    return ranked.assign(psu_order=np.arange(1, n + 1))


def with_clusters(rows: pd.DataFrame, clusters: pd.DataFrame) -> pd.DataFrame:
    """Give customers what is known of their clusters."""
    facts = clusters[["psu", "stratum", "elements", "psu_population", "psu_probability", "psu_order"]]
    return rows.merge(facts, on="psu", how="left", validate="many_to_one")


def drawn_of(rows: pd.DataFrame, strata: pd.DataFrame) -> Drawn:
    """Return the drawing of customers with both probabilities, in the order of clusters."""
    rows = rows.sort_values(["stratum", "reserved", "psu_order", "element_order"], ignore_index=True)
    rows["order"] = rows.groupby("stratum").cumcount() + 1
    rows["inclusion_probability"] = rows["psu_probability"] * rows["element_probability"]
    counts = rows.groupby("stratum")["reserved"].agg(n=lambda r: int((~r).sum()), reserve="sum")
    strata = strata.assign(
        n=strata["stratum"].map(counts["n"]).fillna(0).astype("int64"),
        reserve=strata["stratum"].map(counts["reserve"]).fillna(0).astype("int64"),
    )
    return Drawn(rows=rows, strata=strata, extra=EXTRA)


class ClusterSettings(DesignSettings):
    """The clusters, how they are drawn, and how alike their customers answer."""

    psu: str = Field(description="Column of the clusters of 'cluster' and 'two_stage'.")
    psu_chance: Literal["size", "equal"] = Field(
        default="size", description="Clusters are drawn in proportion to their customers, or all with one chance."
    )
    intraclass_correlation: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="How alike customers of one cluster answer; it raises the design effect planned for.",
    )

    @property
    def most_per_cluster(self) -> int | None:
        """Customers to ask in a cluster; None for all of them."""
        return None


@dataclass(frozen=True, eq=False, kw_only=True)
class ClusterDesign(SamplingDesign):
    """What designs of clusters have in common."""

    spares_by_start: ClassVar[bool] = False
    Settings: ClassVar[type[DesignSettings]] = ClusterSettings

    @classmethod
    def design_effect(cls, settings: Any, frame: Frame, response_rate: float) -> float:
        """Return Kish's effect of the answers expected in a cluster."""
        if not settings.intraclass_correlation:
            return 1.0
        counts = cluster_counts(frame)
        size = counts["customers"].sum() / counts["clusters"].sum()
        asked = min(size, settings.most_per_cluster or size)
        return cluster_effect(asked * response_rate, settings.intraclass_correlation)

    @classmethod
    def variance(cls, settings: Any) -> VarianceRule:
        """Return the rule: two stages of finite populations for equal chances, else clusters with replacement.

        Clusters drawn in proportion to their size count as drawn with replacement, which does not understate errors.
        """
        if settings.psu_chance == "equal":
            return VarianceRule(stages=("psu", CUSTOMER_ID), populations=("psu_population", "elements"))
        return VarianceRule(stages=("psu",))

    @classmethod
    def chances_of_asked(cls, asked: pd.DataFrame) -> pd.DataFrame:
        """Return everybody asked with the probability of having been asked: one for all in a cluster."""
        many = asked.groupby(["stratum", "psu"])["psu"].transform("size")
        # where customers rest, the sample's probabilities speak for them too
        drawn = asked["psu_probability"] * asked["element_probability"]
        rest = (asked[INCLUSION_PROBABILITY] / drawn).groupby(asked["stratum"]).transform("max")
        chance = asked["psu_probability"] * many / asked["elements"] * rest.fillna(1.0)
        return asked.assign(**{INCLUSION_PROBABILITY: chance}).drop(columns=STRATUM_POPULATION, errors="ignore")

    def sentences(self, strata: pd.DataFrame) -> Iterator[Message]:
        """Yield how many clusters were drawn."""
        drawn, there = (int(strata[c].sum()) for c in ("clusters_drawn", "clusters"))
        yield message("{drawn:int} of {there:int} clusters were drawn.", drawn=drawn, there=there)


def clusters_to_draw(plan: PlannedDraw) -> dict[str, int] | int:
    """Return how many clusters give each stratum its customers, two at least where there are two.

    Parameters
    ----------
    plan
        Sizes by stratum, the frame with its clusters, and `ClusterSettings`.
    """
    counts = cluster_counts(plan.frame)
    each = counts["mean_size"].clip(upper=plan.settings.most_per_cluster)
    table = plan.allocation.table
    wanted = dict(zip(table["stratum"], table["n"], strict=True))
    number = {
        str(s): 0 if not wanted.get(s, 0) else min(int(most), max(LEAST_CLUSTERS, math.ceil(wanted[s] / size)))
        for s, most, size in zip(counts["stratum"], counts["clusters"], each, strict=True)
    }
    return number if plan.frame.stratum else sum(number.values())
