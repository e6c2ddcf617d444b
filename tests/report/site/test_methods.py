from __future__ import annotations

import ast
import importlib
import inspect
import json
import re

import pytest

from workbench.core.language import LANGUAGES
from workbench.report.site.index import methods_page, write_index
from workbench.report.site.methods import FILES, ROOMS, STARTS, mathml, methods_content, read_methods
from workbench.report.steps import CHAPTERS

# what methods return or are given; everything else that is public needs an entry
CONTAINERS = {
    "sampling": "RECIPE Allocation Burden CallLists Conditioning Coordination Cuts Frame FrameSummary Overlap "
    "PanelPlan RiskFrame SamplingDesign Sample SampleSize Statement TargetAllocation ComparedAllocations StrataShares",
    "weighting": "Calibration CombinedSamples FieldProgress OutcomeRates RateContrast ResponsePropensity WeightReport Weights",
    "estimation": "ReplicateWeights Reweighted CombinedEstimates Change Estimates GroupComparison Quantiles Regression Shares",
    "nps": "MEASURES AnswerQuality CallbackEffect CallbackStatus CodedComments CodingAgreement CommentTopics FrameChoice "
    "ComplaintThemes DriverWorth Drivers Figures ImportancePerformance Kano Measure MixEffect Needs NetPromoterScore NpsByGroups "
    "PenaltyReward PostVoices ProposedFrame Reliability Satisfaction Scorecard Scored Sentiment SpokenPortraits TopicTone Verbatims TopicGrowth TopicScores WordOfMouth "
    "TypicalQuotes",
    "clv": "AcquisitionReturn Characteristics Concentration ContractSpells ContractStay ContractValue CovariateFit CustomerDays CustomerValue Fit ForecastCheck "
    "GroupValues HierarchicalFit HoldoutCheck KeepList LastYearValue LikelihoodRatio ModelComparison Models OrderValue RegularCheck "
    "Posterior ProfitContribution Purchases RenewalCheck Renewals RetentionAges RetentionCurve Rhythm Total UsageGaps",
    "clustering": "BatteryScore BehaviourTable Drift Features KChoice Matching Personas Representation RfmCells "
    "RfmTable SegmentModel SegmentProfile SegmentRules Stability",
    "tiers": "ActionList CustomerCard Grades Migration MigrationTests PolicyTable RegressionToMean Tier "
    "TierChanges CommonReasons",
    "tabulation": "Tabulation Trend WaveAnswers",
    "learning": "Choice Features KeptPromises Known Learned Lesson ListEffect NextPurchase NextPurchaseCheck "
    "ItemCounts OfferList OffersCheck OutlookFolds OutlookList Promise PromiseByGroup Scores SpendCheck Suggestions "
    "SpendIfBuying Teller",
}
ENTRIES = [(room, key, method) for room, methods in read_methods().items() for key, method in methods.items()]
NAMES = [f"{room}/{key}" for room, key, _ in ENTRIES]


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_method_has_an_entry_and_every_entry_a_public_method(room):
    public = set(importlib.import_module(f"workbench.{room}").__all__)
    told = {name for method in read_methods()[room].values() for name in method.functions}
    containers = set(CONTAINERS[room].split())
    assert not told - public, "the page names what is not there"
    assert not containers - public, "the list of containers names what is not there"
    assert not public - containers - told, "the page leaves out"


@pytest.mark.parametrize("room", ROOMS)
def test_containers_are_no_functions(room):
    place = importlib.import_module(f"workbench.{room}")
    assert not [n for n in CONTAINERS[room].split() if inspect.isfunction(getattr(place, n))]


def test_an_address_leads_to_one_method():
    keys = [key for _, key, _ in ENTRIES]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(("room", "key", "method"), ENTRIES, ids=NAMES)
def test_an_entry_is_whole(room, key, method):
    for formula in method.formulas:
        drawn = mathml(formula.tex, block=True)
        assert drawn.startswith("<math") and "\\" not in drawn, formula.tex
        assert bool(formula.en) == bool(formula.zh)
        assert not re.search(r"\\text\b", formula.tex), "a word inside a formula stands in one language only"
    for symbol, (en, zh) in method.symbols.items():
        assert "\\" not in mathml(symbol), symbol
        assert en and not re.search("[一-鿿]", en), symbol
        assert re.search("[一-鿿]", zh), symbol
    for said in (method.en, method.zh):
        for text in (said.answers, said.use, said.avoid):
            assert text.endswith((".", "。")), text
    assert re.search("[一-鿿]", method.zh.name + method.zh.answers)
    assert not re.search("[一-鿿]", method.en.model_dump_json())
    for source in method.source:
        text = source if isinstance(source, str) else source.en
        assert re.search(r"\d{4}|^Definition of this project|^See ", text), text


def test_every_chapter_named_is_there_and_every_method_a_chapter_imports_names_it(root):
    names = {c.name for c in CHAPTERS}
    imported = {name: set() for name in names}
    for path in (root / "workbench" / "report" / "chapters").glob("*.py"):
        for name in names:
            if path.stem.split("_")[0] == name[3:]:
                imported[name] |= imports(path.read_text(encoding="utf-8"))
    for name in names:
        cells = json.loads((root / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
        imported[name] |= set().union(*(imports("".join(c["source"])) for c in cells if c["cell_type"] == "code"))
    imported.pop("90_summary")  # it gathers what the others made
    assert set(STARTS) == set(imported) and set(STARTS.values()) <= set(ROOMS)
    for _, key, method in ENTRIES:
        assert set(method.chapters) <= names, key
        needed = {n for n, found in imported.items() if found & set(method.functions)}
        assert needed <= set(method.chapters), (key, needed)


def imports(source: str) -> set[str]:
    found = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.ImportFrom)]
    return {a.name for n in found if (n.module or "").split(".")[:2][-1] in ROOMS for a in n.names}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_stands_alone_beside_the_glossary(language, tmp_path):
    page = methods_page(language)
    assert len(page.encode()) < 1_000_000
    assert not re.search(r'(?:src|href)="https?:|@import|url\(https?:', page)
    for room in methods_content(language)["rooms"]:
        assert f'id="{room["id"]}"' in page
        for method in room["methods"]:
            assert f'id="{method["id"]}"' in page and f'href="#{method["id"]}"' in page
    write_index(tmp_path)
    written = tmp_path / FILES[language]
    assert written.read_text(encoding="utf-8") == page
    index = (tmp_path / ("index.html" if language == "zh-CN" else "index.en.html")).read_text(encoding="utf-8")
    assert f'href="{FILES[language]}"' in index


def test_the_page_is_written_again_only_when_it_would_change(tmp_path):
    write_index(tmp_path)
    page = tmp_path / FILES["en"]
    first = page.stat().st_mtime_ns
    write_index(tmp_path)
    assert page.stat().st_mtime_ns == first
    page.write_text("<title>of an earlier version</title>", encoding="utf-8")
    write_index(tmp_path)
    assert "<math" in page.read_text(encoding="utf-8")


def test_both_languages_show_the_same_formulas():
    def drawn(language):
        return re.findall(r"<math.*?</math>", methods_page(language))

    assert drawn("en") == drawn("zh-CN")
