"""The ``wave.yaml`` of the demo company's waves, with comments, so that it serves as a first example."""

from __future__ import annotations

from workbench.core.language import Language
from workbench.store.demo.parameters import WAVES, wave_plans
from workbench.store.demo.words import words

_ANALYST: dict[Language, str] = {"zh-CN": "演示", "en": "Demo"}

_TEXT = """\
# One wave of the demo company. Everything in it is generated; truth.md tells how.
study: demo
wave: {wave}
title: {{en: "Customer wave {label}", zh-CN: "{label_zh} 客户调查"}}
{previous}as_of: {as_of}
generated: true
currency: CNY
languages: [zh-CN, en]

tables:
  customers: {{file: raw/customers.csv}}
  transactions: {{file: raw/transactions.csv}}
  contacts: {{file: raw/contacts.csv}}
  responses:
    file: raw/responses.csv
    not_answered: {{recommend: ["99"]}}       # "does not know"
  interactions: {{file: raw/interactions.csv}}
  panel: {{file: raw/panel.csv}}

population:
  eligible:                                  # reason for exclusion, and the condition eligible customers fulfil
    - reason: {{en: spent 1000 or less in the last 12 months, zh-CN: 近 12 个月消费不超过 1000}}
      keep: amount_12m > 1000
    - reason: {{en: asked not to be contacted, zh-CN: 不接受联系}}
      keep: do_not_contact IS DISTINCT FROM true
  strata: [region, amount_class]
  amount_bounds: [1000, 3000]

sample:
  target: nps
  margin: 5                                  # points of NPS, either way
  domain_margins: {{region: 20}}               # and no worse than this in any region
  response_rate: 0.33
  allocation: proportional
  minimum_per_stratum: 20
  reserve: 0.5
  spare_waves: 1                             # start behind those asked last time

panel:                                       # sample-point customers, asked in every wave
  members: {panel}
  rotate: 0.25
  rewards: {{per_answer: 10, bonus: {{4: 20}}}}

spot_check:                                  # drawn on purpose toward risk
  n: 100
  risks:
    - label: {{en: complained within a year, zh-CN: 一年内有投诉}}
      when: complaints_12m > 0
      points: 4
    - label: {{en: spends less than half of the year before, zh-CN: 消费不到上年一半}}
      when: amount_12m < 0.5 * amount_before_12m
      points: 2
    - label: {{en: scored 0 to 6 last time, zh-CN: 上次评分 0 至 6}}
      when: last_score <= 6
      points: 2

questions:
  satisfaction: {{label: {{en: Satisfaction, zh-CN: 总体满意度}}, low: 1, high: 5, top_box: 4}}
  service: {{label: {{en: Service, zh-CN: 服务}}, low: 1, high: 5, top_box: 4}}
  delivery: {{label: {{en: Delivery, zh-CN: 配送}}, low: 1, high: 5, top_box: 4}}
  quality: {{label: {{en: Quality, zh-CN: 质量}}, low: 1, high: 5, top_box: 4}}
  price: {{label: {{en: Price, zh-CN: 价格}}, low: 1, high: 5, top_box: 4}}
  app: {{label: {{en: App, zh-CN: 应用}}, low: 1, high: 5, top_box: 4}}
  effort: {{label: {{en: Ease of doing business, zh-CN: 办事便利度}}, low: 1, high: 7, top_box: 5}}

values:                                      # names of values in both languages, in the order of pages
{values}
value: {{horizon_months: 12, annual_discount_rate: 0.10, margin: 0.35}}

tiers:                                       # the first tier whose minimum a customer reaches
  - name: A
    label: {{en: High, zh-CN: 高}}
    minimum: {{amount_12m: 3000, orders_12m: 6, satisfaction: 3}}
    gets: {{en: "Personal adviser, answer within 4 hours, free returns", zh-CN: "专属顾问、4 小时内回复、免费退换"}}
  - name: B
    label: {{en: Middle, zh-CN: 中}}
    minimum: {{amount_12m: 1000, orders_12m: 2}}
    gets: {{en: "Answer within one day, birthday voucher", zh-CN: "1 个工作日内回复、生日券"}}
  - name: C
    label: {{en: Basic, zh-CN: 普通}}
    gets: {{en: "Newsletter and seasonal offers", zh-CN: "电子期刊与季节优惠"}}

loyalty: {{by: [region, segment, tier]}}

privacy:
  purpose: Customer satisfaction
  ground: contract
  publish_quotes: always     # every word is generated; real ones wait for: workbench quotes WAVE
"""


def wave_yaml(wave: str, language: Language, *, panel: int = 400, waves: int = 2) -> str:
    """Return the text of a demo wave's ``wave.yaml``.

    Parameters
    ----------
    wave
        ``2026q2`` or ``2026q3``.
    language
        Language of the company, in which the analyst's name is given.
    panel
        Members of the panel.
    waves
        How many the company has. With more than two, samples are small, only the last two waves have a panel and a spot
        check, and the questions stand over all waves among the tables.

    Examples
    --------
    >>> wave_yaml("2026q3", "en").splitlines()[2]
    'wave: 2026q3'
    """
    plans = wave_plans(waves)
    names = [plan.name for plan in plans]
    position = names.index(wave)
    previous = f"previous: {names[position - 1]}\n" if position else ""
    year, quarter = wave.split("q")
    text = _TEXT if waves == len(WAVES) else _over_waves(waves, alone=plans[position] not in WAVES)
    return text.format(
        wave=wave,
        label=f"{year} Q{quarter}",
        label_zh=f"{year} 年第 {quarter} 季度",
        previous=previous,
        as_of=plans[position].as_of,
        panel=panel,
        analyst=_ANALYST[language],
        values=_values(language),
    )


def _over_waves(waves: int, *, alone: bool) -> str:
    """Return the text of a wave of many: small samples, and tables over all waves; alone: neither panel nor checks."""
    text = _TEXT.replace("  margin: 5  ", "  margin: 9  ").replace("  domain_margins: {{region: 20}}  ", "  ")
    if alone:
        start, end = text.index("panel:   "), text.index("questions:\n")
        text = (text[:start] + text[end:]).replace("  panel: {{file: raw/panel.csv}}\n", "")
    asked = "\n".join(f"    - {{{{question: {q}, waves: {waves}}}}}" for q in ("recommend", "satisfaction", "delivery"))
    return text.replace(
        "privacy:\n",
        f"crosstabs:\n  banner: {{{{region: {{{{}}}}, tier: {{{{}}}}}}}}\n  tables:\n{asked}\n\nprivacy:\n",
    )


def _values(language: Language) -> str:
    """Return the names of the company's values: the data are in one language, pages read in both."""
    given, english, chinese = words(language), words("en"), words("zh-CN")
    columns = {
        "region": [(given.regions[r], english.regions[r], chinese.regions[r]) for r in english.regions],
        "city": [
            triple
            for r in english.regions
            for triple in zip(given.cities[r], english.cities[r], chinese.cities[r], strict=True)
        ],
        "channel": list(zip(given.channels, english.channels, chinese.channels, strict=True)),
        "category": list(zip(given.categories, english.categories, chinese.categories, strict=True)),
        "gender": list(zip(given.genders, english.genders, chinese.genders, strict=True)),
        "occupation": list(zip(given.occupations, english.occupations, chinese.occupations, strict=True)),
    }
    lines = []
    for column, named in columns.items():
        lines.append(f"  {column}:")
        lines += [f'    {value}: {{en: "{en}", zh-CN: "{zh}"}}' for value, en, zh in named]
    return "\n".join(lines) + "\n"
