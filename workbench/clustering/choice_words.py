"""What is said of a number of segments: whether the criteria agree, and whether there are groups at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workbench.core.language import Message, message

_WORTH_SAYING: Final = 0.2


def agreement_of(best: Mapping[str, int]) -> Message:
    """Say whether the criteria agree: criterion → the number of segments it prefers."""
    if len(set(best.values())) == 1:
        return message("All criteria prefer {k:int} segments.", k=next(iter(best.values())))
    names = {
        "silhouette": message("silhouette {k:int}", k=best.get("silhouette")),
        "calinski_harabasz": message("Caliński–Harabasz {k:int}", k=best.get("calinski_harabasz")),
        "gap": message("gap {k:int}", k=best.get("gap")),
        "prediction_strength": message("prediction strength {k:int}", k=best.get("prediction_strength")),
        "bic": message("BIC {k:int}", k=best.get("bic")),
    }
    listed = [names[c] for c in best]
    joined = listed[0]
    for more in listed[1:]:
        joined = message("{first}, {second}", first=joined, second=more)
    return message("The criteria disagree on the number of segments: {list}.", list=joined)


def verdict_of(k: int, natural: bool, explained: float) -> Message:
    """Say whether the data show groups, and how much of the differences they keep.

    Examples
    --------
    >>> verdict_of(3, True, 0.8).text("en")
    '3 groups stand apart in the data.'
    """
    if natural:
        return message("{k:int} groups stand apart in the data.", k=k)
    if explained < _WORTH_SAYING:
        return message(
            "There are no groups in the data; {k:int} groups keep only {share:pct} of the differences and are a mere "
            "division of customers who differ gradually.",
            k=k,
            share=explained,
        )
    return message(
        "{k:int} groups describe the data usefully ({share:pct} of the differences); there is no evidence of natural "
        "boundaries.",
        k=k,
        share=explained,
    )
