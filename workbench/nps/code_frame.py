"""Code frames: topics and the patterns that find them, read from YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from workbench.core.errors import InputError, nearest
from workbench.core.language import Language
from workbench.nps.text.reading import normalise

RETAIL = {name: Path(__file__).with_name(f"{name}.yaml") for name in ("retail_zh", "retail_en")}
TRADES = {
    name: Path(__file__).parent / "frames" / f"{name}.yaml"
    for name in ("hotel", "airport", "restaurant", "telecom", "bank", "software")
}
READY = {**RETAIL, **TRADES}
BOTH = "retail"
MOST_KNOWN = 50_000  # texts whose topics a frame remembers
_KEYS = {"id", "label", "department", "patterns", "except"}


@dataclass(frozen=True)
class Topic:
    """A topic of a code frame.

    Attributes
    ----------
    id
        Short name, used in tables.
    labels
        What the topic is called, by language.
    departments
        Who owns it, by language; under the empty name where the frame gives one name for all.
    pattern
        Finds it.
    exception
        Where this matches too, the topic is not given; None for no exception.
    """

    id: str
    labels: Mapping[str, str]
    departments: Mapping[str, str]
    pattern: re.Pattern[str]
    exception: re.Pattern[str] | None

    @property
    def department(self) -> str:
        """Who owns it, in the frame's own words."""
        return next(iter(self.departments.values()), "")

    def owner(self, language: Language) -> str:
        """Return who owns it in `language`, as far as the frame says."""
        return self.departments.get(language, self.department)

    def found(self, text: str) -> bool:
        """Tell whether a text has the topic: it matches also without what the exception takes out."""
        if not text or self.pattern.search(text) is None:
            return False
        return self.exception is None or self.pattern.search(self.exception.sub("", text)) is not None

    def label(self, language: Language) -> str:
        """Return what it is called in `language`, as far as the frame says."""
        return self.labels.get(language, next(iter(self.labels.values()), self.id))


@dataclass(frozen=True)
class CodeFrame:
    """Topics in the order of the file.

    Attributes
    ----------
    topics
        The topics.
    source
        Where it comes from.
    signs
        Finds what only comments of its trade hold; None where the frame names no signs.
    """

    topics: tuple[Topic, ...]
    source: str
    signs: re.Pattern[str] | None = None
    # a chapter asks for the same comments by group, by tone, against the wave before and for its lists
    _known: dict[str, list[bool]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def codes(self, texts: Sequence[str]) -> np.ndarray:
        """Return which texts have which topics: one row per text, one column per topic, booleans.

        Texts are read in one spelling (`workbench.nps.text.reading.normalise`) and as they stand.

        Examples
        --------
        >>> frame = read_frame("retail")
        >>> [t.id for t, said in zip(frame.topics, frame.codes(["服務態度很好"])[0]) if said]
        ['staff']
        """
        place, once = pd.factorize(np.asarray(texts, dtype=object))
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        found = np.array([self._topics_of(str(t)) for t in once], dtype=bool).reshape(len(once), len(self.topics))
        return np.asarray(found[place])

    def _topics_of(self, raw: str) -> list[bool]:
        known = self._known.get(raw)
        if known is None:
            plain = normalise(raw)
            known = [t.found(plain) or (raw != plain and t.found(raw)) for t in self.topics]
            self._known[raw] = known
        return known


def read_frame(source: str | Path) -> CodeFrame:
    """Read a code frame: one that comes along, or the path of a YAML file of the same form.

    Ready are ``retail`` (``retail_zh`` and ``retail_en`` together), ``hotel``, ``airport``, ``restaurant``,
    ``telecom``, ``bank`` and ``software``; `choose_frame` finds the one that fits. A department is a name, or a name
    for each language.

    Raises
    ------
    InputError
        If the file does not exist, is not YAML, lacks a key, names a topic twice or holds a pattern that is not a valid
        regular expression; line and column are given.

    Examples
    --------
    >>> read_frame("retail_en").topics[0].id
    'staff'
    """
    if str(source) == BOTH:
        return _retail()
    path = READY.get(str(source), Path(source))
    if not path.exists():
        raise InputError(
            "A code frame is a YAML file, or one that comes with the workbench.",
            found=f"{source} does not exist",
            fix=f"Pass a path, or one of {BOTH}, {', '.join(READY)}{nearest(str(source), READY)}.",
            where="frame",
        )
    return _parsed(path.read_text(encoding="utf-8"), path)


@cache
def _retail() -> CodeFrame:
    return join_frames([read_frame(name) for name in RETAIL], BOTH)


@lru_cache(maxsize=32)
def _parsed(text: str, path: Path) -> CodeFrame:
    """Return the frame of a file's text, which is read once however often it is asked for."""
    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise InputError(
            "A code frame is valid YAML.", found=f"{place}{problem.problem}", fix="Correct it.", where=str(path)
        ) from problem
    fields = _mapping(root, path)
    if "topics" not in fields or not isinstance(fields["topics"], yaml.SequenceNode) or not fields["topics"].value:
        raise _problem(path, root, "A code frame lists its topics.", "no topics", "Add a list called topics.")
    if "confirmed" in fields and str(fields["confirmed"].value).lower() not in ("true", "yes"):
        raise _problem(
            path,
            fields["confirmed"],
            "A proposed code frame is used when a person has named its topics.",
            "it still says that it is not confirmed",
            "Name or remove each topic, then write confirmed: true.",
        )
    language = str(fields["language"].value) if "language" in fields else ""
    topics: list[Topic] = []
    for node in fields["topics"].value:
        topic = _topic(node, path, language)
        if any(name.startswith("?") for name in topic.labels.values()):
            raise _problem(path, node, "Every topic has a name.", f"{topic.id!r} is not named yet", "Name it.")
        if topic.id in {t.id for t in topics}:
            raise _problem(path, node, "Every topic has an id of its own.", f"{topic.id!r} twice", "Rename one.")
        topics.append(topic)
    signs = _patterns(fields["signs"], path) if "signs" in fields else None
    return CodeFrame(tuple(topics), path.name, signs)


def join_frames(frames: Sequence[CodeFrame], source: str) -> CodeFrame:
    """Return one frame for comments in several languages: a topic is found by the patterns of any frame.

    Topics are joined by their ids; one frame's exceptions hold for its own patterns.

    Examples
    --------
    >>> both = join_frames([read_frame("retail_zh"), read_frame("retail_en")], "both")
    >>> both.topics[0].owner("en"), both.topics[0].owner("zh-CN")
    ('Store operations', '门店运营')
    """
    joined: dict[str, Topic] = {}
    for topic in (t for f in frames for t in f.topics):
        known = joined.get(topic.id)
        if known is None:
            joined[topic.id] = topic
            continue
        exceptions = [e.pattern for e in (known.exception, topic.exception) if e is not None]
        joined[topic.id] = Topic(
            topic.id,
            {**known.labels, **topic.labels},
            {**known.departments, **topic.departments},
            re.compile(f"{known.pattern.pattern}|{topic.pattern.pattern}", re.IGNORECASE),
            re.compile("|".join(exceptions), re.IGNORECASE) if exceptions else None,
        )
    signs = [f.signs.pattern for f in frames if f.signs is not None]
    return CodeFrame(tuple(joined.values()), source, re.compile("|".join(signs), re.IGNORECASE) if signs else None)


def _topic(node: yaml.Node, path: Path, language: str) -> Topic:
    fields = _mapping(node, path)
    missing = {"id", "label", "patterns"} - set(fields)
    unknown = set(fields) - _KEYS
    if missing or unknown:
        found = f"without {', '.join(sorted(missing))}" if missing else f"unknown key {sorted(unknown)[0]!r}"
        raise _problem(
            path,
            node,
            "A topic has id, label and patterns; department and except are optional.",
            found,
            "Complete the topic" + (nearest(sorted(unknown)[0], _KEYS) if unknown else "") + ".",
        )
    labels = {k: str(v.value) for k, v in _mapping(fields["label"], path).items()}
    patterns = _patterns(fields["patterns"], path)
    exception = _patterns(fields["except"], path) if "except" in fields else None
    assert patterns is not None
    owner = fields.get("department")
    departments: dict[str, str] = {}
    if isinstance(owner, yaml.MappingNode):
        departments = {k: str(v.value) for k, v in _mapping(owner, path).items()}
    elif owner is not None:
        departments = {language: str(owner.value)}
    return Topic(str(fields["id"].value), labels, departments, patterns, exception)


def _patterns(node: yaml.Node, path: Path) -> re.Pattern[str] | None:
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise _problem(path, node, "Patterns are a list.", "something else, or an empty list", "Write [one, two].")
    for item in node.value:
        text = str(item.value)
        try:
            found = re.compile(text)
        except re.error as problem:
            raise _problem(
                path,
                item,
                "A pattern is a valid regular expression.",
                f"{text!r}: {problem.msg}",
                "Correct it; a plain bracket or dot is written with a backslash before it.",
                shift=problem.pos or 0,
            ) from problem
        if found.match(""):
            raise _problem(
                path,
                item,
                "A pattern matches some text, not every text.",
                f"{text!r} matches the empty text",
                "Leave out the star or question mark.",
            )
    return re.compile("|".join(f"(?:{i.value})" for i in node.value), re.IGNORECASE)


def _mapping(node: yaml.Node | None, path: Path) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise _problem(path, node, "Keys and values are expected here.", "something else", "Write key: value.")
    return {str(key.value): value for key, value in node.value}


def _problem(path: Path, node: yaml.Node | None, rule: str, found: str, fix: str, shift: int = 0) -> InputError:
    place = ""
    if node is not None:
        quoted = 1 if getattr(node, "style", None) in ("'", '"') else 0
        place = f"line {node.start_mark.line + 1}, column {node.start_mark.column + 1 + shift + quoted * bool(shift)}: "
    return InputError(rule, found=place + found, fix=fix, where=str(path))
