from __future__ import annotations

import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.errors import ConfigError, InputError
from workbench.core.language import LANGUAGES
from workbench.report import quotes
from workbench.report.quotes import Choices
from workbench.store import Wave

KEPT = pd.DataFrame({"topic": ["price", "price", "staff"], "class": "", "quote": ["dear", "costly", "kind"]})


def wave(make_wave, rule="released"):
    return Wave.open(make_wave(wave_yaml=WAVE + f"privacy: {{publish_quotes: {rule}}}\n"))


def test_nothing_is_shown_before_a_person_has_released_it(make_wave):
    one = wave(make_wave)
    assert quotes.shown_quotes(one, KEPT).empty and len(quotes.waiting_quotes(one, KEPT)) == 3
    assert "3" in quotes.waiting_note(one, KEPT)[0].text("en")
    said = {quotes.waiting_note(one, KEPT)[0].text(n) for n in LANGUAGES}
    assert len(said) == len(LANGUAGES)
    choices = Choices().with_choice(accept=[quotes.quote_hash("costly")], reject=[quotes.quote_hash("dear")])
    file = quotes.keep_choices(one.folder, choices)
    assert quotes.shown_quotes(one, KEPT)["quote"].tolist() == ["costly"]
    assert quotes.waiting_quotes(one, KEPT)["quote"].tolist() == ["kind"]
    assert "costly" not in file.read_text() and quotes.read_choices(one.folder) == choices
    # the same words found again by another run are the same quote
    assert len(quotes.shown_quotes(one, KEPT.iloc[::-1])) == 1


def test_a_study_may_show_all_or_none(make_wave):
    always = wave(make_wave, "always")
    assert len(quotes.shown_quotes(always, KEPT)) == 3 and quotes.waiting_note(always, KEPT) == []
    quotes.keep_choices(always.folder, Choices(rejected=frozenset({quotes.quote_hash("dear")})))
    assert quotes.shown_quotes(always, KEPT)["quote"].tolist() == ["costly", "kind"]
    never = wave(make_wave, "never")
    assert quotes.shown_quotes(never, KEPT).empty and quotes.waiting_quotes(never, KEPT).empty


def test_a_mind_may_be_changed():
    first = Choices().with_choice(accept=["a", "b"])
    assert first.with_choice(reject=["a"]) == Choices(frozenset({"b"}), frozenset({"a"}))


@pytest.mark.parametrize("content", ["accepted: 5\n", "- a\n", "accepted: [\n"])
def test_a_broken_file_says_what_it_should_hold(tmp_path, content):
    (tmp_path / quotes.FILE).write_text(content)
    with pytest.raises(ConfigError, match="two lists"):
        quotes.read_choices(tmp_path)


def test_before_the_report_there_are_none(make_wave):
    with pytest.raises(InputError, match="workbench report"):
        quotes.kept_quotes(wave(make_wave))
