"""A language model on this machine as a reader of tone: a program that is asked over standard input, and checked."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.nps.text.reader import TONES


@dataclass(frozen=True)
class ProgramReader:
    """Reads tone by a program of the reader's own; nothing uses it unless somebody passes it to `topic_tone`.

    The program gets one JSON object per line, ``{"clause": "…", "tones": […]}``, and answers each with one line
    ``{"tone": "…"}``. Clauses are not masked: the program belongs on this machine. The workbench opens no connection,
    and passes none of its surroundings on but the path.

    Attributes
    ----------
    command
        The program and its arguments.
    seconds
        How long it may take in all.
    from_scores
        It did not learn from the wave's scores.
    """

    command: tuple[str, ...]
    seconds: float = 600.0
    from_scores: bool = False

    def tones(self, parts: Sequence[str], of: Sequence[str] | None = None) -> list[str]:  # noqa: ARG002 (as readers do)
        """Return the tone of each clause as the program tells it.

        Raises
        ------
        InputError
            If it cannot be run, takes too long, or answers something else than one known tone per clause.
        """
        if not parts:
            return []
        asked = "".join(json.dumps({"clause": p, "tones": TONES}, ensure_ascii=False) + "\n" for p in parts)
        try:
            done = subprocess.run(
                self.command,
                input=asked,
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=self.seconds,
                check=True,
                env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"},
            )
            said = [str(json.loads(line)["tone"]) for line in done.stdout.splitlines() if line.strip()]
        except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as problem:
            raise self._refused(type(problem).__name__) from problem
        wrong = [t for t in said if t not in TONES]
        if wrong or len(said) != len(parts):
            raise self._refused(f"{len(said)} / {len(parts)}" + (f": {wrong[0]!r}" if wrong else ""))
        return said

    def _refused(self, found: str) -> InputError:
        return InputError(
            message("A program that reads tone answers each clause with one of the tones it was given."),
            found=found,
            fix=message("Try it by hand with one line of JSON."),
            where=self.command[0],
        )
