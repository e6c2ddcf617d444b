"""The sampling designs that ``wave.yaml`` may name, and what each lets it say: read from the table of designs."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from pydantic import BaseModel, create_model
from pydantic.fields import FieldInfo

from workbench.core.errors import nearest
from workbench.store.config.parts import Part


class DeclaredDesign(Protocol):
    """What the configuration asks of a design."""

    Settings: type[BaseModel]
    by_strata: bool
    spares_by_start: bool


# named, not imported: the store stands on no statistics, and a chapter's key, which follows imports, then changes
# with a design only where the chapter draws or estimates
DESIGNS = cast("Mapping[str, DeclaredDesign]", import_module("workbench.sampling.designs").DESIGNS)


def designs_with(key: str) -> list[str]:
    """Return the designs that know a key of their own.

    Examples
    --------
    >>> designs_with("per_psu")
    ['two_stage']
    """
    return [name for name, design in DESIGNS.items() if key in design.Settings.model_fields]


def _optional(field: FieldInfo) -> tuple[Any, FieldInfo]:
    """Return a design's key as a key of the file, which other designs do not have."""
    if not field.is_required():
        return field.annotation, field
    again = FieldInfo(default=None, description=field.description)
    again.metadata = field.metadata
    annotation: Any = field.annotation
    return annotation | None, again


def _keys() -> dict[str, Any]:
    """Return every key of every design, once."""
    found: dict[str, Any] = {}
    for design in DESIGNS.values():
        for key, field in design.Settings.model_fields.items():
            found.setdefault(key, _optional(field))
    return found


if TYPE_CHECKING:
    DesignKeys = Part
else:
    DesignKeys = create_model("DesignKeys", __base__=Part, **_keys())


def check_known(name: str) -> str:
    """Return a design's name if there is such a design.

    Raises
    ------
    ValueError
        If there is none, with the nearest name.
    """
    if name not in DESIGNS:
        raise ValueError(f"there is no such design{nearest(name, DESIGNS)}; use one of {', '.join(DESIGNS)}")
    return name


def settings_of(name: str, given: Mapping[str, Any]) -> BaseModel:
    """Return what the file says of its design.

    Parameters
    ----------
    name
        The design.
    given
        Keys that the file gives, those of other parts of the plan among them.

    Raises
    ------
    ValueError
        If a key belongs to another design, or the design needs one that is not given.
    """
    own = DESIGNS[name].Settings.model_fields
    for key in given:
        if key not in own and (those := designs_with(key)):
            raise ValueError(f"{key}: belongs to {_named(those)}, not to '{name}'")
    for key, field in own.items():
        if field.is_required() and given.get(key) is None:
            raise ValueError(f"{key}: design '{name}' needs it: {field.description}")
    return DESIGNS[name].Settings(**{k: v for k, v in given.items() if k in own and v is not None})


def _named(designs: list[str]) -> str:
    return ("design " if len(designs) == 1 else "designs ") + " and ".join(f"'{d}'" for d in designs)
