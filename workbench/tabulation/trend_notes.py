"""What stands at the foot of a trend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.core.language import Message, Spoken, message, plural
from workbench.core.results import Note
from workbench.tabulation.trend_lines import Asked
from workbench.tabulation.waves import WaveAnswers

MOST_TOLD = 6


def trend_notes(
    asked: Asked,
    waves: Sequence[WaveAnswers],
    changed: Mapping[tuple[str, str], Spoken | str],
    missing: Sequence[tuple[str, str, str]],
    labels: Mapping[str, tuple[Spoken | str, tuple[Spoken | str, ...]]],
    in_common: int,
    *,
    condition: str | None,
) -> tuple[Note, ...]:
    """Return the notes of a trend: what its arrows mean, what is not compared, and what waves have in common.

    Parameters
    ----------
    asked, waves, condition
        What was asked of it, its waves, and the filter.
    changed
        Question and wave → what changed in the question before that wave.
    missing
        Question, row and wave of answers that a wave did not offer.
    labels
        Question → its words.
    in_common
        Units that are in more than one wave.
    """
    if len(waves) < 2:
        return (Note(message("There is one wave; a trend needs a second one.")),)
    notes = [
        Note(
            message(
                "↑ ↓: clearly up or down, ↕: not the same in all waves ({level:level}); corrected over the columns of "
                "a row, the total by itself. No sign does not mean that nothing moved.",
                level=asked.level,
            )
        ),
        Note(
            message(
                "Fewer than {minimum:int} answers are not compared (**), fewer than {small:int} marked (*).",
                minimum=asked.minimum,
                small=asked.small,
            )
        ),
    ]
    if in_common:
        notes.append(
            Note(
                message(
                    "Customers and clusters of several waves count as the same; changes are surer by that, or less so."
                )
            )
        )
    else:
        notes.append(Note(message("Waves are taken as independent samples.")))
    for (question, wave), what in changed.items():
        label = labels[question][0]
        told = {"question": label, "wave": wave, "what": what}
        text = message("{question}: changed from {wave} on ({what}); nothing is compared across it.", **told)
        notes.append(Note(text, "caution"))
    notes += _not_offered(missing, labels)
    recipes = {w.recipe for w in waves if w.recipe}
    if len(recipes) > 1:
        text = message(
            "Weights were made in {n:int} ways over these waves; a change may come from that.", n=len(recipes)
        )
        notes.append(Note(text, "caution"))
    if condition is not None:
        notes.append(Note(message("Only who meets: {condition}.", condition=condition)))
    return tuple(notes)


def _not_offered(
    missing: Sequence[tuple[str, str, str]],
    labels: Mapping[str, tuple[Spoken | str, tuple[Spoken | str, ...]]],
) -> list[Note]:
    """Say which answers a wave had not, each with its waves; where there are many, how many."""
    by_row: dict[tuple[str, str], list[str]] = {}
    for question, row, wave in missing:
        by_row.setdefault((question, row), []).append(wave)
    told: list[Message] = []
    for (question, row), names in list(by_row.items())[:MOST_TOLD]:
        values = {"question": labels[question][0], "row": row, "waves": ", ".join(names)}
        told.append(message("{question}: '{row}' was not asked in this way in {waves}.", **values))
    rest = len(by_row) - MOST_TOLD
    if rest > 0:
        told.append(
            plural("{n:int} more answer was not in all waves.", "{n:int} more answers were not in all waves.", n=rest)
        )
    return [Note(t, "caution") for t in told]
