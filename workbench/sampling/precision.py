"""What precision to expect by domain, what size a margin in every domain needs, and the overlap with earlier waves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, message
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.sampling.columns import COMPLETES, DOMAIN, INVITED, MARGIN
from workbench.sampling.frame import named_levels
from workbench.sampling.sample import Sample
from workbench.sampling.size import sample_size
from workbench.sampling.words import in_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ExpectedPrecision(Result):
    """Margins of error to expect.

    Attributes
    ----------
    table
        ``domain``, ``population``, ``invited``, ``completes`` (expected), ``margin`` (half width of the interval),
        ``deff`` (variance of this allocation over that of a simple random sample of as many).
    """

    caption: ClassVar = message("Expected precision by domain")
    columns: ClassVar = {
        "domain": DOMAIN,
        "invited": INVITED,
        "completes": COMPLETES,
        "margin": MARGIN,
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its codes in words."""
        return in_words(self.table, language)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the margin of each domain."""
        from workbench.core.charts import bar_rows, draw_figure

        labels, values = [str(d) for d in self.table["domain"]], self.table["margin"].tolist()
        return draw_figure(
            lambda ax: bar_rows(ax, labels, values, style="dec3", language=language), height=1 + 0.3 * len(labels)
        )


def expected_precision(
    strata: pd.DataFrame,
    *,
    spread: float = 0.5,
    domain: str | None = None,
    response_rate: float = 1.0,
    confidence: float = 0.95,
) -> ExpectedPrecision:
    r"""Return the margin of error of an estimated mean, overall and in every domain.

    Parameters
    ----------
    strata
        One row per stratum: ``stratum``, ``population``, ``n`` (invited), such as ``allocation.table`` or
        ``sample.strata``; optional ``std_dev`` and ``response_rate``.
    spread
        Standard deviation of one answer where `strata` has none: 0.5 is the worst case of a proportion, 100 that of
        the NPS in points.
    domain
        Column of `strata` that makes the domains.
    response_rate
        Share of the invited who answer where `strata` has none.
    confidence
        Two-sided confidence level.

    Returns
    -------
    ExpectedPrecision
        First row ``all``, then one row per domain.

    Raises
    ------
    InputError
        If a column is missing. A domain with a stratum in which nobody is invited has no margin (missing).

    Notes
    -----
    :math:`z \sqrt{\sum_h (N_h/N)^2 S_h^2 (1/n_h - 1/N_h)}` with n the expected answers (Cochran 1977, eq. 5.7).

    Examples
    --------
    >>> strata = pd.DataFrame({"stratum": ["n", "s"], "population": [9000, 1000], "n": [900, 100]})
    >>> expected_precision(strata, domain="stratum").table["margin"].round(4).tolist()
    [0.0294, 0.031, 0.093]
    """
    require_columns(strata.columns, ["stratum", "population", "n", *([domain] if domain else [])], where="strata")
    population = strata["population"].to_numpy(dtype=float)
    rate = strata["response_rate"].to_numpy(dtype=float) if "response_rate" in strata else response_rate
    invited = strata["n"].to_numpy(dtype=float)
    answers = invited * rate
    deviation = strata["std_dev"].to_numpy(dtype=float) if "std_dev" in strata else np.full(len(strata), spread)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    groups: list[tuple[str, Any]] = [("all", np.ones(len(strata), dtype=bool))]
    if domain is not None:
        labels = named_levels(strata[domain])
        groups += [(name, (labels == name).to_numpy()) for name in sorted(labels.unique())]
    rows = []
    for name, inside in groups:
        variance, simple = _variances(population[inside], answers[inside], deviation[inside])
        deff = variance / simple if simple > 0 else math.nan
        margin = z * math.sqrt(variance) if variance == variance else math.nan
        rows.append(
            (name, int(population[inside].sum()), int(invited[inside].sum()), answers[inside].sum(), margin, deff)
        )
    columns = ["domain", "population", "invited", "completes", "margin", "deff"]
    return ExpectedPrecision(table=pd.DataFrame(rows, columns=columns))


def _variances(population: Any, answers: Any, deviation: Any) -> tuple[float, float]:
    if (answers <= 0).any():
        return math.nan, math.nan
    whole = population.sum()
    share = population / whole
    variance = float((np.square(share * deviation) * np.maximum(1 / answers - 1 / population, 0)).sum())
    # without the strata's means, their spread is all that a simple random sample is known to have
    simple = float((share * np.square(deviation)).sum()) * max(1 / answers.sum() - 1 / whole, 0)
    return variance, simple


def size_by_domain(domains: pd.DataFrame, margin: float | Mapping[str, float], **rule: Any) -> pd.DataFrame:
    """Return the size that gives a margin in every domain, such as ±5 points in every region.

    Parameters
    ----------
    domains
        One row per domain: ``domain``, ``population``, and optional ``response_rate``, ``proportion``, ``std_dev``.
    margin
        One margin for all, or domain → margin.
    **rule
        Further arguments of `sample_size`.

    Returns
    -------
    DataFrame
        ``domain``, ``population``, ``margin``, ``completes``, ``invitations``. ``invitations`` serve as ``minimum`` of
        the domains' strata in `allocate`.

    Raises
    ------
    InputError
        If a column is missing or a domain has no margin.

    Examples
    --------
    >>> domains = pd.DataFrame({"domain": ["n", "s"], "population": [90000, 800]})
    >>> size_by_domain(domains, 5, target="nps")["completes"].tolist()
    [1511, 527]
    """
    require_columns(domains.columns, ["domain", "population"], where="domains")
    rows = []
    for row in domains.to_dict("records"):
        wanted = margin.get(str(row["domain"])) if isinstance(margin, Mapping) else margin
        if wanted is None:
            raise InputError(
                "Every domain has a margin.",
                found=f"none for {row['domain']!r}",
                fix="Add it, or give one number for all.",
                where="margin",
            )
        own: dict[str, Any] = {str(k): row[k] for k in ("response_rate", "proportion", "std_dev") if k in row}
        size = sample_size(wanted, population=int(row["population"]), **(rule | own))
        rows.append((row["domain"], int(row["population"]), wanted, size.completes, size.invitations))
    return pd.DataFrame(rows, columns=["domain", "population", "margin", "completes", "invitations"])


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Overlap(Result):
    """Customers of a sample who were in earlier ones.

    Attributes
    ----------
    table
        ``wave``, ``n`` (of that wave), ``shared``, ``shared_share`` (of the new sample).
    """

    caption: ClassVar = message("Overlap with earlier waves")
    columns: ClassVar = {
        "shared": Column(message("In both"), "people"),
        "shared_share": Column(message("Share of this sample"), "pct1"),
    }


def overlap(sample: Sample, earlier: Mapping[str, Sample | pd.DataFrame]) -> Overlap:
    """Count the customers a sample shares with each of the `earlier` waves (name → sample or its table).

    Parameters
    ----------
    sample
        The new sample.
    earlier
        Name of a wave → its sample, or the sample's table.

    Returns
    -------
    Overlap
        One row per earlier wave.

    Raises
    ------
    InputError
        If a table lacks the id column.

    Examples
    --------
    >>> from workbench.sampling import SimpleRandom, draw
    >>> customers = pd.DataFrame({"customer_id": [f"C{i}" for i in range(50)]})
    >>> new = draw(customers, SimpleRandom(10), salt="s")
    >>> overlap(new, {"q1": draw(customers, SimpleRandom(4), salt="s")}).table["shared"].tolist()
    [4]
    """
    ids = set(sample.table[sample.id])
    rows = []
    for wave, other in earlier.items():
        table = other.table if isinstance(other, Sample) else other
        require_columns(table.columns, [sample.id], where=wave)
        before = set(table[sample.id])
        rows.append((wave, len(before), len(ids & before), len(ids & before) / max(len(ids), 1)))
    return Overlap(table=pd.DataFrame(rows, columns=["wave", "n", "shared", "shared_share"]))
