"""A study's own code frame: proposed from a wave's comments, and a sample of them to be coded by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.nps import ProposedFrame, propose_frame
from workbench.nps.code_frame import CodeFrame
from workbench.nps.text.reading import written
from workbench.privacy.files import write_private
from workbench.report.masking import masker_of
from workbench.store import Wave

PROPOSED, SAMPLE = "code_frame.yaml", "hand_codes.csv"


def comments_of(wave: Wave) -> pd.DataFrame:
    """Return the answers of a wave that hold a comment.

    Raises
    ------
    InputError
        If the wave's answers were not taken in, or hold no comments.
    """
    column = wave.config.loyalty.comment
    source = "respondents" if wave.has("respondents") else "responses"
    if not wave.has(source) or column not in wave.columns(source):
        raise InputError(
            message("Topics are found in the comments of a wave."),
            found=message("no answers with a column {column}", column=column),
            fix=message("Run the report first, or name the column in 'loyalty: comment:'."),
            where=str(wave.folder),
        )
    rows = wave.read(source, columns=[column])
    return rows[(written(rows[column]) != "").to_numpy()].reset_index(drop=True)


def write_proposed(wave: Wave, *, topics: int, seed: int) -> tuple[Path, ProposedFrame]:
    """Write a proposed code frame into a wave's folder; a file that is there is not replaced.

    Raises
    ------
    InputError
        If the file exists, or there are too few comments.
    """
    path = wave.folder / PROPOSED
    if path.exists():
        raise InputError(
            message("A code frame that somebody may have worked on is not replaced."),
            found=message("{file} exists", file=str(path)),
            fix=message("Move it away first."),
            where=str(path),
        )
    found = propose_frame(comments_of(wave), wave.config.loyalty.comment, topics=topics, seed=seed)
    return write_private(path, found.text(PROPOSED).encode()), found


def write_sample(wave: Wave, frame: CodeFrame, *, n: int, seed: int) -> Path:
    """Write comments drawn at random, masked, with an empty column per topic, for a person to fill in with 1.

    Raises
    ------
    InputError
        If the file exists, or there are no comments.
    """
    path = wave.folder / SAMPLE
    if path.exists():
        raise InputError(
            message("A sample that somebody may have coded is not replaced."),
            found=message("{file} exists", file=str(path)),
            fix=message("Move it away first."),
            where=str(path),
        )
    column = wave.config.loyalty.comment
    rows = comments_of(wave)
    drawn = rows.sample(min(n, len(rows)), random_state=seed).sort_index()
    mask = masker_of(wave, drawn[column])
    table = pd.DataFrame({"comment": [mask(str(t)) for t in drawn[column]]})
    table = table.assign(**{t.id: "" for t in frame.topics})
    return write_private(path, ("\ufeff" + table.to_csv(index=False)).encode())
