from __future__ import annotations

from tests.conftest import WAVE
from tests.report.conftest import made_up, part
from workbench.report.run.keys import chapter_key
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


def test_parameters_and_settings_belong_to_the_key_and_who_signs_does_not(make_wave, write_notebook):
    books, keys = write_notebook("10_a", "a = 1"), []
    for more in ("", "analyst: Li\n", "segments: {k: 3}\n", "as_of: 2026-07-01\n"):
        text = WAVE.replace("as_of: 2026-06-30\n", "") + more + ("" if "as_of" in more else "as_of: 2026-06-30\n")
        keys.append(chapter_key(made_up("10_a"), Wave.open(make_wave(text)), books))
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
