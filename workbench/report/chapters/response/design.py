"""Chapter 20, the design: with which probability each customer was asked, and how the estimators learn of it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.core.names import CUSTOMER_ID, STRATUM_POPULATION
from workbench.estimation import Design
from workbench.store import Wave
from workbench.weighting import Weights, rake

UNEQUAL = 1e-9
RAKING_TOTALS = "raking_totals"


def with_drawn_probabilities(asked: pd.DataFrame) -> pd.DataFrame:
    """Return those asked with the probability of having been asked.

    Reserve customers who were called in are asked too. Within a stratum, and in a two-stage sample within a cluster,
    all who were asked share one probability, as the reserve follows the sample in the order of its random numbers.
    Probabilities that differ within a stratum were made on purpose (a sample proportional to size) and stay.
    """
    if "psu_probability" in asked:
        return _by_cluster(asked)
    if "inclusion_probability" in asked:
        drawn = asked.groupby("stratum")["inclusion_probability"].agg(["min", "max"])
        if (drawn["max"] - drawn["min"] > UNEQUAL).any() and asked["inclusion_probability"].notna().all():
            # strata of equal chances know their population; these do not have a finite one to be corrected by
            return asked.drop(columns=STRATUM_POPULATION, errors="ignore")
    n = asked.groupby("stratum")[CUSTOMER_ID].transform("size")
    return asked.assign(inclusion_probability=n / asked[STRATUM_POPULATION])


def _by_cluster(asked: pd.DataFrame) -> pd.DataFrame:
    many = asked.groupby(["stratum", "psu"])[CUSTOMER_ID].transform("size")
    inside = many / asked["elements"]
    # where customers rest, the sample's probabilities speak for them too
    drawn = asked["psu_probability"] * asked["element_probability"]
    rest = (asked["inclusion_probability"] / drawn).groupby(asked["stratum"]).transform("max")
    made = asked.assign(inclusion_probability=asked["psu_probability"] * inside * rest.fillna(1.0))
    return made.drop(columns=STRATUM_POPULATION, errors="ignore")


def raking_margins(totals: pd.DataFrame) -> dict[str, pd.Series]:
    """Return column → totals of its levels in the frame, as `rake` wants them.

    Parameters
    ----------
    totals
        ``variable``, ``group``, ``population``.
    """
    return {str(c): part.set_index("group")["population"] for c, part in totals.groupby("variable", sort=False)}


def raked_anew(wave: Wave) -> Weights | None:
    """Rake the respondents' base weights to the totals kept with them; None where weights were made otherwise."""
    if not wave.has(RAKING_TOTALS):
        return None
    totals = wave.read(RAKING_TOTALS)
    respondents = wave.read("respondents")
    levels = respondents.astype(dict.fromkeys(totals["variable"].unique(), str))
    return rake(levels, raking_margins(totals), weight="base_weight")


def survey_design(wave: Wave) -> Design:
    """Return the design of a wave's respondents, as the sample was drawn and weighted.

    Simple random, stratified and systematic samples have the finite population of their strata. A sample of clusters
    drawn with one chance has two stages with a finite population each: the clusters, and the customers in a cluster.
    Samples with chances in proportion to size are treated as drawn with replacement, which does not understate errors.
    Raked weights bring their totals along, so that errors count what raking gained.
    """
    columns = wave.columns("respondents")
    plan = wave.config.sample
    common: dict[str, Any] = {
        "weight": "weight",
        "stratum": "stratum",
        "psu_labels": "within_stratum",
        "lonely_psu": "average",
        "calibration": raked_anew(wave),
    }
    if "psu_population" in columns:
        if plan.psu_chance == "equal":
            return Design(psu=["psu", CUSTOMER_ID], population=["psu_population", "elements"], **common)
        return Design(psu="psu", **common)
    if wave.config.response.psu is not None:
        return Design(psu="psu", **common)
    return Design(population=STRATUM_POPULATION if STRATUM_POPULATION in columns else None, **common)
