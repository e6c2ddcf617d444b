"""Answers that are counted without knowing whose they are: when they are, and the ids that they get."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from workbench.core.engine import Dialect, Engine
from workbench.core.engine.dialect import named_item
from workbench.core.errors import InputError
from workbench.core.names import CUSTOMER_ID, INVITATION_ID
from workbench.store.config import WaveConfig
from workbench.store.intake_report import MOST_QUARANTINED
from workbench.store.line_ids import line_id_sql

INVITED = ("contacts", "responses")
LINKED = frozenset({"customers", "transactions", "contacts", "interactions", "panel", "contracts"})
OWN_ID = "_own_id"
_AGAIN, _PLACE = "_again", "_place"


class NotDrawnError(InputError):
    """A table names customers by invitations, and no sample has been released yet, or another one."""


def stands_alone(table: str, config: WaveConfig) -> bool:
    """Tell whether a table of answers is linked to no other table, so that its ids need not name a customer."""
    return table == "responses" and not LINKED & config.tables.keys()


def counted_alone(
    table: str, item: str, columns: Collection[str], config: WaveConfig, engine: Engine
) -> tuple[bool, int]:
    """Tell whether answers are to be counted without knowing whose they are, and how many of them name no customer.

    So they are where nothing else came in that an id could lead to, and where fewer than a third name a customer, each
    one of his own: an export without ids, or invitations that this wave did not send. They are answers all the same.

    Parameters
    ----------
    table
        Name of the table.
    item
        FROM item of its rows, with ``customer_id`` as text.
    columns
        Its columns.
    config
        The wave's ``wave.yaml``.
    engine
        Engine of the rows.

    Raises
    ------
    NotDrawnError
        If it is contacts that come by invitations, and fewer than a third of these lead to a customer.
    """
    if stands_alone(table, config):
        return True, 0
    if table not in INVITED:
        return False, 0
    counts = engine.rows(
        f"SELECT count(*) AS everything, count({CUSTOMER_ID}) AS named, count(DISTINCT {CUSTOMER_ID}) AS customers "
        f"FROM {named_item(item)}"
    ).iloc[0]
    read, named = int(counts["everything"]), int(counts["named"])
    fewest = (1 - MOST_QUARANTINED) * read
    if table == "responses" and int(counts["customers"]) <= fewest:
        return True, read - named
    if table == "contacts" and named <= fewest and INVITATION_ID in columns:
        raise NotDrawnError(
            "Invitations lead to customers once the sample has been drawn.",
            found=f"{named} of {read} lead to one",
            fix="Run 'workbench sample' first, or give the contacts a customer_id.",
            where=table,
        )
    return False, 0


def with_own_ids(
    item: str, columns: Sequence[str], wave: str, d: Dialect, *, order: str, line: str, file: str | None = None
) -> str:
    """Return the query that gives rows without an id, and all but the first that share one, an id of their own.

    An invitation is an id, too. Else the id names the wave and the line, so that the same line of another wave is not
    taken for the same customer. The column ``_own_id`` tells those that got one.

    Parameters
    ----------
    item
        FROM item of the rows, with ``customer_id`` as text.
    columns
        Its columns.
    wave
        Name of the wave.
    d
        The engine's spellings.
    order
        SQL that sorts the rows: the first of several that share an id keeps it.
    line
        SQL of a row's place.
    file
        SQL of its file, where there are several.

    Examples
    --------
    >>> from workbench.core.engine import DUCKDB, DuckDBEngine
    >>> rows = "(SELECT * FROM (VALUES (1, 'a'), (2, NULL), (3, 'a')) AS t(n, customer_id))"
    >>> sql = with_own_ids(rows, ["n", "customer_id"], "w1", DUCKDB, order="n", line="n")
    >>> DuckDBEngine().rows(f"{sql} ORDER BY n")["customer_id"].tolist()
    ['a', 'w1 line 2', 'w1 line 3']
    """
    named = CUSTOMER_ID
    if INVITATION_ID in columns:
        named = f"coalesce({CUSTOMER_ID}, lower(trim(CAST({d.quote(INVITATION_ID)} AS {d.text_type}))))"
    told = ", ".join(f"{named} AS {CUSTOMER_ID}" if c == CUSTOMER_ID else d.quote(c) for c in columns)
    again = f"row_number() OVER (PARTITION BY {CUSTOMER_ID} ORDER BY {order}) AS {_AGAIN}"
    placed = f"SELECT given.*, CAST({line} AS {d.text_type}) AS {_PLACE} FROM {item} AS given"
    numbered = f"SELECT told.*, {again} FROM (SELECT {told}, {_PLACE} FROM ({placed}) AS placed) AS told"
    own = f"({CUSTOMER_ID} IS NULL OR {_AGAIN} > 1)"
    made = f"CASE WHEN {own} THEN {line_id_sql(wave, file, _PLACE)} ELSE {CUSTOMER_ID} END AS {CUSTOMER_ID}"
    shown = ", ".join(made if c == CUSTOMER_ID else d.quote(c) for c in columns)
    return f"SELECT {shown}, {own} AS {OWN_ID} FROM ({numbered}) AS numbered"
