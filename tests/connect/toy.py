"""A fifth system, to show what adding one takes: this file, and one line in the registry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from workbench.connect.judging import GOOD, Judged, again, broken, stop
from workbench.connect.protocol import Action, Answer, Field, Order, Page, Record, Row, Verdict, as_text
from workbench.connect.system import System
from workbench.core.language import Message


class Toy(System):
    """People under /people, ten at a time; a refusal has the status 422."""

    name, title, daily = "toy", "Toy", 1000
    secrets: ClassVar[tuple[str, ...]] = ("TOKEN",)
    flags: ClassVar[Mapping[str, tuple[str, ...]]] = {"people": ("silent",)}
    batch: ClassVar[Mapping[Action, int]] = {"update": 1}

    @staticmethod
    def judge(answer: Answer) -> Judged:
        if answer.status == 429:
            return again(Message("busy"), untouched=True, patient=True)
        return broken(answer) or (stop(Message("no")) if answer.status in (401, 403) else GOOD)

    def kind_of(self, what: str) -> str:
        return "people"

    def describe(self, kind: str) -> dict[str, Field]:
        return {n: Field(n) for n in ("id", "key", "city", "grade", "silent", "modified")}

    def pull(
        self, kind: str, fields: Sequence[str], since: str | None, cursor: dict[str, Any] | None, *, changed: bool
    ) -> Iterator[Page]:
        after = (cursor or {}).get("after", 0)
        while after is not None:
            found = self.caller.call("GET", f"{self.connection.url}/people", params={"after": after}).data["people"]
            after = int(found[-1]["id"]) if found else None
            yield Page(tuple(found), None if after is None else {"after": after})

    def find(self, kind: str, key: str, keys: Sequence[str], fields: Sequence[str]) -> dict[str, Record]:
        every = (r for page in self.pull(kind, fields, None, None, changed=False) for r in page.rows)
        return {r[key]: {f: as_text(v) for f, v in r.items()} for r in every if r[key] in keys}

    def push(self, order: Order, rows: Sequence[Row]) -> list[Verdict]:
        (row,) = rows
        answer = self.caller.call("PUT", f"{self.connection.url}/people/{row.id}", json=dict(row.values))
        if answer.status == 422:
            return [Verdict(row.key, "refused", row.id, Message("not allowed"))]
        return [Verdict(row.key, "updated", row.id)]


SYSTEM = Toy
