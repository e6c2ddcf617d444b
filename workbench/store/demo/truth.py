"""What is true of the generated company: counted over every customer while it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np

from workbench.core.language import Language
from workbench.store.demo import parameters as p
from workbench.store.demo.answers import Answers, nps_parts
from workbench.store.demo.customers import Floats
from workbench.store.demo.words import words

STATEMENT: Final = (
    "This company is generated. Every customer, order, answer, comment and complaint in it was made by a program from "
    "the parameters below; none of them is, or describes, a real person or a real retailer."
)
STATEMENT_ZH: Final = (
    "这家公司是生成的：其中每一位客户、每一笔订单、每一份答卷、每一条评论和投诉"
    + "都由程序按下列参数产生，不对应任何真实的人或企业。"
)

CELLS: Final = len(p.REGIONS) * len(p.SPEND_CLASSES)
POPULATIONS: Final = ("all", "eligible")
_SUMS: Final = ("customers", "nps", "satisfaction", "satisfied", "propensity", "propensity_nps")


def block_sums(answers: Answers) -> Floats:
    """Return one block's sums by population and cell (region × spend class): population × cell × measure."""
    parts = nps_parts(answers.recommend)
    measures = (
        np.ones(parts.size),
        parts,
        answers.satisfaction,
        answers.satisfaction >= 4,
        answers.propensity,
        answers.propensity * parts,
    )
    cell = answers.customers.region * len(p.SPEND_CLASSES) + answers.spend_class
    sums = np.zeros((len(POPULATIONS), CELLS, len(measures)))
    for which, members in enumerate((answers.present, answers.eligible)):
        for k, measure in enumerate(measures):
            sums[which, :, k] = np.bincount(
                cell[members], np.asarray(measure, dtype=np.float64)[members], minlength=CELLS
            )
    return sums


@dataclass
class Tally:
    """Sums over the blocks of each wave, added in block order so that the last digit is always the same."""

    sums: dict[str, Floats] = field(default_factory=dict)
    orders: dict[str, int] = field(default_factory=dict)

    def add(self, wave: str, sums: Floats, orders: int) -> None:
        """Add one block."""
        self.sums[wave] = self.sums.get(wave, np.zeros_like(sums)) + sums
        self.orders[wave] = self.orders.get(wave, 0) + orders

    def truth(self, language: Language) -> dict[str, Any]:
        """Return the truth by wave, population and region."""
        names = words(language).regions
        found: dict[str, Any] = {}
        for wave, sums in self.sums.items():
            found[wave] = {"net_orders": self.orders[wave]}
            for which, population in enumerate(POPULATIONS):
                cells = sums[which].reshape(len(p.REGIONS), len(p.SPEND_CLASSES), -1)
                found[wave][population] = {
                    **_facts(cells.reshape(CELLS, -1)),
                    "regions": {
                        names[code]: _facts(cells[k]) for k, code in enumerate(p.REGIONS) if cells[k, :, 0].sum()
                    },
                    "spend_classes": {
                        name: _facts(cells[:, k]) for k, name in enumerate(p.SPEND_CLASSES) if cells[:, k, 0].sum()
                    },
                }
        return found


def _facts(cells: Floats) -> dict[str, float]:
    """Return population figures of some cells and what a complete approach to all of them would be expected to give."""
    cells = cells[cells[:, 0] > 0]
    total = dict(zip(_SUMS, cells.sum(axis=0), strict=True))
    n, column = total["customers"], dict(zip(_SUMS, cells.T, strict=True))
    nps = total["nps"] / n
    raw = total["propensity_nps"] / total["propensity"]
    weighted = float((column["customers"] * column["propensity_nps"] / column["propensity"]).sum() / n)
    return {
        "customers": int(n),
        "nps": round(nps, 4),
        "mean_satisfaction": round(total["satisfaction"] / n, 5),
        "csat_top2_share": round(total["satisfied"] / n, 6),
        "mean_response_propensity": round(total["propensity"] / n, 6),
        "nonresponse_bias_nps_unweighted": round(raw - nps, 4),
        "nonresponse_bias_nps_weighted_by_region_and_spend_class": round(weighted - nps, 4),
    }


def parameters_record(waves: int = 2) -> dict[str, Any]:
    """Return every parameter of the recipe of a company with so many waves as plain values."""
    return {
        "programme_start": p.PROGRAMME_START.isoformat(),
        "waves": [
            {"name": w.name, "as_of": w.as_of.isoformat(), "twelve_months_from": w.year_starts.isoformat()}
            for w in p.wave_plans(waves)
        ],
        "regions": dict(zip(p.REGIONS, p.REGION_SHARES, strict=True)),
        "channels": dict(zip(p.CHANNELS, p.CHANNEL_SHARES, strict=True)),
        "spend_class_limits": [limit / 100 for limit in p.SPEND_LIMITS],
        "attributes": list(p.ATTRIBUTES),
        "signups": asdict(p.SIGNUPS),
        "purchases": asdict(p.PURCHASES),
        "spending": asdict(p.SPENDING),
        "profile": asdict(p.PROFILE),
        "opinions": asdict(p.OPINIONS),
        "attribute_importance": dict(zip(p.ATTRIBUTES, p.OPINIONS.importance, strict=True)),
        "response": asdict(p.RESPONSE),
        "final_codes": {mode: dict(codes) for mode, codes in p.FINAL_CODES.items()},
        "service": asdict(p.SERVICE),
        "panel": asdict(p.PANEL),
    }


def by_name(names: Sequence[str], values: Sequence[float]) -> str:
    """Return ``name value`` pairs in one line.

    Examples
    --------
    >>> by_name(["east", "west"], [0.1, -0.2])
    'east +0.10, west -0.20'
    """
    return ", ".join(f"{name} {value:+.2f}" for name, value in zip(names, values, strict=True))


def facts_table(truth: Mapping[str, Any], wave: str) -> str:
    """Return one wave's true figures as a Markdown table."""
    lines = [
        "| population | group | customers | NPS | mean satisfaction | bias unweighted | bias weighted |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for population in POPULATIONS:
        whole = truth[wave][population]
        for name, facts in {"everyone": whole, **whole["regions"]}.items():
            lines.append(
                f"| {population} | {name} | {facts['customers']:,} | {facts['nps']:+.1f} | "
                f"{facts['mean_satisfaction']:.3f} | {facts['nonresponse_bias_nps_unweighted']:+.2f} | "
                f"{facts['nonresponse_bias_nps_weighted_by_region_and_spend_class']:+.2f} |"
            )
    return "\n".join(lines)
