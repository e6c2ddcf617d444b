"""``truth.md``: how the demo company is generated, in words, with every parameter it was made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.store.demo import interactions, orders
from workbench.store.demo import parameters as p
from workbench.store.demo.comments import EMPTY_SHARE, TYPO_SHARE
from workbench.store.demo.truth import STATEMENT, STATEMENT_ZH, by_name, facts_table
from workbench.store.demo.words import CITY_SHARES, STORES_PER_CITY


def truth_document(record: Mapping[str, Any]) -> str:
    """Return ``truth.md`` of a finished ``truth.json`` record."""
    head = (
        f"# The truth about the demo company\n\n**{STATEMENT}**\n\n**{STATEMENT_ZH}**\n\n"
        f"Recipe {record['recipe']}, {record['customers']:,} customers at the last wave, seed {record['seed']}, "
        f"language {record['language']}. `truth.json` holds the same numbers for programs."
    )
    plans = p.wave_plans(len(record.get("waves", p.WAVES)))
    parts = (
        head,
        _customers(plans),
        _orders(plans),
        _opinions(),
        _response(),
        _words(),
        _service(plans),
        _figures(record),
    )
    return "\n\n".join(parts) + "\n"


def _customers(plans: Sequence[p.WavePlan]) -> str:
    profile = p.PROFILE
    waves = "; ".join(f"{w.name} as of {w.as_of}" for w in plans)
    started = p.PROGRAMME_START + dt.timedelta(days=p.first_day(len(plans)))
    return f"""## Customers
Waves: {waves}. The loyalty programme started on {started}; everybody signs up with a first order. The
density
of signups is proportional to 1 + {p.SIGNUPS.growth} × the elapsed share of the programme, and customer numbers rise
with the signup day. Whoever signed up after the first wave's date appears only in the second.

- Region shares: {_shares(p.REGIONS, p.REGION_SHARES)}.
  Four cities a region (shares {CITY_SHARES}) with {STORES_PER_CITY} stores
  each; `primary_unit` S + region, city and store in two digits each.
- Channel shares: {_shares(p.CHANNELS, p.CHANNEL_SHARES)}.
- `do_not_contact` {profile.do_not_contact:.0%}, by chance. Blanks by chance: gender {profile.missing_gender:.0%}, age
  band {profile.missing_age_band:.0%}, occupation {profile.missing_occupation:.0%}, interests
  {profile.missing_interests:.0%}, consent date {profile.missing_consent_date:.0%} and wherever contact is refused."""


def _orders(plans: Sequence[p.WavePlan]) -> str:
    buy, spend = p.PURCHASES, p.SPENDING
    years = "; ".join(f"{w.name}: {w.year_starts} to {w.as_of}, both included" for w in plans)
    return f"""## Orders
BG/NBD in days since signup; the first order is on the signup day and is purchase 0. Rate λ ~ Gamma(r = {buy.r}, rate
alpha = {buy.alpha} days). After each repeat order the customer drops out with own probability ~ Beta(a = {buy.a},
b = {buy.b}). Orders fall on whole days: day floor(t + {orders.ROUNDING}), at least 1, at most one a day, collisions
spread evenly to the days before and after.

Gamma-gamma spending, independent of λ: order value ~ Gamma(p = {spend.p}, rate ν), ν ~ Gamma(q = {spend.q}, rate
gamma = {spend.gamma}); population mean {spend.p * spend.gamma / (spend.q - 1):.0f}. Amounts to the cent.
{spend.refunded:.0%} of the orders come as two rows of one day: a larger order and a negative partial refund of
{spend.refund_low:.0%} to {spend.refund_high:.0%} of the net amount; their sum is the gamma-gamma amount. Sum by
customer and day before fitting.

Rows come by customer, then day (not by day overall). The orders of {p.WAVES[1].name} up to {p.WAVES[0].as_of} are
exactly those of {p.WAVES[0].name}. Categories and channels: a favourite with probability
{orders.SAME_CATEGORY:.0%} and
{orders.SAME_CHANNEL:.0%}, otherwise by chance; margins {p.CATEGORY_MARGINS} by category ± {orders.MARGIN_SPREAD:.0%}.

Twelve-month amount: {years}, refunds taken off. Spend class: low ≤ {p.SPEND_LIMITS[0] // 100} < middle ≤
{p.SPEND_LIMITS[1] // 100} < high. Eligible: above {p.SPEND_LIMITS[0] // 100} and not `do_not_contact`."""


def _opinions() -> str:
    o = p.OPINIONS
    return f"""## Satisfaction
Latent L = {o.intercept} + region + channel + spend class + (second wave) change + Σ importance × A +
{o.unexplained} e.

- region: {by_name(p.REGIONS, o.region)}
- channel: {by_name(p.CHANNELS, o.channel)}
- spend class: {by_name(p.SPEND_CLASSES, o.spend_class)}
- true change in the second wave: {by_name(p.REGIONS, o.second_wave)}
- **true importance of the attributes** (shift of L for one standard deviation of A):
  {by_name(p.ATTRIBUTES, o.importance)}
- A = √{1 - o.halo} own part + √{o.halo} halo common to all attributes of a customer; A and e are standard normal, and
  {o.stable:.0%} of their variance is the customer's own, the same in both waves.

`recommend` = number of cut points {o.recommend_cuts} below L. `satisfaction` (1–5) cuts
(L + {o.satisfaction_noise} z) / √{1 + o.satisfaction_noise**2} at {o.satisfaction_cuts}; `effort`
(1–7, 7 = very easy) cuts {o.effort_loading} L + √{1 - o.effort_loading**2:.2f} z at {o.effort_cuts}. The rating
(1–5) of an attribute cuts A + share × (all shifts of L)
at {o.rating_cuts}, with shares {by_name(p.ATTRIBUTES, o.spill)}."""


def _response() -> str:
    r = p.RESPONSE
    codes = "; ".join(f"{mode}: {', '.join(f'{c} {s:.0%}' for c, s in final)}" for mode, final in p.FINAL_CODES.items())
    return f"""## Response
{r.out_of_order:.0%} of the addresses do not work whatever the customer thinks (final code 4.3: number disconnected,
e-mail returned, no such address). Everybody else answers with log-odds {r.intercept} + region + spend class +
{r.latent} L:

- region: {by_name(p.REGIONS, r.region)}
- spend class: {by_name(p.SPEND_CLASSES, r.spend_class)}

So answers left unweighted are biased, weighting by region × spend class removes nearly all of it, and the last term
leaves a small bias that no weighting can remove; both are computed below. Response does not depend on the mode.

Modes where the sample names none: {dict(r.modes)}. Up to {r.max_attempts} attempts, another with probability
{r.next_attempt:.0%}; non-contacts are tried at least {r.max_attempts - 1} times. Final codes of those who do not
answer: {codes}. Those who answer: 1.1, or 1.2 for {r.partial:.0%} who leave after `satisfaction`. Reserve rows are
not approached. {r.dont_know:.1%} of the `recommend` answers are {p.DONT_KNOW} = don't know, by chance.
{r.app_not_rated:.0%} do not rate the app. {r.speeders:.1%} hurry (under a minute). Incentives: {p.INCENTIVES};
they change nothing."""


def _words() -> str:
    r = p.RESPONSE
    return f"""## Comments
{r.comment:.0%} of the complete answers have a comment, {r.other_language:.0%} of them in the other language. Topics:
service, delivery, quality, price, app, store (which follows the service rating); weight 1 + 3 × distance of the
rating from 3 in the direction of what is said. Scores 9–10 praise, 0–6 complain, 7–8 do both. {EMPTY_SHARE:.0%} say
nothing much, about {TYPO_SHARE:.0%} may have a typing error. {r.personal_details:.0%} contain **invented personal
details, to be masked**: telephone numbers with the unassigned prefix 154, addresses at the reserved domain
example.com, and placeholder names such as 张三 or Jane Doe."""


def _service(plans: Sequence[p.WavePlan]) -> str:
    s = p.SERVICE
    periods = "; ".join(f"{w.interactions_from} to {w.as_of}" for w in plans)
    return f"""## Interactions and panel
Periods: {periods}. In each, a customer complains with log-odds {s.complaint_intercept} {s.complaint_latent:+} L,
enquires ({s.enquiry:.1%}), is visited ({s.visit:.1%}), posts ({s.post:.1%}) or refers somebody ({s.referral:.1%});
kinds {", ".join(interactions.KINDS)}. Cases take {s.close_days} days on average; {s.never_closed:.0%} never close,
and those
closed after the wave date are still open in its file. The topic leans to the attribute rated lowest.

The panel has {p.PANEL.members} members in {p.PANEL.groups} groups, or {p.PANEL.smallest_share:.0%} of a small
company,
drawn at random from those eligible in the first wave. In the second wave G1 leaves and
G{p.PANEL.groups + 1} joins. `rewards` is what a member was paid so far: nothing
yet."""


def _figures(record: Mapping[str, Any]) -> str:
    truth = record["truth"]
    waves = (
        f"### {wave}\n{facts['net_orders']:,} orders (refund rows not counted).\n\n{facts_table(truth, wave)}"
        for wave, facts in truth.items()
    )
    return "\n\n".join(("## True figures\nCounted over all customers; bias in NPS points.", *waves))


def _shares(names: Sequence[str], shares: Sequence[float]) -> str:
    return ", ".join(f"{name} {share:.0%}" for name, share in zip(names, shares, strict=True))
