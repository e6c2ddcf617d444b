"""Files that ``wave.yaml`` names lie inside the wave's folder, or inside that of ``--source``."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated

from pydantic import AfterValidator


def require_inside(name: str) -> str:
    """Return the name of a file if it leads nowhere else.

    Whoever sends a ``wave.yaml`` must not read files of the machine through it. A link that the owner of the folder put
    there may lead anywhere.

    Examples
    --------
    >>> require_inside("raw/orders_*.csv")
    'raw/orders_*.csv'
    >>> require_inside("../other/customers.csv")
    Traceback (most recent call last):
    ...
    ValueError: '../other/customers.csv' leads out of the folder; put the file there, or use --source
    """
    place = PurePosixPath(name.replace("\\", "/"))
    if place.is_absolute() or PureWindowsPath(name).drive or ".." in place.parts or name.startswith("~"):
        raise ValueError(f"{name!r} leads out of the folder; put the file there, or use --source")
    return name


InsideFile = Annotated[str, AfterValidator(require_inside)]
