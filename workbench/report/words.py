"""What a wave's customers wrote, masked: for a notebook, and as a workbook for those who may read it."""

from __future__ import annotations

from typing import Any

from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.core.names import RECOMMEND
from workbench.nps import Verbatims, code_comments, comment_sentiment, topic_tone, verbatims
from workbench.nps.quotes import CLASSES
from workbench.nps.verbatims import TONE_WORDS
from workbench.report.analysis import respondents_of
from workbench.report.chapters.loyalty.comments import frame_of
from workbench.report.chapters.loyalty.tone import learned, reader_of
from workbench.report.chapters.response.design import survey_design
from workbench.report.export.people import PeopleList, write_people
from workbench.report.masking import masker_of
from workbench.store import Wave, show_study_words

NAME = "words"
SEED = 1


def verbatims_of(wave: Wave, **chosen: Any) -> Verbatims:
    """Return the comments of a wave with topics, tones, scores and groups, masked.

    Parameters
    ----------
    wave
        The wave.
    **chosen
        ``topic``, ``score``, ``group``, ``tone``, ``words``: as `workbench.nps.Verbatims.filter` has them.

    Raises
    ------
    InputError
        If there are no weighted answers, or no comments.
    """
    show_study_words(wave.config)
    plan, answers = wave.config.loyalty, respondents_of(wave)
    if plan.comment not in answers:
        raise InputError(
            message("The answers hold comments."),
            found=message("no column {column}", column=plan.comment),
            fix=message("Name their column in 'loyalty: comment:'."),
            where=str(wave.folder),
        )
    design = survey_design(wave)
    coded = code_comments(answers, plan.comment, frame_of(wave), design, confidence=plan.confidence)
    reader = reader_of(learned(wave, answers, comment_sentiment, seed=SEED))
    tones = topic_tone(answers, coded, reader, design, column=RECOMMEND if RECOMMEND in answers else None)
    groups = [c for c in dict.fromkeys([*plan.by, "region", "segment", "tier"]) if c in answers]
    found = verbatims(answers, tones, mask=masker_of(wave, coded.comments), groups=groups)
    return found.filter(**chosen) if chosen else found


def write_words(wave: Wave, **chosen: Any) -> PeopleList:
    """Write the masked comments as a workbook among the wave's lists; encrypted where lists are, and logged.

    It holds no ids and never goes into a report: whoever may read the wave's lists may read it.

    Parameters
    ----------
    wave, **chosen
        As of `verbatims_of`.
    """
    found = verbatims_of(wave, **chosen)
    language = wave.config.languages[0]
    names = {t.id: t.label(language) for t in found.frame.topics}
    said = found.table["topics"].map(lambda ids: ", ".join(names[t] for t in str(ids).split(",") if t))
    tones = found.table["tone"].map({t: w.text(language) for t, w in TONE_WORDS.items()})
    classes = {c: w.text(language) for c, w in CLASSES.items()}
    rows = found.table.assign(topics=said, tone=tones)
    if "class" in rows:
        rows = rows.assign(**{"class": rows["class"].map(classes)})
    heads = {name: column.label.text(language) for name, column in found.columns.items()}
    sheet = message("Words").text(language)
    return write_people(wave, NAME, {sheet: rows.rename(columns=heads)}, use="service", held_back={})
