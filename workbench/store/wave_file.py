"""Reading ``wave.yaml``: every mistake is reported with its place and the nearest known name; its JSON Schema."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from workbench.core.errors import ConfigError, nearest
from workbench.store.config import WaveConfig

FILE_NAME = "wave.yaml"


def wave_files(root: Path) -> list[Path]:
    """Return every ``wave.yaml`` of a folder of studies, of a study or of a wave, in order.

    Parameters
    ----------
    root
        The folder. Studies may be links to other disks, and may lie in folders of their own.

    Examples
    --------
    >>> wave_files(Path("no/such/folder"))
    []
    """
    # steps of one level follow links, `**` does not, and would walk through all that was ever made
    return sorted(file for depth in range(4) for file in root.glob("*/" * depth + FILE_NAME))


def read_wave_file(folder: Path) -> WaveConfig:
    r"""Read and check the ``wave.yaml`` of a wave's folder.

    Parameters
    ----------
    folder
        The wave's folder.

    Returns
    -------
    WaveConfig
        The frozen configuration.

    Raises
    ------
    ConfigError
        If the file is missing, is not YAML, or breaks a rule; all broken rules are listed at once.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lines = "study: shop\nwave: w1\ntitle: {en: Shop, zh-CN: 商店}\nas_of: 2026-06-30\ntables: {}\n"
    ...     _ = (Path(folder) / "wave.yaml").write_text(lines, encoding="utf-8")
    ...     read_wave_file(Path(folder)).study
    'shop'
    """
    path = folder / FILE_NAME
    if not path.is_file():
        hint = sorted(str(p.parent) for p in folder.glob("*/wave.yaml"))
        raise ConfigError(
            "A wave is a folder with a wave.yaml.",
            found=f"no {FILE_NAME} in {folder}" + (f"; there are waves in {', '.join(hint)}" if hint else ""),
            fix="Name the wave's folder, or make the demo with 'workbench demo'.",
            where=str(folder),
        )
    try:
        # utf-8-sig: editors on Windows write a byte order mark
        return _parsed(path.read_text(encoding="utf-8-sig"), path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        place = getattr(error, "problem_mark", None)
        raise ConfigError(
            "wave.yaml must be YAML in UTF-8.",
            found=str(error).replace("\n", " "),
            fix="Correct the line" + (f" {place.line + 1}" if place else "") + "; two spaces indent, ': ' after a key.",
            where=str(path),
        ) from error


@lru_cache(maxsize=16)  # a run asks each chapter for the wave before, and each time for the same file
def _parsed(text: str, path: Path) -> WaveConfig:
    content = yaml.load(text, Loader=_Loader)
    if not isinstance(content, dict):
        raise ConfigError(
            "wave.yaml must hold keys and values.",
            found=type(content).__name__,
            fix="Start from the wave.yaml of the demo.",
            where=str(path),
        )
    return parse_wave(content, where=str(path))


def parse_wave(content: dict[str, Any], *, where: str) -> WaveConfig:
    """Check the content of a ``wave.yaml`` and return it as a `WaveConfig`."""
    # YAML reads an unquoted 2026 or 2018 as a number; a wave's name is text
    texts = {k: str(v) if isinstance(v, int) else v for k, v in content.items() if k in ("study", "wave", "previous")}
    try:
        return WaveConfig.model_validate({**content, **texts})
    except ValidationError as error:
        problems = [_problem(e) for e in _of_the_form_meant([dict(e) for e in error.errors()])]
        raise ConfigError(
            "Every key of wave.yaml must be known and its value valid.",
            found="; ".join(problems),
            fix="Correct these keys; 'workbench schema' prints everything that may stand in the file.",
            where=where,
        ) from error


def wave_schema() -> str:
    """Return the JSON Schema of ``wave.yaml``, for editors.

    Returns
    -------
    dict
        The JSON schema.

    Examples
    --------
    >>> '"study"' in wave_schema()
    True
    """
    return json.dumps(WaveConfig.model_json_schema(by_alias=True), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, in C and ten times as fast


class _Loader(_Safe):  # type: ignore[misc]
    """Reads dates as text, so that the model can say which one does not exist."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as the base class has it
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that stands twice: the second would silently take the place of the first."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def _of_the_form_meant(errors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where a key may have several forms, keep what is wrong with the one that was begun, not with the others."""

    def form(error: dict[str, Any]) -> tuple[tuple[Any, ...], str] | None:
        named = [i for i, part in enumerate(error["loc"]) if isinstance(part, str) and "[" in part]
        return (error["loc"][: named[0]], error["loc"][named[0]]) if named else None

    depth: dict[tuple[Any, ...], dict[str, int]] = {}
    for error in errors:
        if (found := form(error)) is not None:
            forms = depth.setdefault(found[0], {})
            forms[found[1]] = max(forms.get(found[1], 0), len(error["loc"]))
    kept = []
    for error in errors:
        if (found := form(error)) is None:
            kept.append(error)
        elif found[1] == max(depth[found[0]], key=depth[found[0]].__getitem__):
            kept.append(error | {"loc": tuple(p for p in error["loc"] if p != found[1])})
    return kept


def _problem(error: dict[str, Any]) -> str:
    place = [str(p) for p in error["loc"]]
    name = ".".join(place) or "wave.yaml"
    if error["type"] == "extra_forbidden":
        return f"{name}: not a known key{nearest(place[-1], _known_keys(place[:-1]))}"
    if error["type"] == "missing":
        return f"{name}: is needed"
    text = str(error["msg"]).removeprefix("Value error, ")
    value = error.get("input")
    shown = "" if isinstance(value, dict | list) or value is None else f" (found {value!r})"
    return f"{name}: {text}{shown}" if place else text


def _known_keys(place: list[str]) -> list[str]:
    """Return the keys that may stand at a place of the file."""
    model: Any = WaveConfig
    for step in place:
        if not _is_model(model):
            break
        field = model.model_fields.get(step)
        model = _inner_model(field.annotation) if field else model
    return [f.alias or n for n, f in model.model_fields.items()] if _is_model(model) else []


def _inner_model(annotation: Any) -> Any:
    if _is_model(annotation):
        return annotation
    inner = (_inner_model(a) for a in get_args(annotation))
    return next((m for m in inner if m is not None), None)


def _is_model(candidate: Any) -> bool:
    return isinstance(candidate, type) and issubclass(candidate, BaseModel)
