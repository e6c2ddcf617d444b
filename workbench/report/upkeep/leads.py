"""What leads to one customer of a study: ids, invitations of all waves, pseudonyms, contact values, and their words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from workbench.core.engine import Table, as_table, open_engine
from workbench.core.invitations import invitation_ids
from workbench.core.names import CUSTOMER_ID, INVITATION_ID
from workbench.privacy.keys import study_key
from workbench.privacy.personal_columns import PERSONAL
from workbench.privacy.removal import Sought, is_distinctive
from workbench.report.export.answers import pseudonyms
from workbench.report.masking import masker_of
from workbench.store import Wave
from workbench.store.config import WaveConfig
from workbench.store.fetching import fetch
from workbench.store.invitations import KEY
from workbench.store.manifest import read_manifest
from workbench.store.taking import ARTEFACTS
from workbench.store.wave_file import read_wave_file

NOT_WORDS = ("order_id", "contract_id")


def leads_to(study: Path, waves: list[Path], customer: str) -> Sought:
    """Return everything that leads to a customer.

    Parameters
    ----------
    study
        The study's folder.
    waves
        Folders of its waves.
    customer
        The customer's id, as the customer list has it.

    Returns
    -------
    Sought
        Ids: the customer's own, the invitation of every wave, and the keyed names in exports and CRMs. Traces: what
        the customer alone has in columns that name or reach a person, and texts of the customer's own, as they are and
        masked. What another customer has, too, such as the telephone of a household, is not sought.

    Raises
    ------
    ConfigError
        If the study's key is not on this machine: nobody finds the invitations without it.
    """
    key = study_key(study)
    ids = {customer, str(pseudonyms(pd.Series([customer]), key.of("export")).iloc[0]), key.name("crm", customer)}
    columns = {CUSTOMER_ID, INVITATION_ID}
    traces: set[str] = set()
    for wave in waves:
        config = read_wave_file(wave)
        ids |= {
            *invitation_ids([customer], wave=config.wave, key=key.of("invitation")),
            *_old_invitations(wave, customer),
        }
        columns |= set(_id_columns(config))
        own = {t for values in _own_texts(wave, customer) for t in values}
        mask = masker_of(Wave(wave, config, {}), own)
        traces |= own | {mask(t) for t in own if _is_words(t)}
    named = frozenset(c.lower() for c in columns)
    return Sought(frozenset(ids), frozenset(t for t in traces if is_distinctive(t)), named)


def _id_columns(config: WaveConfig) -> Iterator[str]:
    """Yield what the columns that name customers are called in the files of a wave."""
    for source in config.tables.values():
        for own in (CUSTOMER_ID, INVITATION_ID):
            if not (named := source.columns.get(own, own)).startswith("="):
                yield named


def _old_invitations(wave: Path, customer: str) -> set[str]:
    """Return the customer's invitations of a wave that kept them in a table."""
    manifest = read_manifest(wave / ARTEFACTS)
    entry = manifest.artefacts.get(KEY) or manifest.recalled.get(KEY)
    if entry is None or not (path := wave / ARTEFACTS / entry.file).is_file():
        return set()
    rows = fetch(KEY, path, open_engine(), only=pd.Series([customer]))
    return {str(i) for i in rows.column(INVITATION_ID).to_pylist()}


def _own_texts(wave: Path, customer: str) -> Iterator[set[str]]:
    """Yield, for each text column that names people or holds words, what the customer has there and nobody else."""
    engine = open_engine(read_wave_file(wave).engine)
    for table in read_manifest(wave / ARTEFACTS).tables.values():
        path = wave / ARTEFACTS / table.clean.file
        if CUSTOMER_ID not in table.clean.columns or not path.is_file():
            continue
        rows = fetch(table.clean.file, path, engine, only=pd.Series([customer]))
        for name in rows.column_names:
            column = rows.column(name)
            if name == CUSTOMER_ID or name in NOT_WORDS or not _is_text(column.type):
                continue
            reaches = PERSONAL.search(name) is not None
            values = {v.strip() for v in column.to_pylist() if isinstance(v, str)}
            wanted = {v for v in values if is_distinctive(v) and (reaches or _is_words(v))}
            if wanted:
                yield wanted - _of_others(as_table(path, engine), name, customer, wanted)


def _of_others(table: Table, column: str, customer: str, values: set[str]) -> set[str]:
    found: set[str] = set()
    for batch in table.batches([CUSTOMER_ID, column]):
        others = batch.filter(pc.not_equal(batch.column(CUSTOMER_ID), customer)).column(column)
        same = pc.is_in(pc.utf8_trim_whitespace(others), value_set=pa.array(sorted(values)))
        found |= {str(v).strip() for v in others.filter(same).to_pylist()}
    return found


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_words(text: str) -> bool:
    return len(text) >= 8 and (" " in text or any("\u3400" <= c <= "\u9fff" for c in text))
