"""Their fields and our columns: every name is checked against what the system itself says it has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workbench.connect.protocol import Field
from workbench.connect.system import System
from workbench.core.errors import ConfigError, few_names, nearest
from workbench.core.language import Message, message

FLAG = "do_not_contact"
NONE = "none"
EXPRESSION = "="
PEOPLE = ("customers", "panel")


@dataclass(frozen=True)
class Chosen:
    """The fields a pull asks for.

    Attributes
    ----------
    fields
        Names, the id first.
    flags
        Those of them that say that somebody is not to be contacted, where ``wave.yaml`` names none itself.
    said
        What could not be checked, in words.
    """

    fields: tuple[str, ...]
    flags: tuple[str, ...] = ()
    said: tuple[Message, ...] = ()


def chosen_fields(
    system: System, kind: str, known: Mapping[str, Field], columns: Mapping[str, str], table: str, *, where: str
) -> Chosen:
    """Return the fields a table needs: those its columns name, the id, the time of change, and who not to contact.

    Parameters
    ----------
    system
        The system.
    kind
        Kind of record.
    known
        Its fields as the system describes them; empty where it does not.
    columns
        Column of the table → field, or ``= expression`` over fields; empty for all fields.
    table
        Name of the table.
    where
        Place in ``wave.yaml``.

    Raises
    ------
    ConfigError
        If a field is not there; if a table of people says nothing of who is not to be contacted and the system has no
        field of its own for it; if all fields are asked for and the system does not say which there are.
    """
    named = [c for n, c in columns.items() if not c.startswith(EXPRESSION) and not (n == FLAG and c == NONE)]
    require_fields(named, known, where=f"{where}.columns")
    spoken = [c.removeprefix(EXPRESSION) for c in columns.values() if c.startswith(EXPRESSION)]
    inside = [f for f in known if any(re.search(rf"(?<!\w){re.escape(f)}(?!\w)", s) for s in spoken)]
    if spoken and not known:
        inside = [w for s in spoken for w in re.findall(r'"([^"]+)"', s)]
    own = system.flags_among(kind, known)
    if table in PEOPLE and not own and FLAG not in columns:
        raise ConfigError(
            "A list of people says who is not to be contacted.",
            found=f"{system.title} has no field of its own for it in {kind}, and columns name none",
            fix=f"Name the field (columns: {{{FLAG}: …}}), or say that there is none (columns: {{{FLAG}: {NONE}}}).",
            where=where,
        )
    if not columns and not known:
        raise ConfigError(
            "Columns are named where a system does not say which fields it has.",
            found=f"nothing under columns; {system.title} does not describe {kind}",
            fix="Name them: columns: {customer_id: …}.",
            where=where,
        )
    every = [*named, *inside] if columns else list(known)
    fields = tuple(dict.fromkeys([system.id_field, *every, *own, system.modified(kind)]))
    flags = () if FLAG in columns else tuple(own)
    unchecked = (
        ()
        if known
        else (message("{title} did not say which fields it has; names could not be checked", title=system.title),)
    )
    return Chosen(fields, flags if table in PEOPLE else (), unchecked)


def require_fields(names: Iterable[str], known: Mapping[str, Field], *, where: str) -> None:
    """Refuse names of fields that a system does not have, each with the nearest that it has.

    Parameters
    ----------
    names
        Names that ``wave.yaml`` gives.
    known
        Fields of the system; nothing is refused where it does not describe them.
    where
        Place in ``wave.yaml``.

    Raises
    ------
    ConfigError
        If one is not there.

    Examples
    --------
    >>> require_fields(["Tier"], {"Tier": Field("Tier")}, where="push.tiers")
    """
    if not known:
        return
    lacking = [n for n in dict.fromkeys(names) if n not in known]
    if lacking:
        hints = "".join(f"; {n}{nearest(n, known).replace('; did', ': did')}" for n in lacking if nearest(n, known))
        raise ConfigError(
            "Fields that wave.yaml names are there.",
            found=f"no field {', '.join(lacking)}; there are {few_names(known, like=lacking)}",
            fix=f"Correct the name, or let an administrator make the field{hints}",
            where=where,
        )


def require_writable(names: Sequence[str], known: Mapping[str, Field], *, where: str) -> None:
    """Refuse fields that are not there or cannot be written.

    Parameters
    ----------
    names
        Names that ``wave.yaml`` gives.
    known
        Fields of the system.
    where
        Place in ``wave.yaml``.

    Raises
    ------
    ConfigError
        If one is not there, or is read-only.

    Examples
    --------
    >>> require_writable(["Tier"], {"Tier": Field("Tier")}, where="push.tiers")
    """
    require_fields(names, known, where=where)
    fixed = [n for n in names if n in known and not known[n].writable]
    if fixed:
        raise ConfigError(
            "Fields that are written can be written.",
            found=f"{', '.join(fixed)}: the system fills {'it' if len(fixed) == 1 else 'them'} itself",
            fix="Name a field of your own for it.",
            where=where,
        )


def outside_options(field: Field, values: Iterable[str]) -> list[str]:
    """Return the values that a field with a fixed list of options does not take.

    Parameters
    ----------
    field
        The field.
    values
        Values that are to be written.

    Examples
    --------
    >>> outside_options(Field("Tier", "choice", options=("A", "B")), ["A", "C"])
    ['C']
    """
    return sorted(set(values) - {*field.options, *field.labels}) if field.options else []
