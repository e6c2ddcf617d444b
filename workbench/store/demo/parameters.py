"""Every number the demo company is generated from, in one place; ``truth.json`` and ``truth.md`` are written from it.

All of it is invented. Days are whole days since the programme's first day; money is in cents until it is written.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal

Share = float
Disposition = str

RECIPE: Final = "demo/v1"
PROGRAMME_START: Final = dt.date(2024, 7, 1)

RegionCode = Literal["east", "north", "south", "central", "southwest", "northwest", "northeast"]
REGIONS: Final[tuple[RegionCode, ...]] = (
    "east",
    "south",
    "north",
    "central",
    "southwest",
    "northeast",
    "northwest",
)
REGION_SHARES: Final = (0.31, 0.21, 0.16, 0.13, 0.10, 0.06, 0.03)

CHANNELS: Final = ("store", "app", "web", "partner")
CHANNEL_SHARES: Final = (0.42, 0.33, 0.17, 0.08)

SPEND_CLASSES: Final = ("low", "middle", "high")
SPEND_LIMITS: Final = (1_000_00, 3_000_00)
"""Cents spent in the 12 months to the wave date: low ≤ 1000 < middle ≤ 3000 < high."""

ATTRIBUTES: Final = ("service", "delivery", "quality", "price", "app")


@dataclass(frozen=True)
class WavePlan:
    """One wave: its name, its date, and the first day of the 12 months before it."""

    name: str
    as_of: dt.date
    year_starts: dt.date
    interactions_from: dt.date
    stream: int = 0
    """Number of its random streams, the same however many waves there are."""

    @property
    def day(self) -> int:
        """Wave date as a programme day."""
        return (self.as_of - PROGRAMME_START).days

    @property
    def year_day(self) -> int:
        """First programme day that counts into the 12-month amount."""
        return (self.year_starts - PROGRAMME_START).days


WAVES: Final = (
    WavePlan("2026q2", dt.date(2026, 6, 30), dt.date(2025, 7, 1), dt.date(2026, 1, 1)),
    WavePlan("2026q3", dt.date(2026, 9, 30), dt.date(2025, 10, 1), dt.date(2026, 7, 1), 1),
)
MOST_WAVES: Final = 16
BEFORE_FIRST: Final = 600
"""Days that a programme of more waves runs before the first of them."""


def wave_plans(waves: int = 2) -> tuple[WavePlan, ...]:
    """Return the waves of a company of so many: the last two are always the same, earlier ones are quarters before.

    Examples
    --------
    >>> [(w.name, str(w.as_of)) for w in wave_plans(4)][:2]
    [('2025q4', '2025-12-31'), ('2026q1', '2026-03-31')]
    """
    earlier = []
    year, quarter = 2026, 2
    for back in range(1, waves - 1):
        year, quarter = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
        starts = dt.date(year, 3 * quarter - 2, 1)
        after = dt.date(year + quarter // 4, 3 * quarter % 12 + 1, 1)
        year_starts = dt.date(after.year - 1, after.month, 1)
        earlier.append(WavePlan(f"{year}q{quarter}", after - dt.timedelta(days=1), year_starts, starts, back + 1))
    return (*earlier[::-1], *WAVES)


def first_day(waves: int = 2) -> int:
    """Return the programme day of the first signup: before day 0 where there are waves long ago."""
    return min(0, wave_plans(waves)[0].day - BEFORE_FIRST)


@dataclass(frozen=True)
class Signups:
    """Density of signup over the programme, proportional to 1 + growth × (elapsed share of the programme)."""

    growth: float = 1.2


@dataclass(frozen=True)
class Purchases:
    """BG/NBD in days: rate ~ Gamma(r, rate alpha), dropout after each repeat purchase ~ Beta(a, b)."""

    r: float = 0.9
    alpha: float = 9.5
    a: float = 0.6
    b: float = 14.0


@dataclass(frozen=True)
class Spending:
    """Gamma-gamma: order value ~ Gamma(p, rate nu), nu ~ Gamma(q, rate gamma); mean p × gamma / (q − 1)."""

    p: float = 6.0
    q: float = 4.0
    gamma: float = 60.0
    refunded: Share = 0.01
    refund_low: Share = 0.10
    refund_high: Share = 0.60


@dataclass(frozen=True)
class Profile:
    """Shares of customers who may not be contacted, and of blanks in the optional columns."""

    do_not_contact: Share = 0.03
    missing_gender: Share = 0.02
    missing_age_band: Share = 0.03
    missing_occupation: Share = 0.08
    missing_interests: Share = 0.05
    missing_consent_date: Share = 0.02


@dataclass(frozen=True)
class Opinions:
    """Latent satisfaction: what shifts it, how stable it is, and where the answers are cut."""

    intercept: float = -0.03
    region: tuple[float, ...] = (0.16, 0.02, -0.20, -0.08, 0.30, -0.31, -0.25)
    channel: tuple[float, ...] = (0.04, 0.06, -0.08, -0.14)
    spend_class: tuple[float, ...] = (-0.10, 0.05, 0.25)
    second_wave: tuple[float, ...] = (0.00, 0.20, 0.12, 0.00, -0.22, 0.10, 0.00)
    per_quarter: tuple[float, ...] = (0.02, 0.03, -0.02, 0.00, 0.04, -0.01, 0.00)
    fourth_quarter: float = -0.15
    importance: tuple[float, ...] = (0.35, 0.30, 0.45, 0.20, 0.12)
    spill: tuple[float, ...] = (0.40, 0.60, 0.20, 0.20, 0.20)
    halo: float = 0.25
    unexplained: float = 0.40
    stable: Share = 0.60
    recommend_cuts: tuple[float, ...] = (
        -2.326,
        -2.170,
        -1.995,
        -1.812,
        -1.626,
        -1.216,
        -0.927,
        -0.504,
        0.068,
        0.574,
    )
    satisfaction_cuts: tuple[float, ...] = (-1.75, -1.15, -0.45, 0.55)
    satisfaction_noise: float = 0.5
    effort_cuts: tuple[float, ...] = (-2.1, -1.5, -1.0, -0.45, 0.25, 0.95)
    effort_loading: float = 0.6
    rating_cuts: tuple[float, ...] = (-1.8, -1.1, -0.35, 0.75)


@dataclass(frozen=True)
class Response:
    """Who answers (log-odds), and what else happens to the people who are approached."""

    intercept: float = -0.80
    region: tuple[float, ...] = (0.45, 0.05, -0.55, -0.20, 0.70, -0.80, -0.50)
    spend_class: tuple[float, ...] = (-0.45, 0.10, 0.75)
    latent: float = 0.008
    out_of_order: Share = 0.02
    partial: Share = 0.03
    dont_know: Share = 0.010
    app_not_rated: Share = 0.08
    comment: Share = 0.55
    other_language: Share = 0.15
    personal_details: Share = 0.02
    speeders: Share = 0.015
    next_attempt: Share = 0.45
    max_attempts: int = 5
    field_days: int = 21
    modes: tuple[tuple[str, Share], ...] = (("phone", 0.50), ("web", 0.40), ("face_to_face", 0.10))


@dataclass(frozen=True)
class Service:
    """Yearly-half and quarter rates of interactions, per customer and period."""

    complaint_intercept: float = -3.3
    complaint_latent: float = -0.9
    enquiry: Share = 0.06
    visit: Share = 0.05
    post: Share = 0.02
    referral: Share = 0.015
    close_days: float = 6.0
    never_closed: Share = 0.03


@dataclass(frozen=True)
class Panels:
    """The sample-point panel: how many, in how many rotation groups, and what they get."""

    members: int = 400
    groups: int = 4
    smallest_share: Share = 0.02


SIGNUPS: Final = Signups()
PURCHASES: Final = Purchases()
SPENDING: Final = Spending()
PROFILE: Final = Profile()
OPINIONS: Final = Opinions()
RESPONSE: Final = Response()
SERVICE: Final = Service()
PANEL: Final = Panels()

FINAL_CODES: Final[dict[str, tuple[tuple[Disposition, Share], ...]]] = {
    "phone": (("2.11", 0.36), ("2.20", 0.20), ("2.21", 0.10), ("2.32", 0.04), ("3.13", 0.30)),
    "web": (("2.11", 0.12), ("2.12", 0.10), ("3.19", 0.78)),
    "face_to_face": (("2.11", 0.50), ("2.20", 0.30), ("3.17", 0.20)),
}
"""Final outcome of those approached who do not answer, by mode."""

WAITING_CODES: Final = {"phone": ("2.20", "3.13"), "web": ("3.19", "3.19"), "face_to_face": ("2.20", "2.21")}
"""Outcome of every attempt before the last."""

INCENTIVES: Final = {"phone": 10, "web": 5, "face_to_face": 20}
DONT_KNOW: Final = 99

CATEGORIES: Final = ("fresh", "grocery", "home", "beauty", "baby", "digital")
CATEGORY_SHARES: Final = (0.28, 0.26, 0.16, 0.13, 0.09, 0.08)
CATEGORY_MARGINS: Final = (0.18, 0.22, 0.32, 0.42, 0.28, 0.12)
