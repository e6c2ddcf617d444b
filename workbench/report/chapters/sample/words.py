"""Chapter 10 in words: what was counted and planned, each sentence with the number it rests on."""

from __future__ import annotations

from workbench.core.findings import Evidence, Finding, Tone
from workbench.core.language import Message


def counted(
    name: str, text: Message, n: float, *, source: str, importance: int = 50, tone: Tone = "neutral"
) -> Finding:
    """Return a sentence about something counted or planned; it is said where there is something to count.

    Examples
    --------
    >>> from workbench.core.language import message
    >>> counted("sample.eligible", message("{n:int} answers", n=3), 3, source="frame-exclusions").is_said
    True
    """
    proof = Evidence(source=source, estimate=float(n), minimum_base=1)
    return Finding(id=name, message=text, evidence=proof, claim="count", importance=importance, tone=tone)
