"""How each region's numbers changed since the wave before."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from functools import cached_property

import numpy as np
import pandas as pd
import scipy

from workbench.core.checks import Codes, Floats
from workbench.core.errors import UntrustedWarning
from workbench.estimation import Design
from workbench.estimation.chosen import chosen_design
from workbench.estimation.domains import Domains
from workbench.estimation.ratios import fit_total
from workbench.estimation.sample import Sample, read_sample
from workbench.estimation.two_waves import NAMES, TwoWaves
from workbench.nps.measures import Figures, Measure, Scored, measured

COLUMNS = ("previous", "change", "change_low", "change_high", "change_p", "n_previous")
KNOWN_AS = ("previous", "estimate", "ci_low", "ci_high", "p_value", "n_previous")
VALUE = "(value)"
MINIMUM_BASE = 30


def moved_rows(
    source: Scored, name: str, measure: Measure, by: str, regions: pd.Index, confidence: float = 0.95
) -> pd.DataFrame:
    """Return the change of one measure by region from the rows of two waves.

    Returns
    -------
    DataFrame
        Indexed by `regions`: ``previous``, ``change``, ``change_low``, ``change_high``,
        ``change_p``, ``n_previous``; NaN where a
        wave has no answers of the region, or did not ask.

    Examples
    --------
    >>> now = pd.DataFrame({"region": ["a"] * 40, "recommend": [10] * 30 + [3] * 10})
    >>> before = now.assign(recommend=[10] * 20 + [3] * 20)
    >>> nps = Measure("recommend", label="NPS", statistic="nps")
    >>> moved_rows(Scored(now, previous=before), "nps", nps, "region", pd.Index(["a"]))["change"].tolist()
    [50.0]
    """
    return moved_measures(source, {name: measure}, by, regions, confidence)[name]


def moved_measures(
    source: Scored, measures: Mapping[str, Measure], by: str, regions: pd.Index, confidence: float = 0.95
) -> dict[str, pd.DataFrame]:
    """Return the change of several measures by region, as `moved_rows` does of each; rows are read once for all."""
    before, now = source.previous, source.data
    empty = pd.DataFrame(np.nan, index=regions, columns=list(COLUMNS))
    if before is None or by not in before:
        return dict.fromkeys(measures, empty)
    waves = _Regions(source, before, now, by)
    moved = {}
    for name, measure in measures.items():
        if measure.column not in before:
            moved[name] = empty
            continue
        values = tuple(measured(t, name, measure, where=w) for t, w in zip((before, now), NAMES, strict=True))
        if measure.statistic == "total":
            moved[name] = waves.totals((values[0], values[1]), confidence).reindex(regions)
        else:
            found = waves.change((values[0], values[1]), share=measure.statistic == "share", confidence=confidence)
            moved[name] = empty if found is None else found.reindex(regions)
    return moved


class _Regions:
    """Two waves of rows by region, read once for all measures that have answers in the same regions."""

    def __init__(self, source: Scored, before: pd.DataFrame, now: pd.DataFrame, by: str) -> None:
        self.source, self.rows, self.by = source, (before, now), by
        self.places = [pd.factorize(t[by]) for t in self.rows]
        self.read: dict[frozenset[object], TwoWaves] = {}

    def change(self, values: tuple[Floats, Floats], *, share: bool, confidence: float) -> pd.DataFrame | None:
        """Return the change in every region that answered in both waves, indexed by region; None where none did."""
        answered = []
        for (code, levels), v in zip(self.places, values, strict=True):
            there = np.unique(code[~np.isnan(v)])
            answered.append(set(levels[there[there >= 0]]))
        both = frozenset(answered[0] & answered[1])
        if not both:
            return None
        waves = self.read.get(both)
        if waves is None:
            waves = self.read[both] = self._only(both)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UntrustedWarning)
            fits = waves.fits(values, VALUE)
            numbers = waves.numbers(fits, confidence=confidence, minimum_base=MINIMUM_BASE, share=share)
        found = {new: numbers[old] for new, old in zip(COLUMNS, KNOWN_AS, strict=True)}
        return pd.DataFrame(found, index=pd.Index(waves.levels()[self.by]))

    def _only(self, regions: frozenset[object]) -> TwoWaves:
        source = self.source
        designs = [chosen_design(d, lonely_psu="certainty") for d in (source.previous_design, source.design)]
        parts = []
        for data, design, (_, levels) in zip(self.rows, designs, self.places, strict=True):
            columns = dict.fromkeys(c for c in (self.by, source.id, *design.columns_in(data)) if c)
            part = data[list(columns)]
            if len(levels) > len(regions):
                # a region without answers in a wave has no change; its rows stay in the design
                known = part[self.by].astype(object)
                part = part.assign(**{self.by: known.where(known.isin(regions))})
            parts.append(part)
        return TwoWaves.read(parts[0], parts[1], designs, id=source.id, by=self.by)

    def totals(self, values: tuple[Floats, Floats], confidence: float) -> pd.DataFrame:
        """Return the change of totals: of customers in both waves from each one's difference, indexed by region."""
        weighted = []
        source = self.source
        for data, design, v in zip(self.rows, (source.previous_design, source.design), values, strict=True):
            weight = data[design.weight].to_numpy(dtype=float) if design and design.weight else 1.0
            # who is not in a wave has a place behind its last row
            weighted.append(np.append(np.nan_to_num(v) * weight, 0.0))
        rows, sample, domains = self._everybody
        was, now = (w[r] for w, r in zip(weighted, rows, strict=True))
        both = np.column_stack([was, now - was])
        fit = fit_total(sample, domains, both, np.ones(both.shape, dtype=bool), ["previous", "change"])
        error = np.sqrt(np.clip(np.diag(fit.covariance), 0.0, None)).reshape(fit.estimate.shape)
        there = domains.sums((rows[0] < len(self.rows[0])).astype(float)[:, None])[:, 0]
        index = pd.Index(domains.levels[self.by])
        previous, change, of_change, n = (
            pd.Series(v, index=index) for v in (*fit.estimate.T, error[:, 1], there.astype(np.int64))
        )
        return _tested(previous, change, of_change, n, confidence)

    @cached_property
    def _everybody(self) -> tuple[tuple[Codes, Codes], Sample, Domains]:
        """Return each customer's row in either wave, the last one of which is nobody's, and their regions."""
        numbers = [np.arange(len(t)) for t in self.rows]
        if self.source.id:
            first, second = (
                pd.DataFrame({"id": t[self.source.id].to_numpy(), side: n})
                for t, side, n in zip(self.rows, ("before", "now"), numbers, strict=True)
            )
            joined = first.merge(second, on="id", how="outer")
            before, now = (
                joined[side].fillna(len(t)).to_numpy(dtype=np.int64)
                for side, t in zip(("before", "now"), self.rows, strict=True)
            )
        else:
            ends = [np.full(len(n), len(t)) for n, t in zip(reversed(numbers), self.rows, strict=True)]
            before, now = np.append(numbers[0], ends[0]), np.append(ends[1], numbers[1])
        names = pd.Index(dict.fromkeys([*self.places[1][1], *self.places[0][1]]), dtype=object)
        was, is_now = (
            np.append(np.append(names.get_indexer(pd.Index(levels, dtype=object)), -1)[code], -1)
            for code, levels in self.places
        )
        # a customer who moved counts where he is now, so that a region's change is that of its customers
        region = np.where(is_now[now] >= 0, is_now[now], was[before])
        kept = region >= 0
        sample = read_sample(pd.DataFrame(index=range(int(kept.sum()))), Design(lonely_psu="certainty"))
        domains = Domains(region[kept], pd.DataFrame({self.by: names}))
        return (before[kept], now[kept]), sample, domains


def _tested(previous: pd.Series, change: pd.Series, error: pd.Series, n: pd.Series, confidence: float) -> pd.DataFrame:
    z = float(scipy.stats.norm.ppf((1 + confidence) / 2))
    ratio = change.abs() / error.where(error > 0)
    p = pd.Series(2 * scipy.stats.norm.sf(ratio.to_numpy(dtype=float)), index=change.index)
    return pd.DataFrame(
        {
            "previous": previous,
            "change": change,
            "change_low": change - z * error,
            "change_high": change + z * error,
            "change_p": p,
            "n_previous": n,
        }
    )


def moved_figures(source: Figures, name: str, by: str, regions: pd.Index, confidence: float = 0.95) -> pd.DataFrame:
    """Return the change of ready-made figures, the waves taken as independent.

    Examples
    --------
    >>> table = pd.DataFrame({"region": ["a"], "measure": "clv", "estimate": 5.0, "std_error": 3.0, "n": 9,
    ...                       "previous": 1.0, "previous_std_error": 4.0})
    >>> moved_figures(Figures(table, {}), "clv", "region", pd.Index(["a"]))["change_low"].round(1).tolist()
    [-5.8]
    """
    table = source.table[source.table["measure"] == name].set_index(by)
    if not {"previous", "previous_std_error"} <= set(table.columns):
        return pd.DataFrame(np.nan, index=regions, columns=list(COLUMNS))
    error = (table["std_error"] ** 2 + table["previous_std_error"] ** 2) ** 0.5
    n = table["n_previous"] if "n_previous" in table else table["n"]
    found = _tested(table["previous"], table["estimate"] - table["previous"], error, n, confidence)
    return found.reindex(regions)
