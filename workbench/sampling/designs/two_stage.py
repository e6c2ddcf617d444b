"""Clusters first, then customers inside each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from workbench.core.language import Message, message
from workbench.sampling.cluster_drawing import (
    ClusterDesign,
    ClusterSettings,
    clusters_to_draw,
    draw_clusters,
    drawn_of,
    with_clusters,
)
from workbench.sampling.design import DesignSettings, PlannedDraw, SamplingDesign
from workbench.sampling.drawing import Draw, Drawn, smallest_numbers
from workbench.sampling.stratum_sizes import Sizes, check_choice, check_size, check_sizes, reserve_size


class TwoStageSettings(ClusterSettings):
    """The clusters, and how many customers to ask in each."""

    per_psu: int = Field(ge=1, description="Customers to ask in each cluster of 'two_stage'.")

    @property
    def most_per_cluster(self) -> int | None:
        """Customers to ask in a cluster."""
        return self.per_psu


@dataclass(frozen=True, eq=False)
class TwoStage(ClusterDesign):
    """Clusters first, then a simple random sample of customers inside each.

    Attributes
    ----------
    n
        Clusters to draw, from the whole frame or as an allocation by stratum.
    elements
        Customers to draw in each cluster; smaller clusters are taken whole.
    clusters
        ``size``: clusters in proportion to their eligible customers, which with equal `elements` gives every customer
        about the same probability; ``equal``: every cluster the same.

    Examples
    --------
    >>> TwoStage(20, 15).elements
    15
    """

    n: Sizes
    elements: int
    clusters: Literal["equal", "size"] = "size"

    label: ClassVar[Message] = message("Two-stage sample")
    name: ClassVar[str] = "two_stage"
    Settings: ClassVar[type[DesignSettings]] = TwoStageSettings

    def __post_init__(self) -> None:
        super().__post_init__()
        check_sizes(self.n)
        check_size(self.elements, "elements")
        check_choice(self.clusters, ("equal", "size"), "clusters")

    def select(self, drawing: Draw) -> Drawn:
        """Draw clusters by numbers of their own, then the smallest numbers in each."""
        clusters, strata, _, cluster = draw_clusters(drawing, self.n, self.clusters)
        n = np.minimum(clusters["elements"], self.elements)
        pairs = zip(n.tolist(), clusters["elements"].tolist(), strict=True)
        spare = [reserve_size(a, b, self.reserve) for a, b in pairs]
        inside = pd.DataFrame(
            {"stratum": clusters["psu"], "population": clusters["elements"], "n": n, "reserve": spare}
        )
        found = smallest_numbers(_inside(drawing, clusters), inside, cluster)
        rows = with_clusters(found.rename(columns={"stratum": "psu", "order": "element_order"}), clusters)
        taken = rows["psu"].map(inside.set_index("stratum")["n"])
        rows["element_probability"] = taken / rows["elements"]
        return drawn_of(rows.assign(reserved=rows["element_order"] > taken), strata)

    @classmethod
    def of_plan(cls, plan: PlannedDraw) -> SamplingDesign:
        """Return as many clusters as the customers wanted need at so many customers each."""
        settings = plan.settings
        number = clusters_to_draw(plan)
        return cls(number, settings.per_psu, clusters=settings.psu_chance, reserve=plan.reserve)


def _inside(drawing: Draw, clusters: pd.DataFrame) -> Draw:
    """Return the same drawing, with the starts of the strata given to their clusters."""
    if drawing.starts is None:
        return drawing
    starts = {p: drawing.start_of(s) for p, s in zip(clusters["psu"], clusters["stratum"], strict=True)}
    return Draw(drawing.frame, drawing.salt, 0, starts)
