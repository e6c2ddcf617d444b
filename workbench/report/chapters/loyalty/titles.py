"""Titles of panels: the first finding that may be said, or words that claim nothing."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.core.findings import Finding, said
from workbench.core.language import Message, message


def title_of(findings: Sequence[Finding], *ids: str, otherwise: Message) -> Message:
    """Return the sentence of the first of some findings that may be said, or a title that claims nothing.

    Parameters
    ----------
    findings
        Everything that was found.
    ids
        Ids, or their beginnings up to the colon, the most wanted first.
    otherwise
        What is said where none may be said.
    """
    held = said(findings)
    for wanted in ids:
        for finding in held:
            if finding.id == wanted or finding.id.split(":")[0] == wanted:
                return finding.text
    return otherwise


def change_title(findings: Sequence[Finding], measure: str) -> Message:
    """Return the title of a measure's trend."""
    subject = {
        "nps": message("Willingness to recommend"),
        "satisfied": message("Satisfaction"),
    }[measure]
    found = {f.id: f for f in said(findings)}
    if f"{measure}.change" in found:
        finding = found[f"{measure}.change"]
        if finding.state == "watch":
            return message("{subject}: a change to be watched", subject=subject)
        rose = finding.evidence.estimate > 0
        return (
            message("{subject} has risen", subject=subject)
            if rose
            else message("{subject} has fallen", subject=subject)
        )
    if f"{measure}.unchanged" in found:
        return message("{subject}: not clearly changed", subject=subject)
    return message("{subject}: nothing to compare with yet", subject=subject)
