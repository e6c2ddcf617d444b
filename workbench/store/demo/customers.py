"""Who the customers are: signup day, place, channel and profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from workbench.core.language import Language
from workbench.store.demo import csv_files
from workbench.store.demo.blocks import Block
from workbench.store.demo.parameters import (
    CHANNEL_SHARES,
    PROFILE,
    PROGRAMME_START,
    REGION_SHARES,
    REGIONS,
    SIGNUPS,
    WAVES,
    WavePlan,
)
from workbench.store.demo.words import (
    AGE_SHARES,
    CITY_SHARES,
    GENDER_SHARES,
    OCCUPATION_SHARES,
    STORES_PER_CITY,
    words,
)

Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

MAX_INTERESTS = 3


@dataclass(frozen=True)
class Customers:
    """One block of customers as codes; `signup` is a programme day, `unit` a store within the city (from 1)."""

    block: Block
    signup: Codes
    region: Codes
    city: Codes
    unit: Codes
    channel: Codes
    gender: Codes
    age_band: Codes
    occupation: Codes
    interests: Codes
    interest_count: Codes
    do_not_contact: Flags
    missing: dict[str, Flags]

    @property
    def number(self) -> Codes:
        """Customer numbers, from 1 in order of signup."""
        return np.arange(self.block.start + 1, self.block.start + 1 + self.block.size)


def pick(random: np.random.Generator, size: int, shares: tuple[float, ...]) -> Codes:
    """Draw codes 0, 1, … with the given shares."""
    return np.searchsorted(np.cumsum(shares)[:-1], random.random(size), side="right").astype(np.int64)


def make_customers(block: Block) -> Customers:
    """Make one block's customers.

    Signups are spread evenly over the quantiles of their distribution, so customer numbers rise with the signup day.
    """
    random, n = block.random("profile"), block.size
    quantile = (block.start + np.arange(n) + random.random(n)) / block.customers
    growth, days = SIGNUPS.growth, WAVES[-1].day + 1 - block.first_day
    elapsed = (np.sqrt(1 + 2 * growth * quantile * (1 + growth / 2)) - 1) / growth
    region = pick(random, n, REGION_SHARES)
    city = pick(random, n, CITY_SHARES)
    unit = (random.random(n) * np.array(STORES_PER_CITY)[city]).astype(np.int64) + 1
    channel = pick(random, n, CHANNEL_SHARES)
    gender, age = pick(random, n, GENDER_SHARES), pick(random, n, AGE_SHARES)
    occupation = pick(random, n, OCCUPATION_SHARES)
    interests = np.argsort(random.random((n, len(words("en").interests))), axis=1)[:, :MAX_INTERESTS]
    count = random.integers(1, MAX_INTERESTS + 1, n)
    refuses = random.random(n) < PROFILE.do_not_contact
    shares = {
        "gender": PROFILE.missing_gender,
        "age_band": PROFILE.missing_age_band,
        "occupation": PROFILE.missing_occupation,
        "interests": PROFILE.missing_interests,
        "consent_date": PROFILE.missing_consent_date,
    }
    missing = {name: random.random(n) < share for name, share in shares.items()}
    missing["consent_date"] |= refuses
    return Customers(
        block=block,
        signup=np.minimum((elapsed * days).astype(np.int64), days - 1) + block.first_day,
        region=region,
        city=city,
        unit=unit,
        channel=channel,
        gender=gender,
        age_band=age,
        occupation=occupation,
        interests=interests,
        interest_count=count,
        do_not_contact=refuses,
        missing=missing,
    )


def customers_table(customers: Customers, wave: WavePlan, language: Language) -> pa.Table:
    """Return the rows of ``customers.csv`` for those who had signed up by the wave date."""
    word = words(language)
    cities = tuple(city for code in REGIONS for city in word.cities[code])
    gap = customers.missing
    signup = csv_files.dates(customers.signup, PROGRAMME_START)
    columns: dict[str, Any] = {
        "customer_id": csv_files.ids("C", customers.number, 9),
        "region": csv_files.labels(customers.region, tuple(word.regions[code] for code in REGIONS)),
        "city": csv_files.labels(customers.region * len(CITY_SHARES) + customers.city, cities),
        "channel": csv_files.labels(customers.channel, word.channels),
        "signup_date": signup,
        "gender": csv_files.labels(customers.gender, word.genders, missing=gap["gender"]),
        "age_band": csv_files.labels(customers.age_band, word.age_bands, missing=gap["age_band"]),
        "occupation": csv_files.labels(customers.occupation, word.occupations, missing=gap["occupation"]),
        "interests": _interests(customers, word.interests),
        "primary_unit": csv_files.ids("S", unit_numbers(customers), 6),
        "do_not_contact": pa.array(customers.do_not_contact),
        "consent_date": csv_files.dates(customers.signup, PROGRAMME_START, missing=gap["consent_date"]),
    }
    return pa.table(columns).filter(pa.array(customers.signup <= wave.day))


def unit_numbers(customers: Customers) -> Codes:
    """Return store numbers: region, city and store in two digits each, so a store lies in exactly one city."""
    return (customers.region + 1) * 10_000 + (customers.city + 1) * 100 + customers.unit


def _interests(customers: Customers, names: tuple[str, ...]) -> pa.Array:
    lookup = np.array(names, dtype=object)
    text = lookup[customers.interests[:, 0]]
    for place in range(1, MAX_INTERESTS):
        more = customers.interest_count > place
        text = text + np.where(more, ";" + lookup[customers.interests[:, place]], "")
    return pa.array(text, mask=customers.missing["interests"], type=pa.string())
