"""Zoho CRM as its published pages describe it (v8): records, deleted ones, queries, upsert, tags, bulk read."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import zipfile
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from tests.connect.fakes.base import COMMON, Fake, Reply, Seen, reply

ZONE = dt.timezone(dt.timedelta(hours=8))
FIELDS: dict[str, dict[str, str]] = {
    "Contacts": {
        "id": "bigint",
        "Workbench_Id": "text",
        "Last_Name": "text",
        "Mailing_State": "text",
        "Mailing_City": "text",
        "Phone": "phone",
        "Email": "email",
        "Description": "textarea",
        "Amount": "currency",
        "Signup": "date",
        "Email_Opt_Out": "boolean",
        "Tier": "picklist",
        "NPS": "integer",
        "Modified_Time": "datetime",
        "Created_Time": "datetime",
    },
    "Tasks": {
        "id": "bigint",
        "Subject": "text",
        "Description": "textarea",
        "Due_Date": "date",
        "Status": "picklist",
        "Priority": "picklist",
        "Who_Id": "lookup",
        "Owner": "ownerlookup",
        "Workbench_Customer": "text",
        "Closed_Time": "datetime",
        "Modified_Time": "datetime",
        "Created_Time": "datetime",
    },
}
OPTIONS = {
    "Tier": ["gold", "silver", "basic"],
    "Status": ["Not Started", "In Progress", "Completed"],
    "Priority": ["High", "Normal", "Low"],
}
READ_ONLY = {"id", "Modified_Time", "Created_Time"}
NUMBERS = {"currency": (int, float), "integer": (int,), "boolean": (bool,)}


def stamp(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, ZONE).isoformat(timespec="seconds")


class Zoho(Fake):
    """The organisation of a company."""

    SECRETS: ClassVar = {
        "CLIENT_ID": "1000.FAKECLIENT",
        "CLIENT_SECRET": "fake-client-secret-0f",
        "REFRESH_TOKEN": "1000.fake-refresh.token",
    }
    FAULTS = (*COMMON, "expired", "limit", "slow", "empty_then_more", "doubled")

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.modules: dict[str, dict[str, dict[str, Any]]] = {"Contacts": {}, "Tasks": {}}
        self.gone: dict[str, list[dict[str, Any]]] = {"Contacts": [], "Tasks": []}
        self.tokens: dict[str, float] = {}
        self.asked: list[float] = []
        self.pages: dict[str, dict[str, Any]] = {}
        self.refused: set[str] = set()
        self.triggered = 0
        self.jobs: dict[str, dict[str, Any]] = {}
        self.token_life = 3600.0
        self.coql = True
        self._next = 5540230000001234001

    def load(self, made: list[dict[str, str]], *, modified: float | None = None) -> None:
        for p in made:
            values = {
                "Workbench_Id": p["customer_id"],
                "Last_Name": p["name"],
                "Mailing_State": p["region"],
                "Mailing_City": p["city"],
                "Phone": p["phone"],
                "Email": p["email"],
                "Description": p["note"] or None,
                "Amount": float(p["amount"]),
                "Signup": p["signup"],
                "Email_Opt_Out": p["opt_out"] == "true",
            }
            self.add("Contacts", values, modified)

    def add(self, module: str, values: dict[str, Any], modified: float | None = None) -> str:
        number = str(self._next)
        self._next += 3
        at = self.clock() - 3600 if modified is None else modified
        self.modules[module][number] = {**values, "id": number, "_at": at, "_made": at}
        return number

    def change(self, module: str, number: str, values: dict[str, Any]) -> None:
        self.modules[module][number] |= {**values, "_at": self.clock()}

    def work(self) -> None:
        """Make every second call, half a minute after it was asked for."""
        for i, (number, task) in enumerate(list(self.modules["Tasks"].items())):
            if i % 2 == 0 and task.get("Status") != "Completed" and task["_made"] + 30 < self.clock():
                self.finish(number, self.clock())

    def finish(self, number: str, at: float) -> None:
        """Say that a task was done."""
        closed = {"Status": "Completed", "Closed_Time": stamp(at)}
        self.modules["Tasks"][number] |= {**closed, "_at": at}

    def delete(self, module: str, number: str) -> None:
        del self.modules[module][number]
        self.gone[module].append({"id": number, "type": "recycle", "_at": self.clock()})

    def refuse(self, status: int, code: str, text: str = "", **details: Any) -> Reply:
        return reply({"code": code, "details": details, "message": text or code.lower(), "status": "error"}, status)

    def fault(self, kind: str, seen: Seen) -> Reply | None:
        if kind == "expired":
            return self.refuse(401, "INVALID_TOKEN", "invalid oauth token")
        if kind == "limit":
            return self.refuse(429, "TOO_MANY_REQUESTS")
        made = self.handle(seen) if kind in ("empty_then_more", "doubled") else None
        if made is not None and kind == "doubled" and made.status == 200 and b"next_page_token" in made.body:
            data = json.loads(made.body)
            held = self.pages.get(data["info"].get("next_page_token") or "")
            if held and held["after"]:
                held["after"] = data["data"][len(data["data"]) // 2]["id"]  # half of the page comes once more
        return made

    def handle(self, seen: Seen) -> Reply:
        if seen.path == "/oauth/v2/token":
            return self._token(seen)
        named = seen.headers.get("authorization", "")
        if not named.startswith("Zoho-oauthtoken "):
            return self.refuse(401, "AUTHENTICATION_FAILURE")
        if self.tokens.get(named.split()[1], 0) <= self.clock():
            return self.refuse(401, "INVALID_TOKEN", "invalid oauth token")
        if (self.quota is not None and self.used >= self.quota) or seen.at_once > 5:
            return self.refuse(429, "TOO_MANY_REQUESTS")
        self.used += 1
        made = self._routed(seen)
        if self.quota and self.used * 2 > self.quota:
            made.headers["X-API-CREDITS-REMAINING"] = str(self.quota - self.used)
        return made

    def _token(self, seen: Seen) -> Reply:
        form = dict(parse_qsl(seen.body.decode()))
        now = self.clock()
        self.asked = [t for t in self.asked if t > now - 600]
        if len(self.asked) >= 10:
            return reply(
                {"error": "Access Denied", "error_description": "You have made too many requests continuously."}, 400
            )
        self.asked.append(now)
        right = all(form.get(k.lower()) == v for k, v in self.SECRETS.items())
        if not right or form.get("grant_type") != "refresh_token":
            return reply({"error": "invalid_code"})
        token = f"1000.access{len(self.tokens):04d}"
        self.tokens[token] = now + self.token_life
        return reply(
            {
                "access_token": token,
                "expires_in": int(self.token_life),
                "api_domain": "https://www.zohoapis.example",
                "token_type": "Bearer",
            }
        )

    def _routed(self, seen: Seen) -> Reply:
        parts = seen.path.strip("/").split("/")
        if parts[:3] == ["crm", "bulk", "v8"]:
            return self._bulk(seen, parts[3:])
        if parts[:2] != ["crm", "v8"]:
            return self.refuse(404, "INVALID_URL_PATTERN")
        rest = parts[2:]
        if rest == ["settings", "fields"]:
            return self._fields(seen.query.get("module", ""))
        if rest == ["coql"]:
            return self._coql(seen.json["select_query"]) if self.coql else self.refuse(400, "INVALID_QUERY")
        if rest[0] not in self.modules:
            return self.refuse(400, "INVALID_MODULE")
        if rest[1:] == ["deleted"]:
            return self._deleted(rest[0], seen)
        if rest[1:2] == ["actions"]:
            return self._tags(rest[0], rest[2], seen.json)
        if rest[1:] == ["upsert"] or (len(rest) == 1 and seen.method in ("POST", "PUT")):
            mode = "upsert" if rest[1:] else {"POST": "create", "PUT": "update"}[seen.method]
            return self._write(rest[0], seen.json, mode)
        if len(rest) == 1:
            return self._page(rest[0], seen)
        return self.refuse(404, "INVALID_URL_PATTERN")

    def _fields(self, module: str) -> Reply:
        if module not in FIELDS:
            return self.refuse(400, "INVALID_MODULE")
        return reply(
            {
                "fields": [
                    {
                        "api_name": n,
                        "data_type": t,
                        "field_label": n.replace("_", " "),
                        "read_only": n in READ_ONLY,
                        "unique": {"casesensitive": "false"} if n == "Workbench_Id" else {},
                        "system_mandatory": n in ("Last_Name", "Subject"),
                        "pick_list_values": [{"actual_value": o, "display_value": o} for o in OPTIONS.get(n, [])],
                    }
                    for n, t in FIELDS[module].items()
                ]
            }
        )

    def _shown(self, module: str, record: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
        full = {**record, "Modified_Time": stamp(record["_at"]), "Created_Time": stamp(record["_made"])}
        return {"id": record["id"], **{w: full.get(w) for w in wanted if w in FIELDS[module] or w == "Tag"}}

    def _page(self, module: str, seen: Seen) -> Reply:
        query = seen.query
        wanted = [f for f in query.get("fields", "").split(",") if f]
        size = int(query.get("per_page", 200))
        if not wanted or len(wanted) > 50 or size > 200:
            return self.refuse(400, "REQUIRED_PARAM_MISSING", param="fields")
        after = None
        page = int(query.get("page", 1))
        if "page_token" in query:
            held = self.pages.get(query["page_token"])
            if "page" in query or held is None or held["until"] <= self.clock():
                return self.refuse(400, "INVALID_DATA", "page_token", param="page_token")
            after, page = held["after"], held["page"]
        elif page > 10:
            return self.refuse(400, "DISCRETE_PAGINATION_LIMIT_EXCEEDED", param="page")
        since = seen.headers.get("if-modified-since")
        records = self._since(self.modules[module].values(), since)
        if since and not records:
            return Reply(304)
        if not records:
            return Reply(204)
        records.sort(key=lambda r: int(r["id"]), reverse=query.get("sort_order", "desc") == "desc")
        if after is not None:
            start = next((i for i, r in enumerate(records) if int(r["id"]) > int(after)), len(records))
        else:
            start = (page - 1) * size
        shown = records[start : start + size]
        more = len(records) > start + size
        token = None
        if more:
            token = f"token-{len(self.pages)}"
            self.pages[token] = {"after": shown[-1]["id"], "until": self.clock() + 86400, "page": page + 1}
        info = {"per_page": size, "count": len(shown), "page": page, "more_records": more, "next_page_token": token}
        return reply({"data": [self._shown(module, r, wanted) for r in shown], "info": info})

    def _since(self, records: Any, since: str | None) -> list[dict[str, Any]]:
        start = dt.datetime.fromisoformat(since).timestamp() if since else 0
        return [r for r in records if int(r["_at"]) >= int(start)]

    def _deleted(self, module: str, seen: Seen) -> Reply:
        found = self._since(self.gone[module], seen.headers.get("if-modified-since"))
        page = int(seen.query.get("page", 1))
        shown = found[(page - 1) * 200 : page * 200]
        if not shown:
            return Reply(204)
        return reply(
            {
                "data": [{"id": r["id"], "type": r["type"]} for r in shown],
                "info": {"more_records": len(found) > page * 200, "page": page},
            }
        )

    def _coql(self, query: str) -> Reply:
        told = re.fullmatch(
            r"select (.+?) from (\w+) where (.+?)(?: order by id(?: asc)?)?(?: limit (\d+))?", query.strip()
        )
        if told is None or int(told[4] or 200) > 2000:
            return self.refuse(400, "INVALID_QUERY")
        wanted, module = [w.strip() for w in told[1].split(",")], told[2]
        unknown = [w for w in wanted if w not in FIELDS[module]]
        if len(wanted) > 50 or unknown:
            return self.refuse(400, "INVALID_QUERY", "column given seems to be invalid", column_name=str(unknown))
        records = sorted(self.modules[module].values(), key=lambda r: int(r["id"]))
        for part in re.split(r"\)\s+and\s+\(", told[3].strip()):
            part = part.strip().lstrip("(") if " in " not in part else part.strip()
            if hit := re.match(r"\(?(\w+) in \((.*)\)\)?$", part, re.S):
                values = {v.replace("\\'", "'") for v in re.findall(r"'((?:[^'\\]|\\.)*)'", hit[2])}
                if len(values) > 50:
                    return self.refuse(400, "INVALID_QUERY", "in takes 50 values")
                records = [r for r in records if str(r.get(hit[1])) in values]
            elif hit := re.match(r"id > '?(\d+)'?\)?$", part):
                records = [r for r in records if int(r["id"]) > int(hit[1])]
            elif hit := re.match(r"Modified_Time >= '(.+?)'\)?$", part):
                records = self._since(records, hit[1])
            else:
                return self.refuse(400, "INVALID_QUERY", part)
        limit = int(told[4] or 200)
        shown = records[:limit]
        if not shown:
            return Reply(204)
        return reply(
            {
                "data": [self._shown(module, r, wanted) for r in shown],
                "info": {"count": len(shown), "more_records": len(records) > limit},
            }
        )

    def _write(self, module: str, body: dict[str, Any], mode: str) -> Reply:
        if len(body["data"]) > 100:
            return self.refuse(400, "LIMIT_EXCEEDED")
        if body.get("trigger") != []:
            self.triggered += len(body["data"])
        results = [self._one(module, r, mode, body.get("duplicate_check_fields", [])) for r in body["data"]]
        bad = sum(r["status"] == "error" for r in results)
        status = 400 if bad == len(results) else 207 if bad else 201 if mode == "create" else 200
        return reply({"data": results}, status)

    def _one(self, module: str, sent: dict[str, Any], mode: str, check: list[str]) -> dict[str, Any]:
        def no(code: str, name: str) -> dict[str, Any]:
            return {"code": code, "details": {"api_name": name}, "message": "invalid data", "status": "error"}

        for name, value in sent.items():
            kind = FIELDS[module].get(name)
            if kind is None:
                return no("INVALID_DATA", name)
            if value is not None and kind in NUMBERS and not isinstance(value, NUMBERS[kind]):
                return no("INVALID_DATA", name)
            if value is not None and name in OPTIONS and value not in OPTIONS[name]:
                return no("INVALID_DATA", name)
        key = sent.get(check[0]) if check else None
        if key in self.refused:
            return no("RECORD_IN_BLUEPRINT", check[0])
        number = sent.get("id")
        if mode == "upsert":
            number = next((n for n, r in self.modules[module].items() if r.get(check[0]) == key), None)
        if mode == "update" and number not in self.modules[module]:
            return no("INVALID_DATA", "id")
        if number is None:
            needed = {"Contacts": "Last_Name", "Tasks": "Subject"}[module]
            if not sent.get(needed):
                return {**no("MANDATORY_NOT_FOUND", needed), "message": "required field not found"}
            number = self.add(module, dict(sent), self.clock())
            action = "insert"
        else:
            self.change(module, number, sent)
            action = "update"
        made = {"code": "SUCCESS", "details": {"id": number}, "message": "record saved", "status": "success"}
        return made | (
            {"action": action, "duplicate_field": check[0] if action == "update" else None} if mode == "upsert" else {}
        )

    def _tags(self, module: str, action: str, body: dict[str, Any]) -> Reply:
        results = []
        for number in body["ids"]:
            record = self.modules[module].get(number)
            if record is None:
                results.append(
                    {
                        "code": "INVALID_DATA",
                        "details": {"id": number},
                        "message": "the id given is invalid",
                        "status": "error",
                    }
                )
                continue
            tags = {t["name"] for t in record.get("Tag", [])}
            named = {t["name"] for t in body["tags"]}
            tags = tags | named if action == "add_tags" else tags - named
            record["Tag"] = [{"name": t} for t in sorted(tags)]
            results.append(
                {
                    "code": "SUCCESS",
                    "details": {"id": number, "tags": sorted(tags)},
                    "message": "tags updated",
                    "status": "success",
                }
            )
        return reply({"data": results})

    def _bulk(self, seen: Seen, rest: list[str]) -> Reply:
        if rest == ["read"] and seen.method == "POST":
            number = str(len(self.jobs) + 1)
            self.jobs[number] = {"query": seen.json["query"], "polls": 0}
            return reply({"data": [{"status": "success", "details": {"id": number, "state": "ADDED"}}]}, 201)
        job = self.jobs.get(rest[1])
        if job is None:
            return self.refuse(404, "RESOURCE_NOT_FOUND")
        if rest[2:] == ["result"]:
            if self.too_many("download", 10, 60):
                return self.refuse(429, "TOO_MANY_REQUESTS")
            return self._zip(job)
        job["polls"] += 1
        state = ["ADDED", "IN PROGRESS", "COMPLETED"][min(job["polls"] - 1, 2)]
        result = {"page": 1, "count": 0, "download_url": f"/crm/bulk/v8/read/{rest[1]}/result", "more_records": False}
        return reply(
            {"data": [{"id": rest[1], "state": state, **({"result": result} if state == "COMPLETED" else {})}]}
        )

    def _zip(self, job: dict[str, Any]) -> Reply:
        module, wanted = job["query"]["module"]["api_name"], job["query"]["fields"]
        text = io.StringIO()
        lines = csv.writer(text)
        lines.writerow(wanted)
        for record in self.modules[module].values():
            shown = self._shown(module, record, wanted)
            lines.writerow(["" if shown.get(w) is None else shown[w] for w in wanted])
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("records.csv", text.getvalue())
        return Reply(200, packed.getvalue(), {"content-type": "application/zip"})
