"""Whole clusters: stores, branches, and everybody in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.sampling.cluster_drawing import ClusterDesign, clusters_to_draw, draw_clusters, drawn_of, with_clusters
from workbench.sampling.design import PlannedDraw, SamplingDesign
from workbench.sampling.drawing import Draw, Drawn
from workbench.sampling.stratum_sizes import Sizes, check_choice, check_sizes


@dataclass(frozen=True, eq=False)
class Cluster(ClusterDesign):
    """Whole clusters (the frame's `psu`): every eligible customer of a drawn cluster is in the sample.

    Attributes
    ----------
    n
        Clusters to draw, from the whole frame or as an allocation by stratum.
    clusters
        ``equal``: every cluster has the same probability; ``size``: in proportion to its eligible customers (Pareto).

    Examples
    --------
    >>> Cluster(20, clusters="size").clusters
    'size'
    """

    n: Sizes
    clusters: Literal["equal", "size"] = "equal"

    label: ClassVar[Message] = message("Cluster sample")
    name: ClassVar[str] = "cluster"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_sizes(self.n)
        check_choice(self.clusters, ("equal", "size"), "clusters")
        if self.reserve:
            raise InputError(
                "A cluster sample takes everybody in its clusters and has no reserve.",
                found=f"reserve={self.reserve}",
                fix="Use TwoStage for a reserve inside the clusters.",
                where="reserve",
            )

    def select(self, drawing: Draw) -> Drawn:
        """Draw clusters by numbers of their own, and list everybody eligible in them."""
        clusters, strata, label, cluster = draw_clusters(drawing, self.n, self.clusters)
        frame, d = drawing.frame, drawing.frame.dialect
        listed = ", ".join(f"({d.literal(c)})" for c in clusters["psu"])
        key = frame.id_order(d.quote(frame.id))
        rows = frame.rows(f"""
            SELECT {drawing.columns()}, workbench_psu AS psu, workbench_prn AS prn,
                   row_number() OVER (PARTITION BY workbench_psu ORDER BY workbench_position, {key}) AS element_order
            FROM (
                SELECT {drawing.columns()}, {cluster} AS workbench_psu, {drawing.number} AS workbench_prn,
                       {drawing.position(label)} AS workbench_position
                FROM {{table}} AS t WHERE {frame.where}
            ) AS e JOIN (VALUES {listed}) AS drawn(name) ON e.workbench_psu = drawn.name""")
        return drawn_of(with_clusters(rows, clusters).assign(element_probability=1.0, reserved=False), strata)

    @classmethod
    def of_plan(cls, plan: PlannedDraw) -> SamplingDesign:
        """Return as many whole clusters as the customers wanted need; they have no reserve."""
        return cls(clusters_to_draw(plan), clusters=plan.settings.psu_chance)
