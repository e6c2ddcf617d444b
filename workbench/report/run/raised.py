"""What a cell raised, as data: asked of a kernel after a cell failed, because a traceback cannot be read back.

The run puts `QUESTION` to the kernel the cell ran in. IPython keeps the last exception where Python itself does, so a
kernel needs no preparation, forked or plain, and an analyst in JupyterLab sees the error as always.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any, Literal

from workbench.core.errors import Words, WorkbenchError
from workbench.core.findings import spoken_json

MIME = "application/vnd.workbench.raised+json"
QUESTION = f"__import__({__name__!r}, fromlist=['last_raised']).last_raised()"


@dataclass(frozen=True)
class Raised:
    """An exception as data.

    Attributes
    ----------
    kind
        Name of its class.
    is_refusal
        Whether a rule refused the data, in words of its own; else the program has a fault.
    rule, found, fix
        The words of a refusal, see `workbench.core.findings.spoken_json`; of a fault its class and text, as ``found``.
    """

    kind: str
    is_refusal: bool
    rule: Any = ""
    found: Any = ""
    fix: Any = ""

    @property
    def state(self) -> Literal["refused", "fault"]:
        """What becomes of a section that raised it."""
        return "refused" if self.is_refusal else "fault"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {MIME: dict(vars(self)), "text/plain": self.kind}


def last_raised() -> Raised | None:
    """Return the exception that was raised last in this process, None if there was none."""
    error = getattr(sys, "last_value", None)
    return None if error is None else raised_of(error)


def raised_of(error: BaseException) -> Raised:
    """Return an exception as data.

    Examples
    --------
    >>> from workbench.core.errors import InputError
    >>> raised_of(InputError("Scores run from 0 to 10.", found="11", fix="Correct it.")).is_refusal
    True
    >>> raised_of(KeyError("region")).found
    "KeyError: 'region'"
    """
    kind = type(error).__name__
    if isinstance(error, WorkbenchError):
        return Raised(kind, True, *(_plain(words) for words in (error.rule, error.found, error.fix)))
    return Raised(kind, False, found=f"{kind}: {error}")


def _plain(words: Words) -> Any:
    """Return words as what JSON can hold; a value of another kind stands in them as its text."""
    return json.loads(json.dumps(spoken_json(words), ensure_ascii=False, default=str))
