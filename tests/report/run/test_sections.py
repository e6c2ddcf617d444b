from __future__ import annotations

import pytest

from tests.report.conftest import keep, made_up, part
from workbench.core.errors import ChapterError, InputError
from workbench.core.language import Message, message
from workbench.report.run.chain import run_chain
from workbench.report.run.raised import raised_of
from workbench.report.run.sections import Sections, section_of, sections_not_computed, words_of
from workbench.store import Wave

REFUSE = "from workbench.core.errors import InputError\nraise InputError('R.', found='F', fix='X')"
TRANSLATED = """\
from workbench.core.errors import InputError
from workbench.core.language import message
raise InputError(message("Base of {n:int} is below {minimum:int}.", n=7, minimum=30), found="F", fix="X")
"""


@pytest.fixture
def wave(make_wave):
    return Wave.open(make_wave())


@pytest.fixture
def run(kernels, wave, write_notebook, listener):
    """Run a chapter of the given cells; returns what became of it."""

    def ran(*cells, sections=(), makes=(), name="10_a"):
        books = write_notebook(name, *cells)
        return run_chain(wave, [made_up(name, makes=makes, sections=sections)], books, listener)[name]

    return ran


def states(outcome):
    return {k: s.state for k, s in outcome.sections.items()}


def test_a_refusal_costs_its_section_and_nothing_else(run, wave):
    outcome = run(
        "before = 1",
        ("section-one", REFUSE),
        ("section-one", "never = 1"),
        ("section-two", "assert before == 1 and 'never' not in globals()"),
        "assert before == 1",
        sections=[part("one"), part("two")],
    )
    assert outcome.state == "ran", str(outcome.error)
    assert states(outcome) == {"one": "refused", "two": "computed"}
    kept = wave.manifest.chapters["10_a"].sections["one"]
    assert (kept.rule, kept.found, kept.fix) == ("R.", "F", "X")
    assert not outcome.tracebacks


def test_a_fault_costs_its_section_and_is_told_with_its_place(run, wave):
    outcome = run(("section-one", "x = 1\n1 / 0"), ("section-two", "y = 1"), sections=[part("one"), part("two")])
    assert outcome.state == "ran"
    assert states(outcome) == {"one": "fault", "two": "computed"}
    assert outcome.sections["one"].found == "ZeroDivisionError: division by zero"
    text = (wave.artefacts / "failed" / "10_a.one.txt").read_text(encoding="utf-8")
    assert "ZeroDivisionError" in text and "1 / 0" in text and "\x1b" not in text
    assert outcome.tracebacks["one"] in text
    # as Python itself tells it: values and the lines around each call would take longer than most sections
    assert text.startswith("Traceback (most recent call last)") and "x = 1" not in text


def test_what_rests_on_a_missing_section_is_missing_too(run):
    outcome = run(
        ("section-one", REFUSE),
        ("section-two", "raise AssertionError"),
        ("section-three", "raise AssertionError"),
        ("section-four", "pass"),
        sections=[part("one"), part("two", after=("one",)), part("three", after=("two",)), part("four")],
    )
    assert states(outcome) == {"one": "refused", "two": "rests", "three": "rests", "four": "computed"}
    assert outcome.not_computed == 3
    assert words_of(outcome.sections["three"].rule).values["section"] == Message("Part two")


def test_a_section_with_nothing_to_show_is_left_out_and_not_counted(run):
    sections = [
        part("one", needs=("contacts",)),
        part("two", left_out=lambda wave: Message("nobody was called")),
        part("three", after=("two",)),
        part("four", needs=("customers", "made_before")),
    ]
    cells = [(f"section-{s.id}", "raise AssertionError") for s in sections[:3]]
    outcome = run(keep("made_before", "10_a"), *cells, ("section-four", "pass"), sections=sections)
    assert states(outcome) == {"one": "left out", "two": "left out", "three": "left out", "four": "computed"}
    assert outcome.not_computed == 0
    assert words_of(outcome.sections["one"].rule).values["tables"].text("en") == "contacts"


def test_refusals_stay_up_to_date_and_faults_run_again(run):
    sections = [part("one")]
    run(("section-one", REFUSE), sections=sections)
    again = run(("section-one", REFUSE), sections=sections)
    assert again.state == "unchanged" and again.not_computed == 1
    run(("section-one", "1 / 0"), sections=sections)
    assert run(("section-one", "1 / 0"), sections=sections).state == "ran"


def test_artefacts_of_a_missing_section_are_not_demanded_and_do_not_stay(run, wave):
    sections = [part("one", makes=("first",)), part("two", makes=("second",))]
    one, two = ("section-one", keep("first", "10_a")), ("section-two", keep("second", "10_a"))
    assert run(one, two, sections=sections, makes=("first", "second")).state == "ran"
    outcome = run(("section-one", REFUSE), two, sections=sections, makes=("first", "second"))
    assert outcome.state == "ran"
    assert wave.has("second") and not wave.has("first")
    assert run(("section-one", REFUSE), two, sections=sections, makes=("first", "second")).state == "unchanged"
    failed = run(one, ("section-two", "pass"), sections=sections, makes=("first", "second"))
    assert failed.state == "failed" and "second" in failed.error.found, "a section that ran keeps its promise anew"


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "died"),
        ("import os; os._exit(0)", "died"),
    ],
)
def test_a_kernel_that_dies_in_a_section_fails_the_chapter(run, cell, says):
    outcome = run("a = 1", ("section-one", cell), ("section-two", "pass"), sections=[part("one"), part("two")])
    assert outcome.state == "failed" and says in outcome.error.found


def test_leaving_in_a_section_is_a_fault_of_it(run):
    outcome = run(
        ("section-one", "import sys; sys.exit(0)"), ("section-two", "pass"), sections=[part("one"), part("two")]
    )
    assert states(outcome) == {"one": "fault", "two": "computed"}


def test_words_of_a_refusal_travel_in_every_language(run, wave):
    run(("section-one", TRANSLATED), sections=[part("one")])
    rule = words_of(wave.manifest.chapters["10_a"].sections["one"].rule)
    assert rule == message("Base of {n:int} is below {minimum:int}.", n=7, minimum=30)


def test_the_ground_fails_the_chapter_in_its_own_words(run, wave):
    outcome = run(REFUSE, ("section-one", "pass"), sections=[part("one")])
    assert outcome.state == "failed" and not outcome.sections
    assert wave.manifest.failures["10_a"].state == "refused"
    assert wave.manifest.failures["10_a"].rule == "R."


def test_a_contract_that_cannot_be_told_harms_nothing(run):
    outcome = run(("section-one", REFUSE), ("contract", "print(made)"), sections=[part("one")])
    assert outcome.state == "ran" and not outcome.tracebacks


def test_sections_nobody_declared_fail_the_chapter(run):
    outcome = run(("section-nosuch", "pass"), sections=[part("one")])
    assert outcome.state == "failed" and "nosuch" in outcome.error.found


def test_what_could_not_be_computed_can_be_counted(kernels, wave, write_notebook, listener):
    books = write_notebook("10_a", ("section-one", REFUSE), ("section-two", "pass"))
    write_notebook("20_b", "1 / 0")
    chapters = [made_up("10_a", sections=[part("one"), part("two")]), made_up("20_b")]
    run_chain(wave, chapters, books, listener)
    found = sections_not_computed(wave)
    assert [(f.chapter, f.section, f.run.state) for f in found] == [
        ("10_a", Message("Part one"), "refused"),
        ("20_b", None, "fault"),
    ]
    assert found[0].reason == "R."


def test_a_chapter_that_tells_of_others_runs_again_when_they_change(kernels, wave, write_notebook, listener):
    chapters = [made_up("10_a", sections=[part("one")]), made_up("90_z", after=["10_a"])]
    books = write_notebook("10_a", ("section-one", "pass"))
    write_notebook("90_z", "pass")
    run_chain(wave, chapters, books, listener)
    assert run_chain(wave, chapters, books, listener)["90_z"].state == "unchanged"
    write_notebook("10_a", ("section-one", REFUSE))
    assert run_chain(wave, chapters, books, listener)["90_z"].state == "ran"


def test_a_section_is_found_by_its_tag():
    assert section_of({"lang-en", "section-drivers"}) == "drivers"
    assert section_of([]) is None


def test_sections_decide_without_a_kernel(wave):
    sections = Sections(made_up("10_a", sections=[part("one")]), wave)
    assert not sections.skips(["section-one"])
    assert sections.failed(["section-one"], raised_of(InputError("R.", found="F", fix="X")), "")
    assert sections.skips(["section-one"])
    assert not sections.failed([], raised_of(ValueError("no")), "trace")
    assert sections.failure.state == "fault" and sections.tracebacks == {"": "trace"}
    with pytest.raises(ChapterError, match="declares"):
        sections.skips(["section-nosuch"])
