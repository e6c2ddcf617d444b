from __future__ import annotations

from itertools import pairwise

import pytest

from tests.conftest import WAVE
from tests.report.conftest import made_up, part
from workbench.report.run.keys import chapter_key
from workbench.report.steps import CHAPTERS
from workbench.store import Wave


def test_a_key_stands_for_what_a_chapter_says_does_and_reads(make_wave, write_notebook):
    folder = make_wave()
    wave, chapter = Wave.open(folder), made_up("10_a", reads=["customers"])
    first = chapter_key(chapter, wave, write_notebook("10_a", "a = 1"))
    assert chapter_key(chapter, wave, write_notebook("10_a", "a = 1")) == first, "new ids of cells change nothing"
    assert chapter_key(chapter, wave, write_notebook("10_a", "a = 2")) != first
    books = write_notebook("10_a", "a = 1")
    (folder / "raw" / "customers.csv").write_text("customer_id,region\n001,east\n")
    assert chapter_key(chapter, Wave.open(folder), books) != first
    (folder / "raw" / "transactions.csv").write_text("customer_id,ordered_at,amount\n001,2026-01-05,1\n")
    again = chapter_key(chapter, Wave.open(folder), books)
    (folder / "raw" / "transactions.csv").write_text("customer_id,ordered_at,amount\n001,2026-01-05,2\n")
    assert chapter_key(chapter, Wave.open(folder), books) == again, "it does not read the orders"


def test_what_a_section_needs_belongs_to_the_key(make_wave, write_notebook):
    folder, books = make_wave(), write_notebook("10_a", "a = 1")
    chapter = made_up("10_a", sections=[part("one", needs=("responses",))])
    first = chapter_key(chapter, Wave.open(folder), books)
    (folder / "raw" / "responses.csv").write_text("customer_id,recommend\n001,9\n")
    assert chapter_key(chapter, Wave.open(folder), books) != first


def keys_of(folder, root):
    wave = Wave.open(folder)
    return {c.name: chapter_key(c, wave, root / "notebooks") for c in CHAPTERS}


@pytest.mark.parametrize(
    ("edit", "again"),
    [
        ("analyst: Li", ""),
        ('signed: [{name: Li, date: 2026-07-01, numbers: "0123456789ab"}]', ""),
        ("generated: true", ""),
        ("sample: {margin: 4}", "10 20 35 50 55 90"),
        ("panel: {members: 5}", "10 20"),
        ("spot_check: {n: 5, risks: [{label: {en: a, zh-CN: b}, when: x > 1, points: 1}]}", "10 20"),
        ("fieldwork: {mode: mail}", "10"),
        ("response: {trim: 5}", "20 35 50 55 90"),
        ("segments: {k: 3}", "30 35"),
        ("value: {horizon_months: 24}", "40 90"),
        ("outlook: {horizon_days: 60}", "45"),
        ("offers: {per_customer: 2}", "45"),
        ("tier_rules: {slack: 0.1}", "60 90"),
        ("tiers: [{name: a, label: {en: a, zh-CN: b}}]", "40 45 50 55 60 90"),
        ("loyalty: {confidence: 0.9}", "50 90"),
        ("loyalty: {complaint_kinds: [c]}", "45 50 90"),
        ("loyalty: {code_frame: topics.yaml}", "50 90"),
        ("targets: {nps: 40}", "50 90"),
        ("loyalty: {by: [region]}", "20 50 55 90"),
        ("crosstabs: {minimum_base: 40}", "55"),
        ("sets: {seen: {column: seen}}", "50 55 90"),
        ("marks: [{wave: w1, what: {en: a, zh-CN: b}}]", "50 55 90"),
        ("privacy: {ground: consent}", "10 45 50 60 90"),
        ("chapters: {40_value: {seed: 2}}", "40"),
        ("engine: duckdb:///x", "10 20 30 35 40 45 50 55 60 90"),
    ],
)
def test_an_edit_of_wave_yaml_reruns_the_chapters_that_use_it(make_wave, root, edit, again):
    folder = make_wave()
    before = keys_of(folder, root)
    (folder / "wave.yaml").write_text(f"{WAVE}{edit}\n", encoding="utf-8")
    after = keys_of(folder, root)
    assert {n[:2] for n in before if before[n] != after[n]} == set(again.split())


def test_an_edit_of_a_file_that_a_part_names_reruns_the_chapters_that_use_the_part(make_wave, root):
    folder = make_wave(WAVE + "loyalty: {code_frame: topics.yaml}\n")
    keys = [keys_of(folder, root)]
    for content in ("topics: {}", "topics: {a: b}"):
        (folder / "topics.yaml").write_text(content)
        keys.append(keys_of(folder, root))
    assert [{n[:2] for n in a if a[n] != b[n]} for a, b in pairwise(keys)] == [{"50", "90"}] * 2
