"""What a page says where a section, or a whole chapter, could not be computed: the rule, what was found, what helps."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from workbench.core.language import SOURCE, Language, Message, is_spoken, message
from workbench.report.run.sections import words_of
from workbench.store.manifest import SectionRun

PARTS: dict[str, Message] = {
    "refused": message("This part could not be computed."),
    "rests": message("This part could not be computed."),
    "fault": message("This part could not be computed, because the program has a fault here."),
    "left out": message("This part is left out."),
}
CHAPTERS: dict[str, Message] = {
    "refused": message("This chapter could not be computed."),
    "fault": message("This chapter could not be computed, because the program has a fault here."),
}
FAULT = message("The log of the run and the wave's folder (`artefacts/failed/`) say where.")


def section_note(run: SectionRun, language: Language) -> str:
    """Return what stands in the place of a section that was not computed.

    Parameters
    ----------
    run
        What became of it.
    language
        Language of the page.

    Returns
    -------
    str
        HTML. Words that exist in English only are marked as such on a page of another language.

    Examples
    --------
    >>> refused = SectionRun(state="refused", rule="Scores run from 0 to 10.", found="11", fix="Correct it.")
    >>> "Scores run from 0 to 10." in section_note(refused, "en")
    True
    """
    return _note(run, PARTS[run.state], language)


def left_out_note(runs: Sequence[SectionRun], language: Language) -> str:
    """Return one list of the parts that a wave has nothing for, and why; they need no heading each."""
    lines = [f"<li>{escape(in_language(r.title, language))}: {_words(r.rule, language)}</li>" for r in runs]
    title = escape(message("Not in this chapter").text(language))
    return f'<details class="left-out"><summary>{title}</summary><ul>{"".join(lines)}</ul></details>'


def chapter_note(run: SectionRun, language: Language, last: tuple[str, str] | None) -> str:
    """Return what stands on the page of a chapter that failed.

    Parameters
    ----------
    run
        Why it failed.
    language
        Language of the page.
    last
        Address and time of the last edition in which the chapter was computed, where there is one.
    """
    note = _note(run, CHAPTERS[run.state], language)
    if last is None:
        return note
    text = message("The last edition in which it was computed, of {when}", when=last[1]).text(language)
    return f'{note}<p><a href="{escape(last[0])}">{escape(text)}</a></p>'


def in_language(words: Any, language: Language) -> str:
    """Return words of a record in a language."""
    found = words_of(words)
    return found.text(language) if is_spoken(found) else found


def _note(run: SectionRun, lead: Message, language: Language) -> str:
    kind = run.state.replace(" ", "-")
    first = f"<p><strong>{escape(lead.text(language))}</strong></p>"
    if run.state == "fault":
        # what the program says of itself may hold a value of somebody's row
        return f'<div class="not-computed {kind}">{first}<p>{_code(FAULT.text(language))}</p></div>'
    if not run.found and not run.fix:
        return f'<div class="not-computed {kind}">{first}<p>{_words(run.rule, language)}</p></div>'
    named = ((message("Rule"), run.rule), (message("Found"), run.found), (message("What helps"), run.fix))
    rows = [f"<dt>{escape(n.text(language))}</dt><dd>{_words(w, language)}</dd>" for n, w in named if w]
    return f'<div class="not-computed {kind}">{first}<dl>{"".join(rows)}</dl></div>'


def _words(words: Any, language: Language) -> str:
    found = words_of(words)
    if is_spoken(found):
        return escape(found.text(language))
    marked = language != SOURCE and found
    return f'<span lang="en">{escape(found)}</span>' if marked else escape(found)


def _code(text: str) -> str:
    before, code, after = text.split("`")
    return f"{escape(before)}<code>{escape(code)}</code>{escape(after)}"
