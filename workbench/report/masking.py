"""The masker of a wave: it knows what the wave's own tables know of its customers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from workbench.core.engine import Table
from workbench.core.errors import ConfigError
from workbench.privacy.personal_columns import identifying_columns
from workbench.store import Wave
from workbench.store.invitations import invited_of

if TYPE_CHECKING:
    from workbench.privacy.masking import Masker

# orders are left out: a wave has millions, and their numbers are found by the words beside them
TABLES = ("customers", "contacts", "responses", "interactions", "panel", "contracts")


def masker_of(wave: Wave, texts: Iterable[object]) -> Masker:
    """Return a masker that knows every id, name, telephone, e-mail and invitation of a wave that its texts hold.

    Parameters
    ----------
    wave
        The wave.
    texts
        All texts it will mask; what is no text is skipped.
    """
    # its patterns are compiled when it is loaded, and a run in which nothing changed masks nothing
    from workbench.privacy.masking import Masker, known_values

    written = list(dict.fromkeys(t for t in texts if isinstance(t, str) and t))
    tables: list[tuple[Table, list[str]]] = [
        (wave.table(name), columns) for name in TABLES if (columns := identifying_columns(wave.columns(name)))
    ]
    return Masker(known_values(written, tables, more=[*wave.config.fieldwork.interviewers, *_invitations(wave)]))


def _invitations(wave: Wave) -> list[str]:
    invited = invited_of(wave.manifest, wave.artefacts, wave.config.wave)
    if invited is None:
        return []
    try:
        return invited.pairs()["invitation_id"].tolist()
    except ConfigError:  # the key is elsewhere; an invitation is masked as any long code is
        return []
