"""Zoho CRM, interface v8.

Not confirmed with a live account: whether an empty ``trigger`` keeps workflows quiet, and that a refused grant answers
200 with an error. A data centre is named in ``wave.yaml``; the answer with the token says which host to ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar

from workbench.connect.judging import BatchRefusedError
from workbench.connect.protocol import (
    Action,
    Field,
    Order,
    Page,
    Record,
    Row,
    Verdict,
    as_text,
    typed,
)
from workbench.connect.zoho_asking import ZohoAsking
from workbench.connect.zoho_shapes import field, literal, verdict, why
from workbench.core.language import message

PAGE, BATCH, QUERY, IN_QUERY, MOST_FIELDS = 200, 100, 2000, 50, 50
BY_PAGE, BY_TOKEN = 10, 100_000  # pages without a token; records by token


class Zoho(ZohoAsking):
    """Zoho CRM: contacts and other modules, tags, tasks."""

    name, title = "zoho", "Zoho"
    secrets: ClassVar[tuple[str, ...]] = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN")
    flags: ClassVar[Mapping[str, tuple[str, ...]]] = {"Contacts": ("Email_Opt_Out",), "Leads": ("Email_Opt_Out",)}
    batch: ClassVar[Mapping[Action, int]] = dict.fromkeys(("upsert", "update", "create", "add", "remove"), BATCH)
    daily, lists, longest_list, subject = 50_000, "named", 25, "Subject"
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {"token": (9, 600)}

    def modified(self, kind: str) -> str:
        """Return the field with the time of the last change."""
        del kind
        return "Modified_Time"

    def kind_of(self, what: str) -> str:
        """Return the module of customers or tasks."""
        return {"customers": "Contacts", "tasks": "Tasks"}[what]

    def describe(self, kind: str) -> dict[str, Field]:
        """Return the fields of a module; nothing where they are not told."""
        answer = self.ask("GET", "/settings/fields", params={"module": kind})
        if answer.status == 404:
            return {}
        found = [field(f) for f in self.success(answer).get("fields", [])]
        return {"id": Field("id", "id", writable=False, unique=True), **{f.name: f for f in found}}

    def pull(
        self, kind: str, fields: Sequence[str], since: str | None, cursor: dict[str, Any] | None, *, changed: bool
    ) -> Iterator[Page]:
        """Yield all records in the order of their ids, or those changed since a time; then what is gone."""
        if len(fields) > MOST_FIELDS:
            raise self.caller.stopped(
                message("it gives {n:int} fields at most; name the columns you need", n=MOST_FIELDS)
            )
        state = cursor or {"step": "page", "page": 1, "token": None, "read": 0, "last": "0", "rising": True}
        while state:
            if state["step"] == "deleted":
                gone, state = self._deleted(kind, since, state["page"])
                yield Page(cursor=state or None, removed=tuple(gone))
                continue
            by = self._queried if state["step"] == "query" else self._paged
            rows, state = by(kind, fields, since, state)
            if not state and changed:
                state = {"step": "deleted", "page": 1}
            yield Page(tuple(rows), state or None)

    def _paged(
        self, kind: str, fields: Sequence[str], since: str | None, state: dict[str, Any]
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        params = {"fields": ",".join(fields), "per_page": str(PAGE), "sort_by": "id", "sort_order": "asc"}
        params |= {"page_token": state["token"]} if state["token"] else {"page": str(state["page"])}
        headers = {"if-modified-since": since} if since else {}
        answer = self.ask("GET", f"/{kind}", params=params, headers=headers)
        query = {"step": "query", "last": state["last"] if state["rising"] else "0"}
        if answer.status == 400 and state["token"]:
            return [], query  # tokens of pages die after a day; a query goes on by the id
        if answer.status >= 400:
            raise self.caller.stopped(message("it refuses ({status}): {why}", status=answer.status, why=why(answer)))
        told = answer.data or {}
        rows = list(told.get("data", []))
        ids = [str(r["id"]) for r in rows]
        # a page that comes twice begins again below: only within a page the order tells whether it is kept
        rising = state["rising"] and all(int(a) <= int(b) for a, b in pairwise(ids))
        last = max([state["last"], *ids], key=int)
        info = told.get("info", {})
        if not info.get("more_records"):
            return rows, {}
        token, read = info.get("next_page_token"), state["read"] + len(rows)
        if read >= BY_TOKEN or (not token and state["page"] >= BY_PAGE):
            return rows, {"step": "query", "last": last if rising else "0"}
        following = {"step": "page", "page": state["page"] + 1, "token": token, "read": read}
        return rows, {**following, "last": last, "rising": rising}

    def _queried(
        self, kind: str, fields: Sequence[str], since: str | None, state: dict[str, Any]
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        where = f"id > {state['last']}"
        where = f"({where}) and (Modified_Time >= '{since}')" if since else where
        rows = self._select(fields, kind, f"{where} order by id asc limit {QUERY}")
        return rows, {"step": "query", "last": max((str(r["id"]) for r in rows), key=int)} if rows else {}

    def _select(self, fields: Sequence[str], kind: str, where: str) -> list[dict[str, Any]]:
        query = f"select {', '.join(fields)} from {kind} where {where}"
        return list(self.data("POST", "/coql", json={"select_query": query}).get("data", []))

    def _deleted(self, kind: str, since: str | None, page: int) -> tuple[list[str], dict[str, Any]]:
        params = {"type": "all", "per_page": str(PAGE), "page": str(page)}
        told = self.data(
            "GET", f"/{kind}/deleted", params=params, headers={"if-modified-since": since} if since else {}
        )
        gone = [str(r["id"]) for r in told.get("data", [])]
        more = told.get("info", {}).get("more_records")
        return gone, {"step": "deleted", "page": page + 1} if more else {}

    def find(self, kind: str, key: str, keys: Sequence[str], fields: Sequence[str]) -> dict[str, Record]:
        """Return key → record, by queries of 50 keys each; by reading all where queries are not allowed."""
        wanted = list(dict.fromkeys(["id", key, *fields]))
        found: dict[str, Record] = {}
        for start in range(0, len(keys), IN_QUERY):
            some = ", ".join(literal(k) for k in keys[start : start + IN_QUERY])
            query = f"select {', '.join(wanted)} from {kind} where {key} in ({some}) limit {PAGE}"
            answer = self.ask("POST", "/coql", json={"select_query": query})
            if answer.status >= 400:
                every = (r for page in self.pull(kind, wanted, None, None, changed=False) for r in page.rows)
                asked = set(keys)
                return {str(r[key]): {f: as_text(r.get(f)) for f in wanted} for r in every if str(r.get(key)) in asked}
            rows = (answer.data or {}).get("data", [])
            found |= {str(r[key]): {f: as_text(r.get(f)) for f in wanted} for r in rows}
        return found

    def push(self, order: Order, rows: Sequence[Row]) -> list[Verdict]:
        """Send up to 100 records, or a tag for as many; workflows are kept quiet."""
        if order.action in ("add", "remove"):
            body: dict[str, Any] = {"tags": [{"name": order.target}], "ids": [r.id for r in rows]}
            answer = self.ask("POST", f"/{order.kind}/actions/{order.action}_tags", json=body)
        else:
            known = self.fields_of(order.kind)
            named = {"upsert": {order.key}, "update": {"id"}}.get(order.action, set())
            sent = [
                {k: typed(v, known.get(k)) for k, v in r.values.items()}
                | {n: r.id if n == "id" else r.key for n in named}
                for r in rows
            ]
            body = {"data": sent, "trigger": []}
            body |= {"duplicate_check_fields": [order.key]} if order.action == "upsert" else {}
            path = f"/{order.kind}{'/upsert' if order.action == 'upsert' else ''}"
            method = "PUT" if order.action == "update" else "POST"
            answer = self.ask(method, path, json=body, repeat=order.repeatable)
        told = answer.data if isinstance(answer.data, dict) else {}
        results = told.get("data")
        if not isinstance(results, list) or len(results) != len(rows):
            if answer.status >= 400:
                raise BatchRefusedError(message("{why}", why=why(answer)))
            return [Verdict(r.key, "unclear") for r in rows]
        return [verdict(r, result, order) for r, result in zip(rows, results, strict=True)]

    def task_values(self, task: Mapping[str, str]) -> dict[str, str | None]:
        """Return a call to make; its subject carries our key."""
        values = {
            "Subject": task["subject"],
            "Description": task["body"],
            "Due_Date": task["due"],
            "Status": "Not Started",
        }
        values |= {"Priority": "High" if task["priority"] == "high" else "Normal", "Who_Id": task["record"]}
        return {**values, **({"Owner": task["owner"]} if task.get("owner") else {})}

    def cost_for(self, order: Order, rows: int) -> int:
        """Return credits: one for ten records."""
        return -(-rows // 10) if order.action in ("upsert", "update", "create") else self.calls_for(order, rows)

    def quota(self) -> tuple[int | None, int | None]:
        """Return credits left, which Zoho says only once half of them are used."""
        left = self.caller.last.get("x-api-credits-remaining", "")
        return (int(left) if left.isdigit() else None), None


SYSTEM = Zoho
