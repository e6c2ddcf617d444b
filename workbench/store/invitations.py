"""Whom the invitations of a wave lead to: computed again from the sample and the study's key, stored nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from workbench.core.engine import DuckDBEngine
from workbench.core.engine.standin import require_own_rows
from workbench.core.invitations import invitation_ids
from workbench.core.names import CUSTOMER_ID, INVITATION_ID
from workbench.privacy.keys import fingerprint_of, study_key
from workbench.store.manifest import Artefact, Manifest
from workbench.store.provenance import hash_values

KEY = "invitation_key"  # what led back before invitations were computed; waves of that time have it still
INVITED_BY = ("released_sample", "released_panel", "released_spot_check")


@dataclass(frozen=True)
class Invited:
    """The customers that a wave has invited.

    Attributes
    ----------
    wave
        Name of the wave.
    study
        Folder of the study, whose key the invitations are made with.
    files
        Parquet files of those invited; or the one file that leads back, of waves released before it was computed.
    mark
        Changes when invitations come to lead elsewhere.
    """

    wave: str
    study: Path
    files: tuple[Path, ...]
    mark: str

    def pairs(self) -> pd.DataFrame:
        """Return a row per invited customer: ``customer_id`` and ``invitation_id``, in the order of the ids.

        Raises
        ------
        ConfigError
            If the study's key is not on this machine.
        """
        for file in self.files:  # samples are drawn by customers' names and kept as files
            require_own_rows(file, "this process")
        tables = [pq.read_table(f) for f in self.files]
        if any(INVITATION_ID in t.column_names for t in tables):
            found: pd.DataFrame = tables[0].select([CUSTOMER_ID, INVITATION_ID]).to_pandas()
            return found
        ids = sorted({str(i) for t in tables for i in t.column(CUSTOMER_ID).to_pylist()})
        key = study_key(self.study, make=False).of("invitation")
        return pd.DataFrame({CUSTOMER_ID: ids, INVITATION_ID: invitation_ids(ids, wave=self.wave, key=key)})


def invited_of(manifest: Manifest, artefacts: Path, wave: str) -> Invited | None:
    """Return whom a wave has invited; None before its sample is released.

    Parameters
    ----------
    manifest
        The wave's manifest. A sample that was taken back to be drawn anew still leads back until another one is there.
    artefacts
        Its folder.
    wave
        Name of the wave.
    """
    study = artefacts.parent.parent
    known = {**manifest.recalled, **manifest.artefacts}
    if (old := known.get(KEY)) is not None:
        return Invited(wave, study, (artefacts / old.file,), old.sha256)
    entries: list[Artefact] = [known[n] for n in INVITED_BY if n in known]
    if not entries:
        return None
    mark = hash_values([e.sha256 for e in entries], fingerprint_of(study))
    return Invited(wave, study, tuple(artefacts / e.file for e in entries), mark)


def led_back(expressions: Mapping[str, str], invited: Invited, engine: DuckDBEngine) -> dict[str, str]:
    """Return the columns of a table with the customer of each row's invitation, where the row names no customer.

    Parameters
    ----------
    expressions
        Column → SQL over the rows of the file, ``invitation_id`` among them.
    invited
        Whom the wave has invited.
    engine
        Engine of the rows; the invitations are made known to it in memory only.

    Returns
    -------
    dict of str to str
        Column → SQL, ``customer_id`` first.
    """
    told = f"lower(trim({expressions[INVITATION_ID]}))"
    known = engine.register(invited.pairs())
    # names of their own, or the key's invitation would be compared with itself
    pairs = f"SELECT {CUSTOMER_ID} AS key_customer, {INVITATION_ID} AS key_invitation FROM {known}"
    found = f"(SELECT any_value(k.key_customer) FROM ({pairs}) AS k WHERE k.key_invitation = {told})"
    own = expressions.get(CUSTOMER_ID)
    rest = {c: e for c, e in expressions.items() if c != CUSTOMER_ID}
    return {CUSTOMER_ID: f"coalesce(nullif(trim({own}), ''), {found})" if own else found} | rest
