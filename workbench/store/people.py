"""Whom a wave may contact, and what of it is written into the access log of its study."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from workbench.core.engine import Table
from workbench.core.names import CUSTOMER_ID
from workbench.privacy.access_log import Verb, note
from workbench.privacy.gate import COVERS, REFUSES, Gate, Use, gate_for, rests_on_consent
from workbench.privacy.tombstones import Tombstones
from workbench.store.wave import Wave


def gate_of(wave: Wave, use: Use) -> Gate:
    """Return the gate that every list of a wave passes.

    Parameters
    ----------
    wave
        The wave, whose customer list says who refuses or has consented.
    use
        What the list is for: ``survey``, ``service`` or ``marketing``.
    """
    return gate_for(
        wave.table("customers") if wave.has("customers") else None,
        use,
        as_of=wave.config.as_of,
        ground=wave.config.privacy.ground,
        tombstones=Tombstones.of(wave.folder.parent),
    )


def with_refusals(wave: Wave, people: Table) -> Table:
    """Return a customer list whose ``do_not_contact`` is true for everybody who may not be asked in a survey.

    A sample is drawn from who may be asked; whoever has not consented, where that is needed, is spared like those who
    said no.

    Parameters
    ----------
    wave
        The wave.
    people
        Its customer list; returned as it is where ``do_not_contact`` says all there is to say.
    """
    ground = wave.config.privacy.ground
    if not (rests_on_consent(ground) or COVERS in people.columns):
        return people
    refusing = gate_for(people, "survey", as_of=wave.config.as_of, ground=ground).refusing
    assert refusing is not None
    quote = people.engine.dialect.quote
    kept = "".join(f"c.{quote(c)}, " for c in people.columns if c != REFUSES)
    sql = (
        f"SELECT {kept}r.why IS NOT NULL AS {REFUSES} FROM {people.source} AS c "
        f"LEFT JOIN {refusing.source} AS r ON r.{CUSTOMER_ID} = c.{CUSTOMER_ID}"
    )
    return Table(people.engine, f"({sql})")


def log(
    wave: Wave,
    verb: Verb,
    what: str | Path,
    *,
    rows: int | None = None,
    columns: Iterable[str] = (),
    recipient: str = "",
    sha256: str = "",
    **counts: int,
) -> None:
    """Write a line about a wave into its study's access log, with the purpose that ``wave.yaml`` names.

    Parameters
    ----------
    wave
        The wave.
    verb, what, rows, columns, recipient, sha256, **counts
        As `workbench.privacy.access_log.note` has them; of a path the name.
    """
    note(
        wave.folder.parent,
        verb,
        what.name if isinstance(what, Path) else what,
        wave=wave.config.wave,
        rows=rows,
        columns=columns,
        purpose=wave.config.privacy.purpose or "",
        recipient=recipient,
        sha256=sha256,
        **counts,
    )
