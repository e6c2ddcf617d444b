from __future__ import annotations

import datetime as dt
import io
import json
import math
import pickle
import string
from functools import partial

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from workbench.core.findings import spoken_from, spoken_json
from workbench.core.language import (
    LANGUAGES,
    LOCALE_FOLDER,
    Message,
    catalogue,
    current_language,
    format_value,
    is_spoken,
    message,
    plural,
    use_language,
)


def templates_in(source: str) -> set[str]:
    found = extract("python", io.BytesIO(source.encode()), keywords={"message": None, "plural": (1, 2)})
    texts = [text[-1] if isinstance(text, tuple) else text for _, text, *_ in found]
    return {text for text in texts if isinstance(text, str)}


@pytest.fixture(scope="module")
def templates(root) -> set[str]:
    texts = [p.read_text(encoding="utf-8") for p in (root / "workbench").rglob("*.py")]
    for notebook in (root / "notebooks").glob("*.ipynb"):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        texts += ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    return set().union(*map(templates_in, texts))


def test_every_sentence_is_translated(templates):
    missing = sorted(templates - set(catalogue("zh-CN")))
    assert not missing, f"{len(missing)} sentences have no Chinese: {missing[:10]}"


def test_no_translation_is_left_over(templates):
    # docstring examples are sentences too
    unused = sorted(set(catalogue("zh-CN")) - templates - {"{n:int} answers"})
    assert not unused, f"{len(unused)} translations belong to no sentence: {unused[:10]}"


def test_translations_have_the_same_places():
    def places(text: str) -> set[str]:
        return {f"{name}:{spec}" for _, name, spec, _ in string.Formatter().parse(text) if name is not None}

    wrong = [k for k, v in catalogue("zh-CN").items() if places(k) != places(v)]
    assert not wrong, f"places differ: {wrong[:5]}"


def test_no_sentence_is_translated_twice_differently():
    seen: dict[str, str] = {}
    for path in sorted((LOCALE_FOLDER / "zh_CN").glob("*.po")):
        with path.open("rb") as handle:
            for entry in read_po(handle):
                if entry.id:
                    key = entry.id[-1] if isinstance(entry.id, tuple) else entry.id
                    assert seen.setdefault(str(key), entry.string) == entry.string, (path.name, entry.id)


def test_a_sentence_that_counts_has_its_plural():
    groups = partial(plural, "{n:int} group has no answers.", "{n:int} groups have no answers.")
    assert [groups(n=n).text("en") for n in (0, 1, 2)] == [
        "0 groups have no answers.",
        "1 group has no answers.",
        "2 groups have no answers.",
    ]
    assert groups(n=1).text("zh-CN") == groups(n=1).text("zh-CN").replace("group", "")
    again = pickle.loads(pickle.dumps(groups(n=1)))
    assert again == groups(n=1) and again.text("en") == "1 group has no answers."
    assert spoken_from(json.loads(json.dumps(spoken_json(groups(n=1))))).text("en") == "1 group has no answers."


@pytest.mark.parametrize(
    ("value", "style", "en", "zh"),
    [
        (1234567, "int", "1,234,567", "1,234,567"),
        (0.125, "pct1", "12.5%", "12.5%"),
        (-3.04, "signed1", "−3.0", "−3.0"),
        (-0.04, "signed1", "−0.04", "−0.04"),
        (-0.004, "signed1", "0.0", "0.0"),
        (3.06, "signed1", "+3.1", "+3.1"),
        (0.0004, "p", "< 0.001", "< 0.001"),
        (0.0497, "p", "0.0497", "0.0497"),
        (0.0497, "p_is", "p = 0.0497", "p = 0.0497"),
        (12_345_678, "money", "12.35 m", "1,235万"),
        (3.2e9, "money", "3.20 bn", "32.00亿"),
        (math.nan, "dec1", "–", "–"),
        (None, "int", "–", "–"),
        (math.inf, "dec1", "∞", "∞"),
        (dt.date(2026, 9, 30), "date", "2026-09-30", "2026年9月30日"),
        (True, "", "yes", "是"),
    ],
)
def test_numbers_are_written_in_each_languages_way(value, style, en, zh):
    assert format_value(value, style, "en") == en
    assert format_value(value, style, "zh-CN") == zh


def test_a_message_can_hold_a_message():
    inner = message("Region")
    assert Message("{what} 1", {"what": inner}).text("zh-CN") == "地区 1"
    assert is_spoken(inner)


def test_the_language_is_set_for_a_block_only():
    before = current_language()
    for language in LANGUAGES:
        with use_language(language):
            assert current_language() == language
    assert current_language() == before


def test_a_sentence_is_whole_only_with_every_value_it_names():
    whole = partial(message, "NPS is {x:dec1} ({more})")
    assert whole(x=1.0, more="a", unused=math.nan).is_whole
    inner = [message("{y:dec1}", y=math.nan), math.nan, math.inf, None]
    assert not any(whole(x=1.0, more=value).is_whole for value in inner)
    assert not message("{z:dec1}").is_whole
