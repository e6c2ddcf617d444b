"""How contracts are renewed, by a model where enough renewals were seen; and that model against the last days."""

from __future__ import annotations

import datetime as dt
import warnings
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.clv.contracts.bdw import Bdw, fit_bdw
from workbench.clv.contracts.sbg import Sbg, fit_sbg
from workbench.clv.contracts.spells import KIND, MONTH, ContractSpells, contract_durations
from workbench.clv.models.comparison import likelihood_ratio
from workbench.clv.models.fit import Fit
from workbench.clv.purchases.patterns import Floats
from workbench.core.bulk import keep_rows
from workbench.core.errors import InputError, UntrustedWarning
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID
from workbench.core.results import Note

DRAWS: Final = 200
_PERIODS: Final = (12, 6, 3, 1)
_NEAR_DAYS: Final = 4  # of a renewal date
_FEWEST_ENDED, _FEWEST_PERIODS, _FEWEST_CONTRACTS = 20, 2, 50
_STILL_RUNNING: Final = 1_000_000


@dataclass(frozen=True, eq=False)
class Renewals:
    """How contracts are renewed.

    Attributes
    ----------
    period
        Months from one renewal to the next.
    survivors
        Contracts that began early enough to be seen for all these renewals: at the start, after the first …
    plain, bent
        Shifted beta-geometric, and with duration dependence; None where renewals are too few.
    fit
        The one that is used; None where contracts are taken to end at one rate.
    rate
        Contracts that end per month, and the standard error of its logarithm.
    p_value
        Of the likelihood-ratio test of duration dependence.
    exposure
        Months under contract that the rate rests on.
    seed
        Of the draws of parameters: other kinds of contracts have other ones.
    """

    period: int
    survivors: Floats
    plain: Fit | None
    bent: Fit | None
    fit: Fit | None
    rate: tuple[float, float]
    p_value: float
    exposure: float = float("nan")
    seed: int = 1

    def kept(self, renewals: npt.ArrayLike, shift: int | None = None) -> Floats:
        """Return the share of contracts renewed so often, with the parameters or with one of their draws."""
        if self.fit is not None:
            model = self.fit.model if shift is None else type(self.fit.model).of(self._draws[shift])
            assert isinstance(model, Sbg | Bdw)
            return np.asarray(model.survival(renewals))
        rate = self.rate[0] if shift is None else float(self._draws[shift, 0])
        return np.asarray(np.exp(-rate * self.period * np.asarray(renewals, dtype=float)))

    @property
    def _draws(self) -> Floats:
        if self.fit is not None:
            return np.asarray(self.fit.draws(DRAWS, self.seed).to_numpy(dtype=float))
        random = np.random.default_rng(self.seed)
        if not self.rate[0]:
            # none has ended: a rate for which that is no surprise (Jeffreys)
            return np.asarray(random.gamma(0.5, 1 / self.exposure, (DRAWS, 1)))
        return np.asarray(self.rate[0] * np.exp(random.standard_normal((DRAWS, 1)) * self.rate[1]))

    @property
    def words(self) -> Message | None:
        """How many contracts go on at their first renewal, and later; None without a model."""
        if self.fit is None:
            return None
        model = self.fit.model
        assert isinstance(model, Sbg | Bdw)
        first, later = model.retention(np.array([1.0, 4.0]))
        return message(
            "Of the contracts up for their first renewal ({often}) {first:pct1} go on, of those up for their fourth "
            "{later:pct1}.",
            often=how_often(self.period),
            first=first,
            later=later,
        )

    @property
    def notes(self) -> list[Note]:
        """How renewals are told."""
        if not self.rate[0]:
            return [Note(message("None has ended yet; the interval allows for ends that were not seen."), "caution")]
        if self.fit is None:
            text = message(
                "Too few contracts were seen through several renewals for a model of them: they are taken to end at "
                "one rate of {rate:pct1} a month, whatever their age.",
                rate=self.rate[0],
            )
            return [Note(text, "caution")]
        text = message(
            "Renewals ({often}) are told by {model}, fitted to the {n:int} contracts that began early enough to be "
            "seen for {periods:int} of them.",
            often=how_often(self.period),
            model=self.fit.model.label,
            n=int(self.survivors[0]),
            periods=len(self.survivors) - 1,
        )
        found = [Note(text)]
        if self.p_value == self.p_value:
            verdict = (
                message("A contract's own chance to end changes with its age ({p:p_is}).", p=self.p_value)
                if self.fit is self.bent
                else message(
                    "That loyalty grows with age needs no other reason than that those likely to leave go "
                    "first ({p:p_is} for a change of each contract's own chance).",
                    p=self.p_value,
                )
            )
            found.append(Note(verdict))
        return found + [Note(v, "caution") for v in self.fit.verdicts]


def contract_renewals(spells: ContractSpells, period: int | None = None) -> Renewals:
    """Fit models of renewal to contracts.

    Parameters
    ----------
    spells
        What `contract_spells` returns.
    period
        Months from one renewal to the next; by default the longest of 12, 6, 3 and 1 at whose multiples four in five of
        the contracts ended.

    Returns
    -------
    Renewals
        With the shifted beta-geometric, or with duration dependence where a likelihood-ratio test asks for it (5 %).

    Raises
    ------
    InputError
        If none has ended.

    Examples
    --------
    >>> import datetime as dt
    >>> from workbench.clv import contract_spells
    >>> lines = pd.DataFrame({"customer_id": list("ab"), "started_at": pd.to_datetime(["2024-01-01"] * 2),
    ...                       "ended_at": pd.to_datetime(["2025-01-01", None])})
    >>> contract_renewals(contract_spells(lines, observed_until=dt.date(2025, 6, 30))).period
    12
    """
    found = renewals_of(spells, period)
    if not found.rate[0]:
        raise InputError(
            message("How contracts are renewed is told by those that were not."),
            found=message("{n:int} contracts, none of which has ended", n=contract_durations(spells)["count"].sum()),
            fix=message("Check ended_at, or come back when some have ended."),
            where="contracts",
        )
    return found


def renewals_of(spells: ContractSpells, period: int | None = None) -> Renewals:
    """Fit as `contract_renewals` does; where none has ended, at a rate of 0."""
    data = contract_durations(spells)
    ends = data[data["ended"]]
    ended = float(ends["count"].sum())
    # a contract that ended on its first day was under contract for half of it
    exposure = float(
        np.maximum(data["duration"].to_numpy(dtype=float), 0.5 / MONTH) @ data["count"].to_numpy(dtype=float)
    )
    step = period or _period(ends)
    began = spells.source.rows(f"""
        SELECT CAST(floor(({_since(spells)} - {spells.gap_days}) / {MONTH * step!r}) AS BIGINT) AS seen,
               CASE WHEN ended THEN CAST(ceil((days - {_NEAR_DAYS}) / {MONTH * step!r}) AS BIGINT) - 1
                    ELSE {_STILL_RUNNING} END AS lasted, count(*) AS people
        FROM {{table}} AS t GROUP BY 1, 2 ORDER BY 1, 2""")
    counts = _survivors(began)
    plain = bent = chosen = None
    p_value = float("nan")
    enough = len(counts) > _FEWEST_PERIODS and counts[0] >= _FEWEST_CONTRACTS
    if enough and counts[0] - counts[-1] >= _FEWEST_ENDED:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UntrustedWarning)  # what did not converge is not used
            plain = fit_sbg(counts)
            bent = fit_bdw(counts) if len(counts) > _FEWEST_PERIODS + 1 else None
        chosen = plain if plain.converged else None
        if bent is not None and bent.converged:
            p_value = float(likelihood_ratio(plain, bent).table["p_value"].iloc[0])
            chosen = bent if p_value < 0.05 else chosen
    rate = (ended / exposure, ended**-0.5) if ended else (0.0, float("nan"))
    return Renewals(step, counts, plain, bent, chosen, rate, p_value, exposure)


def _since(spells: ContractSpells) -> str:
    d = spells.source.engine.dialect
    return d.days_between.format(start="started", end=f"DATE '{spells.observed_until}'")


def _period(ends: pd.DataFrame) -> int:
    ends = ends[ends["duration"] > _NEAR_DAYS / MONTH]  # what ended at once tells of no period
    if not len(ends):
        return 1
    days = ends["duration"].to_numpy() * MONTH
    for months in _PERIODS:
        near = np.abs(days - np.round(days / (MONTH * months)) * MONTH * months) <= _NEAR_DAYS
        if float(near @ ends["count"].to_numpy()) >= 0.8 * float(ends["count"].sum()):
            return months
    return 1


def _survivors(began: pd.DataFrame) -> Floats:
    # the number of renewals for which most renewals of completely observed contracts can be counted
    seen, lasted, people = (began[c].to_numpy(dtype=float) for c in ("seen", "lasted", "people"))
    known = {k: float(people[seen >= k].sum()) for k in range(1, int(seen.max(initial=1)) + 1)}
    several = {k: n for k, n in known.items() if k > _FEWEST_PERIODS and n >= _FEWEST_CONTRACTS}
    best = max(several or known, key=lambda k: k * known[k])
    whole = seen >= best
    return np.array(
        [float(people[whole & (lasted >= k)].sum()) if k else float(people[whole].sum()) for k in range(best + 1)]
    )


def how_often(period: int) -> Message:
    """Return in words how often contracts are renewed.

    Examples
    --------
    >>> str(how_often(3))
    'one every 3 months'
    """
    if period == 1:
        return message("one every month")
    return message("one every year") if period == 12 else message("one every {months:int} months", months=period)


@dataclass(frozen=True)
class RenewalCheck:
    """Contracts that ended in the last months, against what a model told that was fitted before.

    Attributes
    ----------
    months
        Months held back.
    running
        Contracts that ran at their beginning.
    told, happened
        Ended since.
    """

    months: float
    running: int
    told: float
    happened: int


def check_renewals(spells: ContractSpells, renewals: Renewals, days: int) -> RenewalCheck:
    """Fit renewals without the last `days` and hold them against these.

    What ended in the last days in which a contract may still be renewed is not known, so they do not count.

    Parameters
    ----------
    spells
        What `contract_spells` returns.
    renewals
        What `contract_renewals` found in them; its period is kept.
    days
        Days to hold back.

    Returns
    -------
    RenewalCheck
        How many ran, how many the model told would end, how many did.

    Raises
    ------
    InputError
        If too little was seen before.

    Examples
    --------
    >>> from workbench.clv import contract_spells
    >>> day = pd.Timestamp("2024-01-01")
    >>> lines = pd.DataFrame({"customer_id": [f"c{i}" for i in range(60)], "started_at": day,
    ...                       "ended_at": [day + pd.DateOffset(months=i) if i < 17 else None for i in range(1, 61)]})
    >>> spells = contract_spells(lines, observed_until=dt.date(2025, 6, 30))
    >>> check_renewals(spells, contract_renewals(spells), 182).running > 0
    True
    """
    own, d = spells.source, spells.source.engine.dialect
    cut = spells.observed_until - dt.timedelta(days=days)
    until = d.days_between.format(start="started", end=f"DATE '{cut}'")
    known = keep_rows(
        own.engine,
        f"""
        SELECT {CUSTOMER_ID}, {KIND}, started, least(days, CAST({until} AS BIGINT)) AS days,
               least(seen, CAST({until} AS BIGINT)) AS seen,
               ended AND days <= {until} AS ended, NOT (ended AND days <= {until}) AS running, ended AS ended_since
        FROM {own.source} AS t WHERE started <= DATE '{cut}'
        ORDER BY {d.text_order.format(column=CUSTOMER_ID)}, {d.text_order.format(column=KIND)}, started""",
        stem="contracts",
    )
    before = contract_renewals(replace(spells, source=known, observed_until=cut, gap_days=0), renewals.period)
    rows = known.rows("""
        SELECT days, ended_since, count(*) AS people FROM {table} AS t WHERE running GROUP BY 1, 2 ORDER BY 1, 2""")
    if not len(rows):
        raise InputError(
            message("A forecast of renewals is held against contracts that ran before."),
            found=message("no contract that ran on {day:date}", day=cut),
            fix=message("Lower value.holdout_days, or come back when contracts are older."),
            where="contracts",
        )
    step, held = MONTH * renewals.period, days - spells.gap_days
    age, people = rows["days"].to_numpy(dtype=float), rows["people"].to_numpy(dtype=float)
    now, then = ((np.maximum(age + ahead - _NEAR_DAYS, 0) // step).astype(np.int64) for ahead in (0, held))
    kept = before.kept(np.arange(int(then.max()) + 1))
    told = float(people @ (1 - kept[then] / kept[now]))
    happened = float(people @ rows["ended_since"].to_numpy(dtype=float))
    return RenewalCheck(held / MONTH, int(people.sum()), told, int(happened))
