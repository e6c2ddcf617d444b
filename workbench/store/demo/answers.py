"""What every customer would answer, and how likely they are to answer at all.

Latent satisfaction of customer i in wave t, at rest a standard normal plus shifts::

    L = intercept + region + channel + spend class + (second wave) region change + sum_k importance_k A_ik + e_i
    A_k = sqrt(1 - halo) a_k + sqrt(halo) h          perception of attribute k, with a halo h shared by all
    a, h, e = sqrt(stable) x (same in both waves) + sqrt(1 - stable) x (new in each wave)

``recommend`` is L cut at ten points; ``satisfaction`` and ``effort`` are L with noise of their own, cut; the rating of
attribute k is A_k plus a share of the shifts, cut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.store.demo.blocks import Block
from workbench.store.demo.customers import Codes, Customers, Flags, Floats, make_customers
from workbench.store.demo.orders import Orders, cents_in_year, make_orders, spend_class
from workbench.store.demo.parameters import ATTRIBUTES, OPINIONS, RESPONSE, WavePlan


@dataclass(frozen=True)
class Answers:
    """What a block's customers would answer in one wave.

    Attributes
    ----------
    present
        Had signed up by the wave date; the other rows mean nothing.
    latent
        Latent satisfaction L.
    ratings
        One column per attribute, 1–5.
    propensity
        Probability of answering when approached at a working address.
    """

    customers: Customers
    wave: WavePlan
    present: Flags
    cents: Codes
    spend_class: Codes
    latent: Floats
    recommend: Codes
    satisfaction: Codes
    effort: Codes
    ratings: Codes
    propensity: Floats

    @property
    def eligible(self) -> Flags:
        """Spent more than 1000 in the 12 months to the wave date and may be contacted."""
        return self.present & (self.spend_class > 0) & ~self.customers.do_not_contact


def make_answers(orders: Orders, wave: WavePlan) -> Answers:
    """Return what every customer of a block would answer in a wave."""
    customers, block = orders.customers, orders.customers.block
    which = wave.stream
    cents = cents_in_year(orders, wave)
    klass = spend_class(cents)
    shift = (
        OPINIONS.intercept
        + np.array(OPINIONS.region)[customers.region]
        + np.array(OPINIONS.channel)[customers.channel]
        + np.array(OPINIONS.spend_class)[klass]
    )
    if which == 1:
        shift = shift + np.array(OPINIONS.second_wave)[customers.region]
    elif which > 1:
        # the earlier a wave, the further from the first of the last two, by as much every quarter
        season = OPINIONS.fourth_quarter if wave.as_of.month == 12 else 0.0
        shift = shift - (which - 1) * np.array(OPINIONS.per_quarter)[customers.region] + season
    now = block.random("opinions_wave", which)
    mixed = _mix(block, now)
    attributes = np.sqrt(1 - OPINIONS.halo) * mixed[:, : len(ATTRIBUTES)] + np.sqrt(OPINIONS.halo) * mixed[:, [-2]]
    # a plain sum, not a matrix product: its last digit must not depend on the machine's linear algebra
    importance = sum(weight * attributes[:, k] for k, weight in enumerate(OPINIONS.importance))
    latent = shift + importance + OPINIONS.unexplained * mixed[:, -1]
    noise = now.standard_normal((block.size, 2))
    wobble, loading = OPINIONS.satisfaction_noise, OPINIONS.effort_loading
    satisfaction = (latent + wobble * noise[:, 0]) / np.sqrt(1 + wobble**2)
    effort = loading * latent + np.sqrt(1 - loading**2) * noise[:, 1]
    ratings = attributes + np.array(OPINIONS.spill) * shift[:, None]
    return Answers(
        customers=customers,
        wave=wave,
        present=customers.signup <= wave.day,
        cents=cents,
        spend_class=klass,
        latent=latent,
        recommend=np.searchsorted(OPINIONS.recommend_cuts, latent),
        satisfaction=np.searchsorted(OPINIONS.satisfaction_cuts, satisfaction) + 1,
        effort=np.searchsorted(OPINIONS.effort_cuts, effort) + 1,
        ratings=np.searchsorted(OPINIONS.rating_cuts, ratings) + 1,
        propensity=_propensity(customers.region, klass, latent),
    )


def answers_of(block: Block, wave: WavePlan) -> Answers:
    """Make a block's answers from its number alone."""
    return make_answers(make_orders(make_customers(block)), wave)


def _mix(block: Block, now: np.random.Generator) -> Floats:
    shape = (block.size, len(ATTRIBUTES) + 2)
    lasting = block.random("opinions_stable").standard_normal(shape)
    fresh = now.standard_normal(shape)
    mixed: Floats = np.sqrt(OPINIONS.stable) * lasting + np.sqrt(1 - OPINIONS.stable) * fresh
    return mixed


def _propensity(region: Codes, klass: Codes, latent: Floats) -> Floats:
    logit = (
        RESPONSE.intercept
        + np.array(RESPONSE.region)[region]
        + np.array(RESPONSE.spend_class)[klass]
        + RESPONSE.latent * latent
    )
    chance: Floats = 1 / (1 + np.exp(-logit))
    return chance


def nps_parts(recommend: Codes) -> Codes:
    """Return +100 for 9–10, 0 for 7–8, −100 for 0–6.

    Examples
    --------
    >>> nps_parts(np.array([10, 8, 3])).tolist()
    [100, 0, -100]
    """
    return 100 * ((recommend >= 9).astype(np.int64) - (recommend <= 6).astype(np.int64))
