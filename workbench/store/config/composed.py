"""What a wave is: ``wave.yaml`` as frozen, validated models, a part for each chapter and the common head."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from pydantic import Field, model_validator

from workbench.core.errors import nearest
from workbench.store.config.crosstabs import CrosstabsPlan
from workbench.store.config.head import Head
from workbench.store.config.loyalty import LoyaltyPlan
from workbench.store.config.outlook import OffersPlan, OutlookPlan
from workbench.store.config.parts import Part
from workbench.store.config.response import ResponsePlan
from workbench.store.config.sample import FieldworkPlan, PanelPlan, SamplePlan, SpotCheckPlan
from workbench.store.config.segments import SegmentPlan
from workbench.store.config.summary import Mark, Owners, Targets
from workbench.store.config.tiers import TierOptions, TierRule
from workbench.store.config.value import ValuePlan


class WaveConfig(Head):
    """A wave: one round of asking customers, described by one ``wave.yaml``."""

    sample: SamplePlan = SamplePlan()
    panel: PanelPlan | None = None
    spot_check: SpotCheckPlan | None = None
    fieldwork: FieldworkPlan = FieldworkPlan()
    response: ResponsePlan = ResponsePlan()
    segments: SegmentPlan = SegmentPlan()
    value: ValuePlan = ValuePlan()
    outlook: OutlookPlan = OutlookPlan()
    offers: OffersPlan = OffersPlan()
    tiers: list[TierRule] = Field(default=[])
    tier_rules: TierOptions = TierOptions()
    loyalty: LoyaltyPlan = LoyaltyPlan()
    targets: Targets = Targets()
    marks: list[Mark] = Field(default=[], description="What changed before a wave, shown on its trends.")
    owners: Owners = Owners()
    crosstabs: CrosstabsPlan | None = Field(
        default=None, description="Tables of questions by groups, as a workbook and on a page; {} for all questions."
    )

    @model_validator(mode="after")
    def _consistent(self) -> WaveConfig:
        names = [t.name for t in self.tiers]
        if len(set(names)) < len(names):
            raise ValueError(f"tiers: names must differ, found {', '.join(names)}")
        if self.tiers and (self.tiers[-1].minimum or self.tiers[-1].maximum):
            raise ValueError(f"tiers: the last tier takes everybody else; remove 'minimum' from {names[-1]}")
        unknown = [c for c in self.sample.domain_margins if c not in self.population.strata]
        if unknown:
            raise ValueError(
                f"sample.domain_margins: {unknown[0]} is not one of the strata "
                f"({', '.join(self.population.strata) or 'none'}); add it to population.strata"
            )
        self._check_batteries()
        return self

    def _check_batteries(self) -> None:
        for name, items in self.segments.batteries.items():
            if name in self.questions:
                raise ValueError(f"segments.batteries: {name} is a question; give the battery a name of its own")
            unknown = [i for i in items if i not in self.questions]
            if unknown:
                hint = nearest(unknown[0], self.questions)
                raise ValueError(f"segments.batteries.{name}: {unknown[0]} is not one of the questions{hint}")
            scales = {(self.questions[i].low, self.questions[i].high) for i in items}
            if len(items) < 2 or len(scales) > 1:
                raise ValueError(f"segments.batteries.{name}: a battery has at least two questions, on one scale")

    def settings(self, names: Iterable[str]) -> dict[str, Any]:
        """Return some keys of the file as plain values, for the hash of what depends on them.

        Parameters
        ----------
        names
            Keys of the file, such as ``currency`` or ``loyalty``, or one key of a part, such as ``loyalty.by``.

        Examples
        --------
        >>> from workbench.store.wave_file import parse_wave
        >>> content = {"study": "shop", "wave": "w1", "title": {"en": "Shop", "zh-CN": "商店"}, "as_of": "2026-06-30"}
        >>> wave = parse_wave({**content, "currency": "CNY", "tables": {}}, where="wave.yaml")
        >>> wave.settings(["currency", "loyalty.confidence"])
        {'currency': 'CNY', 'loyalty.confidence': 0.95}
        """
        dumped = self.model_dump(mode="json")
        found: dict[str, Any] = {}
        for name in names:
            part, _, key = name.partition(".")
            found[name] = dumped[part][key] if key else dumped[part]
        return found

    def files_named_by(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the files of the wave's folder that some keys name."""
        parts = {n.partition(".")[0]: getattr(self, n.partition(".")[0]) for n in names}
        named = {f"{n}.{key}": file for n, p in parts.items() if isinstance(p, Part) for key, file in p.named_files()}
        return tuple(file for key, file in named.items() if key in names or key.partition(".")[0] in names)
