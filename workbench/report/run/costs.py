"""What a chapter cost: processor time and memory of its kernel, asked of it when its last cell has run."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from typing import Any

# user and system time, and the largest resident set; systems without the module (Windows) answer nothing
COST = "__import__('resource').getrusage(0)[:3]"
# Linux tells the resident set in kB, macOS in bytes
MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10


def cost_of(answer: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return processor seconds and the most memory in MB from a kernel's answer to `COST`.

    Parameters
    ----------
    answer
        Kind of content → what the kernel says; empty where it could not.

    Examples
    --------
    >>> cost_of({"text/plain": "(1.25, 0.25, 204800)"}), cost_of({})
    ((1.5, 200.0), None)
    """
    text = answer.get("text/plain")
    if not text:
        return None
    user, system, largest = ast.literal_eval(text)
    return round(user + system, 2), round(largest / MEGABYTE, 1)
