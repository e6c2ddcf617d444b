"""The clusters of a frame: how many lie in each stratum, how large they are, and what grouping costs."""

from __future__ import annotations

import pandas as pd

from workbench.core.errors import InputError
from workbench.sampling.frame import Frame


def cluster_counts(frame: Frame) -> pd.DataFrame:
    """Count the clusters of each stratum and the customers in them; only the counts leave the engine.

    Parameters
    ----------
    frame
        A frame with `psu`.

    Returns
    -------
    DataFrame
        One row per stratum: ``stratum``, ``clusters``, ``customers``, ``mean_size``, ``largest`` (customers of the
        largest cluster).

    Raises
    ------
    InputError
        If the frame has no clusters, an eligible customer belongs to none, or a cluster lies in several strata.

    Examples
    --------
    >>> stores = pd.DataFrame({"customer_id": list("abcde"), "store": list("xxyyz"), "region": list("nnnns")})
    >>> cluster_counts(Frame(stores, stratum="region", psu="store"))
      stratum  clusters  customers  mean_size  largest
    0       n         2          4        2.0        2
    1       s         1          1        1.0        1
    """
    if frame.psu is None:
        raise InputError(
            "A cluster sample needs clusters.",
            found="a frame without `psu`",
            fix="Frame(table, psu='store').",
            where="frame",
        )
    q = frame.dialect.quote(frame.psu)
    # one row per cluster and stratum, then one per cluster, then one per stratum
    pairs = (
        f"SELECT {frame.stratum_sql} AS stratum, {q} AS psu, count(*) AS customers FROM {{table}} AS t "
        f"WHERE {frame.where} GROUP BY 1, 2"
    )
    table = frame.rows(
        "SELECT stratum, count(*) AS clusters, sum(customers) AS customers, max(customers) AS largest, "
        "count(CASE WHEN psu IS NULL THEN 1 END) AS unnamed, count(CASE WHEN strata > 1 THEN 1 END) AS parted "
        f"FROM (SELECT e.*, count(*) OVER (PARTITION BY psu) AS strata FROM ({pairs}) AS e) AS c GROUP BY stratum"
    )
    _check(frame, table)
    counts = table[["stratum", "clusters", "customers", "largest"]].astype(
        {"clusters": "int64", "customers": "int64", "largest": "int64"}
    )
    counts.insert(3, "mean_size", counts["customers"] / counts["clusters"])
    return counts.sort_values("stratum", ignore_index=True)


def _check(frame: Frame, table: pd.DataFrame) -> None:
    if table.empty:
        raise InputError(
            "A frame has at least one eligible customer.",
            found=f"nobody fulfils {frame.where}",
            fix="Look at the exclusions one by one with frame_summary(frame).",
            where="eligible",
        )
    if int(table["unnamed"].sum()):
        raise InputError(
            "Every eligible customer belongs to a cluster.",
            found=f"customers without {frame.psu!r} in {int((table['unnamed'] > 0).sum())} strata",
            fix="Exclude them with a condition and a reason, or give them a cluster of their own.",
            where="psu",
        )
    parted = int(table["parted"].sum())
    if parted:
        raise InputError(
            "A cluster lies in one stratum.",
            found=f"{parted:,} parts of clusters whose customers belong to several strata",
            fix=f"Stratify by what whole clusters have in common, not by {', '.join(frame.stratum)}.",
            where="stratum",
        )


def cluster_effect(customers_per_cluster: float, intraclass_correlation: float) -> float:
    """Return how many times clusters multiply the variance of a mean: 1 + (b − 1) ρ.

    Parameters
    ----------
    customers_per_cluster
        Completes in a cluster, b.
    intraclass_correlation
        How alike customers of one cluster answer, ρ, from 0 to 1.

    Returns
    -------
    float
        The design effect of clustering, 1 or more.

    Raises
    ------
    InputError
        If the correlation is not between 0 and 1.

    Notes
    -----
    Kish (1965), *Survey Sampling*, eq. 5.4.1; a cluster with less than one complete costs nothing.

    Examples
    --------
    >>> cluster_effect(21, 0.05)
    2.0
    """
    if not 0 <= intraclass_correlation <= 1:
        raise InputError(
            "An intraclass correlation lies between 0 and 1.",
            found=repr(intraclass_correlation),
            fix="Take it from an earlier wave; 0.01 to 0.1 is usual.",
            where="intraclass_correlation",
        )
    return 1 + max(customers_per_cluster - 1, 0.0) * intraclass_correlation
