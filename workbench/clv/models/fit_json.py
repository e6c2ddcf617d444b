"""A fit as JSON: parameters, what is said about them, and on request the histories behind them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from workbench.clv.models.fit import LEVEL, Fit, parameter_table
from workbench.clv.models.model import Model
from workbench.clv.purchases.patterns import as_patterns
from workbench.core.errors import InputError
from workbench.core.language import Message
from workbench.core.results import Note

_FORM: Final = "workbench-fit/2"


def fit_to_json(fit: Fit, *, keep: Literal["everything", "parameters"] = "everything") -> str:
    """Return a fit as JSON, to be read by `fit_from_json`.

    Parameters
    ----------
    fit
        A fit of any model of the room.
    keep
        ``everything``, so that the fit answers what it answered before; or ``parameters``, their covariance and what is
        said about them, without the histories (which may be hundreds of thousands).

    Returns
    -------
    str
        JSON with the model, its parameters, their covariance, notes and, where kept, the histories.

    Raises
    ------
    InputError
        If `keep` is neither.

    Examples
    --------
    >>> from workbench.clv import fit_sbg
    >>> '"model": "Sbg"' in fit_to_json(fit_sbg([1000, 869, 743, 653]), keep="parameters")
    True
    """
    if keep not in ("everything", "parameters"):
        raise InputError(
            "`keep` is one of everything, parameters.",
            found=repr(keep),
            fix="Write keep='parameters' to leave out the histories.",
            where="fit_to_json",
        )
    evidence = None
    if keep == "everything" and (fit.patterns is not None or fit.rows is not None):
        evidence = {c: fit.evidence[c].tolist() for c in fit.evidence.columns}
    return json.dumps(
        {
            "form": _FORM,
            "model": type(fit.model).__name__,
            "unit": fit.unit,
            "parameters": dict(fit.parameters),
            "log_covariance": [[_finite(v) for v in row] for row in fit.log_covariance.tolist()],
            "log_likelihood": fit.log_likelihood,
            "customers": fit.customers,
            "converged": fit.converged,
            "condition": _finite(fit.condition),
            "leaving_told": fit.leaving_told,
            "verdicts": [_words(v) for v in fit.verdicts],
            "notes": [{**_words(n.message), "severity": n.severity} for n in fit.notes],
            "evidence": evidence,
        },
        indent=2 if evidence is None else None,
    )


def fit_from_json(text: str) -> Fit:
    """Return the fit that `fit_to_json` wrote.

    Parameters
    ----------
    text
        What `fit_to_json` returned.

    Returns
    -------
    Fit
        The same fit; without its histories where they were not kept.

    Raises
    ------
    InputError
        If the text is no fit, or of an unknown model.

    Examples
    --------
    >>> from workbench.clv import fit_sbg
    >>> fit = fit_sbg([1000, 869, 743, 653])
    >>> fit_from_json(fit_to_json(fit)).parameters == fit.parameters
    True
    """
    try:
        found: dict[str, Any] = json.loads(text)
        if found["form"] != _FORM:
            raise KeyError("form")
        kind = Model.named(found["model"])
        model = kind.of(found["parameters"][n] for n in kind.names())
        covariance = np.array([[np.inf if v is None else v for v in row] for row in found["log_covariance"]])
        evidence = None if found["evidence"] is None else pd.DataFrame(found["evidence"])
        timed = kind.inputs == ("x", "t_x", "T")
        return Fit(
            table=parameter_table(model, covariance, LEVEL),
            level=LEVEL,
            model=model,
            log_likelihood=float(found["log_likelihood"]),
            log_covariance=np.asarray(covariance, dtype=np.float64),
            converged=bool(found["converged"]),
            verdicts=tuple(_message(v) for v in found["verdicts"]),
            condition=float("inf") if found["condition"] is None else float(found["condition"]),
            customers=float(found["customers"]),
            patterns=as_patterns(evidence) if timed and evidence is not None else None,
            unit=found["unit"],
            leaving_told=bool(found["leaving_told"]),
            rows=None if timed else evidence,
            notes=tuple(Note(_message(n), n["severity"]) for n in found["notes"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            "A fit is read from the JSON that fit_to_json wrote.",
            found=f"{type(error).__name__}: {error}",
            fix="Pass the whole text of such a file.",
            where="fit_from_json",
        ) from error


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _words(text: Message) -> dict[str, Any]:
    return {"template": text.template, "values": {k: _plain(v) for k, v in text.values.items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return _words(value)
    return value.item() if isinstance(value, np.generic) else value


def _message(found: Mapping[str, Any]) -> Message:
    values = {k: _message(v) if isinstance(v, dict) else v for k, v in found["values"].items()}
    return Message(found["template"], values)
