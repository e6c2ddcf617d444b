"""HubSpot as its published pages describe it (2026-09): contacts and other objects, search, batches, lists."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, ClassVar

from tests.connect.fakes.base import COMMON, Fake, Reply, Seen, reply

DATE = "2026-09"
TOKEN = "pat-cn1-0a1b2c3d-fake-4e5f"
READ_ONLY = {"hs_object_id", "lastmodifieddate", "hs_lastmodifieddate", "createdate", "hs_merged_object_ids"}
PROPERTIES = {
    "contacts": {
        "customer_id": "string",
        "firstname": "string",
        "region": "string",
        "city": "string",
        "phone": "string",
        "email": "string",
        "note": "string",
        "amount": "number",
        "signup": "date",
        "hs_email_optout": "bool",
        "tier": "enumeration",
        "nps": "number",
        "createdate": "datetime",
        "lastmodifieddate": "datetime",
        "hs_object_id": "number",
        "hs_merged_object_ids": "string",
    },
    "tasks": {
        "hs_task_subject": "string",
        "hs_task_body": "string",
        "hs_timestamp": "datetime",
        "hs_task_type": "enumeration",
        "hs_task_priority": "enumeration",
        "hs_task_status": "enumeration",
        "hubspot_owner_id": "enumeration",
        "workbench_customer": "string",
        "hs_lastmodifieddate": "datetime",
        "hs_createdate": "datetime",
        "hs_task_completion_date": "datetime",
        "hs_object_id": "number",
    },
}
UNIQUE = {"customer_id", "email"}


def iso(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class HubSpot(Fake):
    """The account of a company."""

    SECRETS: ClassVar = {"TOKEN": TOKEN}
    FAULTS = (*COMMON, "expired", "limit", "limit_waits", "slow", "doubled")

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.objects: dict[str, dict[str, dict[str, Any]]] = {"contacts": {}, "tasks": {}}
        self.gone: dict[str, set[str]] = {"contacts": set(), "tasks": set()}
        self.lists: dict[str, dict[str, Any]] = {}
        self.search_late = self.LATE_SECONDS
        self.options = {"tier": ["gold", "silver", "basic"]}
        self.required: tuple[str, ...] = ()  # an administrator's rule for writing
        self.refused: set[str] = set()  # keys whose rows are refused
        self.limits = True
        self._next = 101000000001

    # the company's data
    def load(self, made: list[dict[str, str]], *, modified: float | None = None) -> None:
        for p in made:
            values = {k: p[k] for k in ("customer_id", "region", "city", "phone", "email", "note", "amount", "signup")}
            self.add("contacts", values | {"firstname": p["name"], "hs_email_optout": p["opt_out"]}, modified)

    def add(self, kind: str, values: dict[str, Any], modified: float | None = None) -> str:
        number = str(self._next)
        self._next += 7
        at = self.clock() - 3600 if modified is None else modified
        self.objects[kind][number] = {"properties": dict(values), "at": at, "was": at, "associations": []}
        return number

    def change(self, kind: str, number: str, values: dict[str, Any], at: float | None = None) -> None:
        record = self.objects[kind][number]
        record["properties"].update(values)
        record["was"], record["at"] = record["at"], self.clock() if at is None else at

    def delete(self, kind: str, number: str) -> None:
        del self.objects[kind][number]
        self.gone[kind].add(number)

    def merge(self, old: str, into: str) -> None:
        del self.objects["contacts"][old]
        before = self.objects["contacts"][into]["properties"].get("hs_merged_object_ids", "")
        self.change("contacts", into, {"hs_merged_object_ids": ";".join(filter(None, [before, old]))})

    # answers
    def refuse(self, status: int, category: str, text: str, **more: Any) -> Reply:
        return reply(
            {
                "status": "error",
                "message": text,
                "correlationId": f"c-{len(self.journal)}",
                "category": category,
                **more,
            },
            status,
        )

    def fault(self, kind: str, seen: Seen) -> Reply | None:
        if kind == "expired":
            return self.refuse(401, "EXPIRED_AUTHENTICATION", "The token expired.")
        if kind in ("limit", "limit_waits"):
            waits = {"retry_after": "1"} if kind == "limit_waits" else {}
            body = {"status": "error", "errorType": "RATE_LIMIT", "message": "limit", "policyName": "SECONDLY"}
            return reply(body, 429, **waits)
        if kind == "doubled":
            made = self.handle(seen)
            if seen.method == "GET" and "/crm/objects/" in seen.path and seen.query.get("after"):
                data = json.loads(made.body)
                data["paging"] = {"next": {"after": seen.query["after"]}}  # the page comes once more
                return reply(data)
            return made
        return None

    def handle(self, seen: Seen) -> Reply:
        if seen.headers.get("authorization") != f"Bearer {TOKEN}":
            return self.refuse(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
        if self.quota is not None and self.used >= self.quota:
            return reply({"status": "error", "errorType": "RATE_LIMIT", "message": "day", "policyName": "DAILY"}, 429)
        search = seen.path.endswith("/search")
        if self.limits and (self.too_many("search", 5, 1) if search else self.too_many("all", 100, 10)):
            policy = "SECONDLY" if search else "TEN_SECONDLY_ROLLING"
            return reply({"status": "error", "errorType": "RATE_LIMIT", "message": "limit", "policyName": policy}, 429)
        self.used += 1
        made = self._routed(seen)
        if not search:
            most = self.quota or 250_000
            made.headers |= {
                "X-HubSpot-RateLimit-Daily": str(most),
                "X-HubSpot-RateLimit-Daily-Remaining": str(most - self.used),
            }
        return made

    def _routed(self, seen: Seen) -> Reply:
        parts = seen.path.strip("/").split("/")
        if parts[:3] == ["crm", "properties", DATE]:
            return self._properties(parts[3])
        if parts[:3] == ["crm", "objects", DATE] and parts[3] in self.objects:
            kind, rest = parts[3], parts[4:]
            if seen.method == "GET" and not rest:
                return self._list(kind, seen.query)
            if rest == ["search"]:
                return self._search(kind, seen.json)
            if len(rest) == 2 and rest[0] == "batch":
                return getattr(self, f"_batch_{rest[1]}")(kind, seen.json["inputs"], seen.json)
        if parts[:3] == ["crm", "lists", DATE]:
            return self._lists(seen, parts[3:])
        return self.refuse(404, "OBJECT_NOT_FOUND", f"no {seen.path}")

    def _properties(self, kind: str) -> Reply:
        if kind not in PROPERTIES:
            return self.refuse(404, "OBJECT_NOT_FOUND", kind)
        found = [
            {
                "name": n,
                "label": n.title(),
                "type": t,
                "options": [{"value": o, "label": o} for o in self.options.get(n, [])],
                "hasUniqueValue": n in UNIQUE,
                "modificationMetadata": {"readOnlyValue": n in READ_ONLY},
            }
            for n, t in PROPERTIES[kind].items()
        ]
        return reply({"results": found})

    def _shown(self, kind: str, number: str, wanted: list[str]) -> dict[str, Any]:
        record = self.objects[kind][number]
        stamp = "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"
        full = {**record["properties"], "hs_object_id": number, stamp: iso(record["at"])}
        return {"id": number, "properties": {w: full.get(w) for w in wanted}, "archived": False}

    def _list(self, kind: str, query: dict[str, str]) -> Reply:
        limit = int(query.get("limit", 10))
        if limit > 100:
            return self.refuse(400, "VALIDATION_ERROR", "limit is 100 at most")
        wanted = [p for p in query.get("properties", "").split(",") if p]
        after = int(query.get("after", 0))
        pool = self.gone[kind] if query.get("archived") == "true" else self.objects[kind]
        numbers = sorted(int(n) for n in pool if int(n) >= after)
        page, following = numbers[:limit], numbers[limit : limit + 1]
        if query.get("archived") == "true":
            results = [{"id": str(n), "properties": {}, "archived": True} for n in page]
        else:
            results = [self._shown(kind, str(n), wanted) for n in page]
        data: dict[str, Any] = {"results": results}
        if following:
            data["paging"] = {"next": {"after": str(following[0]), "link": "…"}}
        return reply(data)

    def _search(self, kind: str, body: dict[str, Any]) -> Reply:
        after, limit = int(body.get("after") or 0), int(body.get("limit", 10))
        if after + limit > 10_000 or limit > 200 or len(body.get("filterGroups", [])) > 6:
            return self.refuse(400, "VALIDATION_ERROR", "a search ends at 10,000")
        filters = [f for g in body.get("filterGroups", []) for f in g["filters"]]
        keyset = [int(f["value"]) for f in filters if (f["propertyName"], f["operator"]) == ("hs_object_id", "GT")]
        if len(body.get("filterGroups", [])) == 1 and keyset:
            pool = {n: r for n, r in self.objects[kind].items() if int(n) > keyset[0]}
        else:
            pool = self.objects[kind]
        visible = [n for n, r in pool.items() if r["at"] + self.search_late <= self.clock()]
        found = [
            n
            for n in visible
            if any(self._fits(kind, n, g) for g in body.get("filterGroups", [])) or not body.get("filterGroups")
        ]
        sort = (body.get("sorts") or [{"propertyName": "hs_object_id", "direction": "ASCENDING"}])[0]
        key = sort["propertyName"]
        found.sort(
            key=lambda n: (int(n) if key == "hs_object_id" else self._value(kind, n, key), int(n)),
            reverse=sort.get("direction") == "DESCENDING",
        )
        page = found[after : after + limit]
        data: dict[str, Any] = {
            "total": len(found),
            "results": [self._shown(kind, n, body.get("properties", [])) for n in page],
        }
        if len(found) > after + limit:
            data["paging"] = {"next": {"after": str(after + limit)}}
        return reply(data)

    def _value(self, kind: str, number: str, name: str) -> Any:
        record = self.objects[kind][number]
        if name in ("lastmodifieddate", "hs_lastmodifieddate"):
            return int(record["at"] * 1000)
        return int(number) if name == "hs_object_id" else str(record["properties"].get(name) or "")

    def _fits(self, kind: str, number: str, group: dict[str, Any]) -> bool:
        for f in group["filters"]:
            value, against = self._value(kind, number, f["propertyName"]), f.get("value")
            if isinstance(value, int):
                text = str(against)
                against = int(text) if text.isdigit() else int(dt.datetime.fromisoformat(text).timestamp() * 1000)
            ok = {"EQ": value == against, "GT": value > against, "GTE": value >= against}[f["operator"]]
            if not ok:
                return False
        return True

    def _by(self, kind: str, name: str | None, value: str) -> str | None:
        if name is None or name == "hs_object_id":
            return value if value in self.objects[kind] else None
        return next((n for n, r in self.objects[kind].items() if r["properties"].get(name) == value), None)

    def _batch_read(self, kind: str, inputs: list[dict[str, Any]], body: dict[str, Any]) -> Reply:
        if len(inputs) > 100:
            return self.refuse(400, "VALIDATION_ERROR", "100 at most")
        name = body.get("idProperty")
        index = {r["properties"].get(name): n for n, r in self.objects[kind].items()} if name else {}
        found = [index.get(i["id"]) if name else i["id"] for i in inputs]
        there = [n for n in found if n in self.objects[kind]]
        results = [self._shown(kind, n, body["properties"]) for n in there]
        lacking = [i["id"] for i, n in zip(inputs, found, strict=True) if n not in self.objects[kind]]
        if lacking:
            error = {
                "status": "error",
                "category": "OBJECT_NOT_FOUND",
                "message": "not there",
                "context": {"ids": lacking},
            }
            return reply({"status": "COMPLETE", "results": results, "numErrors": len(lacking), "errors": [error]}, 207)
        return reply({"status": "COMPLETE", "results": results})

    def _written(self, kind: str, inputs: list[dict[str, Any]], mode: str) -> Reply:
        names = [str(i.get("id")) for i in inputs if "id" in i]
        if len(inputs) > 100 or len(set(names)) < len(names):
            return self.refuse(400, "VALIDATION_ERROR", "Duplicate IDs found in batch input")
        for i in inputs:
            unknown = [p for p in i["properties"] if p not in PROPERTIES[kind]]
            if unknown:
                return self.refuse(400, "VALIDATION_ERROR", f'Property "{unknown[0]}" does not exist')
            lacking = [p for p in self.required if not i["properties"].get(p)]
            if lacking:
                return self.refuse(400, "VALIDATION_ERROR", f"required property {lacking[0]}")
        results, errors = [], []
        index = {r["properties"].get("customer_id"): n for n, r in self.objects[kind].items()}
        for i in inputs:
            trace = i.get("objectWriteTraceId")
            option = next(
                (p for p, v in i["properties"].items() if p in self.options and v and v not in self.options[p]), None
            )
            if option or str(i.get("id")) in self.refused:
                text = (
                    f"{i['properties'].get(option)} was not one of the allowed options"
                    if option
                    else "refused by a rule"
                )
                errors.append(
                    {
                        "status": "error",
                        "category": "VALIDATION_ERROR",
                        "message": text,
                        "context": {"objectWriteTraceId": [trace]},
                    }
                )
                continue
            number = None
            if mode == "upsert":
                number = (
                    index.get(i["id"]) if i["idProperty"] == "customer_id" else self._by(kind, i["idProperty"], i["id"])
                )
            elif mode == "update":
                number = str(i["id"])
                if number not in self.objects[kind]:
                    errors.append(
                        {
                            "status": "error",
                            "category": "OBJECT_NOT_FOUND",
                            "message": "gone",
                            "context": {"objectWriteTraceId": [trace]},
                        }
                    )
                    continue
            new = number is None
            if number is None:
                number = self.add(kind, {}, self.clock())
            self.change(kind, number, i["properties"])
            self.objects[kind][number]["associations"] += i.get("associations", [])
            results.append(
                {**self._shown(kind, number, list(i["properties"])), "new": new, "objectWriteTraceId": trace}
            )
        self.chance.shuffle(results)
        body = {"status": "COMPLETE", "results": results}
        return reply({**body, "numErrors": len(errors), "errors": errors}, 207) if errors else reply(body, 200)

    def _batch_upsert(self, kind: str, inputs: list[dict[str, Any]], body: dict[str, Any]) -> Reply:
        return self._written(kind, inputs, "upsert")

    def _batch_update(self, kind: str, inputs: list[dict[str, Any]], body: dict[str, Any]) -> Reply:
        return self._written(kind, inputs, "update")

    def _batch_create(self, kind: str, inputs: list[dict[str, Any]], body: dict[str, Any]) -> Reply:
        return self._written(kind, inputs, "create")

    def _lists(self, seen: Seen, rest: list[str]) -> Reply:
        if seen.method == "POST" and not rest:
            name = seen.json["name"]
            if any(x["name"] == name for x in self.lists.values()):
                return self.refuse(400, "VALIDATION_ERROR", "a list of this name is there")
            number = str(len(self.lists) + 1)
            self.lists[number] = {"name": name, "members": set(), **seen.json}
            return reply({"list": {"listId": number, "name": name, "processingType": seen.json["processingType"]}})
        if rest == ["search"]:
            hits = [{"listId": n, "name": x["name"]} for n, x in self.lists.items() if seen.json["query"] in x["name"]]
            return reply({"lists": hits, "hasMore": False})
        if len(rest) >= 2 and rest[0] in self.lists and rest[1] == "memberships":
            members = self.lists[rest[0]]["members"]
            if seen.method == "GET":
                return reply({"results": [{"recordId": m} for m in sorted(members)]})
            asked = seen.json
            into = asked if rest[2] == "add" else asked.get("recordIdsToAdd", []) if isinstance(asked, dict) else []
            out = (
                asked if rest[2] == "remove" else asked.get("recordIdsToRemove", []) if isinstance(asked, dict) else []
            )
            there = [i for i in into if i in self.objects["contacts"]]
            lacking = [i for i in into if i not in self.objects["contacts"]]
            members |= set(there)
            members -= set(out)
            return reply({"recordsIdsAdded": there, "recordIdsRemoved": out, "recordIdsMissing": lacking})
        return self.refuse(404, "OBJECT_NOT_FOUND", seen.path)
