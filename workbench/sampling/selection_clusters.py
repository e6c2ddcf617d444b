"""Selectors of clusters: whole clusters, and clusters followed by a random sample inside each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.errors import InputError
from workbench.sampling.designs import Cluster, Design, Sizes, TwoStage, sizes_of
from workbench.sampling.drawing import Draw, Drawn, planned, smallest_numbers
from workbench.sampling.frame import SEPARATOR, WHOLE
from workbench.sampling.order_sampling import inclusion_probabilities, ranking_numbers, take_all_threshold
from workbench.sampling.random_numbers import SPACE, permanent_random_number
from workbench.sampling.sample import reserve_size

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
        f"{cluster} AS psu, {d.quote(frame.id)} AS id FROM {{table}} WHERE {frame.where}) AS e GROUP BY stratum, psu"
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


def select_clusters(drawing: Draw, design: Design) -> Drawn:
    """Draw a `Cluster` design."""
    assert isinstance(design, Cluster)
    clusters, strata, label, cluster = draw_clusters(drawing, design.n, design.clusters)
    frame, d = drawing.frame, drawing.frame.dialect
    listed = ", ".join(f"({d.literal(c)})" for c in clusters["psu"])
    key = frame.id_order(d.quote(frame.id))
    rows = frame.rows(
        f"SELECT {drawing.columns()}, workbench_psu AS psu, workbench_prn AS prn, row_number() OVER (PARTITION BY "
        f"workbench_psu ORDER BY workbench_position, {key}) AS element_order FROM (SELECT {drawing.columns()}, "
        f"{cluster} AS workbench_psu, {drawing.number} AS workbench_prn, {drawing.position(label)} AS "
        f"workbench_position FROM {{table}} WHERE {frame.where}) AS e JOIN (VALUES {listed}) AS drawn(name) "
        "ON e.workbench_psu = drawn.name"
    )
    rows = _joined(rows, clusters).assign(element_probability=1.0, reserved=False)
    return _drawn(rows, strata)


def select_two_stage(drawing: Draw, design: Design) -> Drawn:
    """Draw a `TwoStage` design."""
    assert isinstance(design, TwoStage)
    clusters, strata, _, cluster = draw_clusters(drawing, design.n, design.clusters)
    n = np.minimum(clusters["elements"], design.elements)
    spare = [reserve_size(a, b, design.reserve) for a, b in zip(n.tolist(), clusters["elements"].tolist(), strict=True)]
    inside = pd.DataFrame({"stratum": clusters["psu"], "population": clusters["elements"], "n": n, "reserve": spare})
    found = smallest_numbers(_inside(drawing, clusters), inside, cluster)
    rows = _joined(found.rename(columns={"stratum": "psu", "order": "element_order"}), clusters)
    taken = rows["psu"].map(inside.set_index("stratum")["n"])
    rows["element_probability"] = taken / rows["elements"]
    return _drawn(rows.assign(reserved=rows["element_order"] > taken), strata)


def _inside(drawing: Draw, clusters: pd.DataFrame) -> Draw:
    """Return the same drawing, with the starts of the strata given to their clusters."""
    if drawing.starts is None:
        return drawing
    starts = {p: drawing.start_of(s) for p, s in zip(clusters["psu"], clusters["stratum"], strict=True)}
    return Draw(drawing.frame, drawing.salt, 0, starts)


def _joined(rows: pd.DataFrame, clusters: pd.DataFrame) -> pd.DataFrame:
    facts = clusters[["psu", "stratum", "elements", "psu_population", "psu_probability", "psu_order"]]
    return rows.merge(facts, on="psu", how="left", validate="many_to_one")


def _drawn(rows: pd.DataFrame, strata: pd.DataFrame) -> Drawn:
    rows = rows.sort_values(["stratum", "reserved", "psu_order", "element_order"], ignore_index=True)
    rows["order"] = rows.groupby("stratum").cumcount() + 1
    rows["inclusion_probability"] = rows["psu_probability"] * rows["element_probability"]
    counts = rows.groupby("stratum")["reserved"].agg(n=lambda r: int((~r).sum()), reserve="sum")
    strata = strata.assign(
        n=strata["stratum"].map(counts["n"]).fillna(0).astype("int64"),
        reserve=strata["stratum"].map(counts["reserve"]).fillna(0).astype("int64"),
    )
    return Drawn(rows=rows, strata=strata, extra=EXTRA)
