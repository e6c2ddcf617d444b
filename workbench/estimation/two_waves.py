"""Two waves read once: whatever changed between them rests on the same samples, groups and common units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from workbench.core.checks import Codes, Floats
from workbench.core.errors import InputError
from workbench.core.results import Note
from workbench.estimation.chosen import two_designs
from workbench.estimation.design import Design
from workbench.estimation.domains import Domains, read_domains
from workbench.estimation.intervals import quantile_t
from workbench.estimation.mean_test import mean_sides, means_alike
from workbench.estimation.overlap import Overlap, cross_covariance, find_overlap
from workbench.estimation.sample import Sample, read_sample
from workbench.estimation.share_test import share_sides, shares_alike
from workbench.estimation.wave_fit import (
    WaveFit,
    common_groups,
    designs_alike,
    pair_replicates,
    rows_in_both,
    steady_degrees,
)

NAMES = ("previous wave", "current wave")
POWER = 0.8


@dataclass(frozen=True, eq=False)
class TwoWaves:
    """Two waves read against their designs, for the change of any number of columns.

    Attributes
    ----------
    samples, domains
        Of the wave before and of this one.
    groups
        The groups that occur in both, as places among the groups of each wave.
    left_out
        How many groups occur in one wave only.
    overlap
        First-stage units in both waves; None where the waves count as drawn independently, or have replicates.
    ids
        Customer ids of both waves, where replicates span them; None else.
    as_random
        Whether systematic samples count as drawn at random.
    """

    samples: tuple[Sample, Sample]
    domains: tuple[Domains, Domains]
    groups: tuple[Codes, Codes]
    left_out: int
    overlap: Overlap | None
    ids: tuple[pd.Series, pd.Series] | None
    as_random: bool

    @classmethod
    def read(
        cls,
        previous: pd.DataFrame,
        current: pd.DataFrame,
        designs: Design | Sequence[Design | None] | None,
        *,
        id: str | None = None,  # noqa: A002
        by: str | Sequence[str] | None = None,
    ) -> TwoWaves:
        """Read the designs, the groups and what the waves have in common; arguments as of `estimate_change`.

        Raises
        ------
        InputError
            If a design breaks a rule, ids repeat within a wave, or no group occurs in both.

        Examples
        --------
        >>> wave = pd.DataFrame({"customer_id": ["a", "b", "c"], "y": [1.0, 2.0, 3.0]})
        >>> both = TwoWaves.read(wave, wave, Design(), id="customer_id")
        >>> y = wave["y"].to_numpy()
        >>> both.numbers(both.fits((y, y + 1), "y"), confidence=0.95, minimum_base=1, share=False)["estimate"].tolist()
        [1.0]
        """
        pair = two_designs(designs)
        if id is not None and (pair[0].replicates is None) != (pair[1].replicates is None):
            raise InputError(
                "Both waves have replicate weights, or neither has; else nothing says what both have in common.",
                found="replicates in one wave",
                fix="Give both designs replicates=, leave it out of both, or pass id=None for waves drawn "
                "independently.",
                where="designs",
            )
        systematic, ordered = any(d.order for d in pair), all(d.order for d in pair)
        waves = list(zip((previous, current), designs_alike(pair), NAMES, strict=True))
        first, second = (read_sample(data, design, where=name) for data, design, name in waves)
        before, now = (read_domains(data, by, where=name) for data, _, name in waves)
        groups, left_out = common_groups(before, now)
        samples = (first, second)
        paired = id is not None and pair_replicates(samples)
        replicated = any(s.replicates is not None for s in samples)
        overlap = None if replicated else find_overlap(previous, current, samples, id)
        ids = (previous[id], current[id]) if paired and id is not None else None
        return cls(samples, (before, now), groups, left_out, overlap, ids, systematic and not ordered)

    def fits(
        self, values: tuple[Floats, Floats], column: str, notes: Sequence[tuple[Note, ...]] | None = None
    ) -> list[WaveFit]:
        """Fit the mean of the values of each wave, NaN where there is none; `notes` stand for those of the fits."""
        told = [None, None] if notes is None else list(notes)
        return [
            WaveFit.fitted(sample, domains, v, column, note)
            for sample, domains, v, note in zip(self.samples, self.domains, values, told, strict=True)
        ]

    def levels(self) -> pd.DataFrame:
        """Return one row per group that occurs in both waves, with the columns of the groups."""
        levels = self.domains[1].levels
        if not levels.shape[1]:
            return pd.DataFrame(index=range(1))
        return levels.iloc[self.groups[1]].reset_index(drop=True)

    def numbers(
        self, waves: Sequence[WaveFit], *, confidence: float, minimum_base: int, share: bool
    ) -> dict[str, np.ndarray]:
        """Return the change of what was fitted in each common group, with its error, interval and test.

        Parameters
        ----------
        waves
            As `fits` gives them.
        confidence, minimum_base
            As of `estimate_change`.
        share
            Whether the values are those of a share.

        Returns
        -------
        dict
            ``previous`` … ``detectable``, the numbers of a line of `Change`, an array over the groups each.
        """
        fits, groups = [w.fit for w in waves], self.groups
        before, after = (f.estimate[g, 0] for f, g in zip(fits, groups, strict=True))
        parts = [np.diag(f.covariance)[g] for f, g in zip(fits, groups, strict=True)]
        apart = [f.df[g, 0] for f, g in zip(fits, groups, strict=True)]
        thinner = np.minimum(*apart)
        variance, df, common = self._together(waves, parts[0] + parts[1], apart, after - before)
        # a wave that knows nothing of its own error leaves a change without one
        df = np.where(thinner < 1, 0.0, steady_degrees(df, parts, apart))
        error = np.sqrt(np.clip(np.asarray(variance, dtype=float), 0.0, None))
        change = after - before
        t = quantile_t(confidence, df)
        if share:
            sides = [share_sides(w.sample, w.domains, w.fit).take(g) for w, g in zip(waves, groups, strict=True)]
            tested, p = shares_alike(sides[0], sides[1], np.nan_to_num(np.asarray(variance, dtype=float)), thinner)
        else:
            means = [mean_sides(w.sample, w.domains, w.fit).take(g) for w, g in zip(waves, groups, strict=True)]
            enough = np.minimum(*(f.n[g, 0] for f, g in zip(fits, groups, strict=True))) >= minimum_base
            tested, p = means_alike(means[0], means[1], np.asarray(variance), df, enough, family=int(enough.sum()))
        used = np.asarray(np.fmax(error, tested))
        current = fits[1]
        v = np.diag(current.covariance)[groups[1]]
        spread = current.element_variance[groups[1], 0]
        n = current.n[groups[1], 0].astype(np.int64)
        kish = np.where(n > 0, current.kish[groups[1], 0], np.nan)
        return {
            "previous": before,
            "current": after,
            "estimate": change,
            "std_error": error,
            "ci_low": change - t * used,
            "ci_high": change + t * used,
            "n": n,
            "n_previous": fits[0].n[groups[0], 0].astype(np.int64),
            "n_overlap": common,
            "n_effective": np.where(v > 1e-20, spread / np.where(v > 1e-20, v, 1.0), kish),
            "p_value": p,
            "detectable": (t + scipy.special.ndtri(POWER)) * used,
        }

    def _together(
        self, waves: Sequence[WaveFit], variance: Floats, apart: Sequence[Floats], change: Floats
    ) -> tuple[Floats, Floats, Codes]:
        """Return variance, degrees of freedom and common units or customers of changes, with what waves share."""
        groups, thinner = self.groups, np.minimum(*apart)
        df = np.asarray(apart[0] + apart[1] - 1)
        common = np.zeros(len(groups[0]), dtype=np.int64)
        first, second = (w.fit.replicated for w in waves)
        replicates = self.samples[1].replicates
        if self.ids is not None and first is not None and second is not None and replicates is not None:
            # replicate r leaves out the same units in both waves, so that its change shows what they have in common
            variance = np.diag(replicates.spread(second[:, groups[1]] - first[:, groups[0]], change))
            return variance, thinner, rows_in_both(self.ids, waves, groups)
        overlap = self.overlap
        if overlap is not None and len(overlap):
            totals = (waves[0].totals(groups[0]), waves[1].totals(groups[1]))
            variance = variance - 2 * cross_covariance(self.samples, totals, overlap)
            present = [w.present(g) for w, g in zip(waves, groups, strict=True)]
            both = present[0][overlap.previous] & present[1][overlap.current]
            common = both.sum(axis=0)
            strata = [len(np.unique(self.samples[0].first.parent[overlap.previous][b])) for b in both.T]
            df = np.maximum(thinner - 1, df - common + np.array(strata))
        return variance, df, common
