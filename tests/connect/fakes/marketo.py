"""Marketo Engage as its manual describes it: leads, bulk extracts, activities, static lists, campaigns."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import re
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from tests.connect.fakes.base import COMMON, Fake, Reply, Seen, reply

FIELDS = {
    "id": "integer",
    "workbenchId": "string",
    "lastName": "string",
    "state": "string",
    "city": "string",
    "phone": "phone",
    "email": "email",
    "note": "text",
    "amount": "currency",
    "signup": "date",
    "unsubscribed": "boolean",
    "doNotCall": "boolean",
    "tier": "string",
    "nps": "integer",
    "createdAt": "datetime",
    "updatedAt": "datetime",
}
READ_ONLY = {"id", "createdAt", "updatedAt"}


def stamp(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Marketo(Fake):
    """The instance of a company."""

    SECRETS: ClassVar = {"CLIENT_ID": "fake-client-77", "CLIENT_SECRET": "fakeSecretOfMarketo"}
    FAULTS = (*COMMON, "expired", "limit", "busy", "slow", "wrong_file")

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.leads: dict[int, dict[str, Any]] = {}
        self.deleted: list[tuple[float, int]] = []
        self.changes: list[tuple[float, int]] = []
        self.lists: dict[str, set[int]] = {"1001": set(), "1002": set()}
        self.campaigns: dict[str, list[int]] = {"77": []}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.tokens: dict[str, float] = {}
        self.token_life = 3600.0
        self.refused: set[str] = set()
        self.no_updated_at = False
        self.export_mb = 500.0
        self.limits = True
        self.job_seconds = 3.0
        self._next = 1_000_001

    def load(self, made: list[dict[str, str]], *, modified: float | None = None) -> None:
        for i, p in enumerate(made):
            values = {
                "workbenchId": p["customer_id"],
                "lastName": p["name"],
                "state": p["region"],
                "city": p["city"],
                "phone": p["phone"],
                "email": p["email"],
                "note": (p["note"] + ("\u2028尾行" if i % 50 == 7 else "")) or None,
                "amount": p["amount"],
                "signup": p["signup"],
                "unsubscribed": p["opt_out"] == "true",
                "doNotCall": i % 40 == 3,
            }
            at = self.clock() - 3600 - 86400 * (i % 200) if modified is None else modified
            self.add(values, at)

    def add(self, values: dict[str, Any], at: float | None = None) -> int:
        number = self._next
        self._next += 1
        now = self.clock() if at is None else at
        self.leads[number] = {**values, "id": number, "_made": now, "_at": now}
        self.changes.append((now, number))
        return number

    def change(self, number: int, values: dict[str, Any]) -> None:
        self.leads[number] |= {**values, "_at": self.clock()}
        self.changes.append((self.clock(), number))

    def delete(self, number: int) -> None:
        del self.leads[number]
        self.deleted.append((self.clock(), number))

    def no(self, code: int | str, text: str = "error") -> Reply:
        return reply(
            {"requestId": f"r#{len(self.journal)}", "success": False, "errors": [{"code": str(code), "message": text}]}
        )

    def yes(self, result: list[Any] | None = None, **more: Any) -> Reply:
        told = {"requestId": f"r#{len(self.journal)}", "success": True}
        return reply({**told, **({} if result is None else {"result": result}), **more})

    def fault(self, kind: str, seen: Seen) -> Reply | None:
        codes = {"expired": 602, "limit": 606, "busy": self.chance.choice([604, 611, 614, 713])}
        if kind in codes and "/identity/" not in seen.path:
            return self.no(codes[kind], kind)
        if kind == "wrong_file" or kind in codes:
            made = self.handle(seen)
            if seen.path.endswith("file.json") and made.status in (200, 206):
                return Reply(made.status, made.body[:-3] + b"???", made.headers)
            return made
        return None

    def handle(self, seen: Seen) -> Reply:
        if seen.path == "/identity/oauth/token":
            return self._token(seen.query)
        if "access_token" in seen.query:
            return self.no(600, "the token in the address is not taken any more")
        token = seen.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            return self.no(601, "Access token invalid")
        if self.tokens[token] <= self.clock():
            return self.no(602, "Access token expired")
        if self.quota is not None and self.used >= self.quota:
            return self.no(607, "Daily quota reached")
        if seen.at_once > 10:
            return self.no(615, "Concurrent access limit reached")
        if self.limits and self.too_many("all", 100, 20):
            return self.no(606, "Max rate limit '100' exceeded with in '20' secs")
        self.used += 1
        if seen.path.startswith("/bulk/v1/leads/export"):
            return self._bulk(seen, seen.path.removeprefix("/bulk/v1/leads/export").strip("/").split("/"))
        path = seen.path.removeprefix("/rest/v1")
        query = seen.query
        if len(path) + sum(len(k) + len(v) for k, v in query.items()) > 8000:
            return Reply(414, b"", {})
        if seen.method == "POST" and query.get("_method") == "GET":
            query = dict(parse_qsl(seen.body.decode()))
            return self._leads(query) if path == "/leads.json" else self.no(610)
        if path == "/leads/describe.json":
            return self._describe()
        if path == "/leads.json":
            return self._leads(query) if seen.method == "GET" else self._sync(seen.json)
        if path.startswith("/activities/"):
            return self._activities(path.removeprefix("/activities/").removesuffix(".json"), query)
        if hit := re.fullmatch(r"/lists/(\d+)/leads\.json", path):
            return self._list(hit[1], seen)
        if hit := re.fullmatch(r"/campaigns/(\d+)/trigger\.json", path):
            leads = [i["id"] for i in seen.json["input"]["leads"]]
            if len(leads) > 100 or hit[1] not in self.campaigns:
                return self.no(1003, "campaign")
            self.campaigns[hit[1]] += leads
            return self.yes([{"id": int(hit[1])}])
        return self.no(610, "Requested resource not found")

    def _token(self, query: dict[str, str]) -> Reply:
        right = (
            query.get("client_id") == self.SECRETS["CLIENT_ID"]
            and query.get("client_secret") == self.SECRETS["CLIENT_SECRET"]
        )
        if not right or query.get("grant_type") != "client_credentials":
            return reply({"error": "unauthorized", "error_description": "No client with requested id"}, 401)
        now = self.clock()
        living = [t for t, until in self.tokens.items() if until > now]
        token = living[-1] if living else f"fake{len(self.tokens)}:ab"
        self.tokens.setdefault(token, now + self.token_life)
        return reply(
            {"access_token": token, "token_type": "bearer", "expires_in": int(self.tokens[token] - now), "scope": "x"}
        )

    def _describe(self) -> Reply:
        return self.yes(
            [
                {"id": i, "displayName": n.title(), "dataType": t, "rest": {"name": n, "readOnly": n in READ_ONLY}}
                for i, (n, t) in enumerate(FIELDS.items())
            ]
        )

    def _shown(self, lead: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
        full = {**lead, "createdAt": stamp(lead["_made"]), "updatedAt": stamp(lead["_at"])}
        return {w: full.get(w) for w in wanted}

    def _leads(self, query: dict[str, str]) -> Reply:
        values = query.get("filterValues", "").split(",")
        kind = query.get("filterType", "")
        if len(values) > 300 or kind not in FIELDS:
            return self.no(1003, f"Invalid filterType {kind}")
        known = {str(x.get(kind)): [] for x in self.leads.values()}
        for lead in self.leads.values():
            known[str(lead.get(kind))].append(lead)
        found = [x for v in dict.fromkeys(values) for x in known.get(v, [])]
        if len(found) > 1000:
            return self.no(1003, "Too many results match the filter")
        start = int(query.get("nextPageToken", "p0")[1:])
        size = min(300, int(query.get("batchSize", 300)))
        wanted = ["id", *[f for f in query.get("fields", "email").split(",") if f]]
        more = {"nextPageToken": f"p{start + size}"} if len(found) > start + size else {}
        return self.yes([self._shown(x, wanted) for x in found[start : start + size]], **more)

    def _sync(self, body: dict[str, Any]) -> Reply:
        if len(body["input"]) > 300:
            return self.no(1003, "300 at most")
        lookup = body.get("lookupField", "email")
        results = [self._one(sent, lookup, body["action"]) for sent in body["input"]]
        return self.yes(results)

    def _one(self, sent: dict[str, Any], lookup: str, action: str) -> dict[str, Any]:
        def skipped(code: int, text: str) -> dict[str, Any]:
            return {"status": "skipped", "reasons": [{"code": str(code), "message": text}]}

        unknown = [k for k in sent if k not in FIELDS or (k in READ_ONLY and k != "id")]
        if unknown:
            return skipped(1006, f"Field '{unknown[0]}' not found")
        if str(sent.get(lookup)) in self.refused:
            return skipped(1008, "Lead is in a partition that is not yours")
        hits = [n for n, x in self.leads.items() if x.get(lookup) == sent.get(lookup)]
        if len(hits) > 1:
            return skipped(1007, "Multiple lead match lookup criteria")
        if not hits and action == "updateOnly":
            return skipped(1004, "Lead not found")
        if hits:
            self.change(hits[0], {k: v for k, v in sent.items() if k != "id"})
            return {"id": hits[0], "status": "updated"}
        return {"id": self.add(dict(sent)), "status": "created"}

    def _activities(self, what: str, query: dict[str, str]) -> Reply:
        if what == "pagingtoken":
            since = dt.datetime.fromisoformat(query["sinceDatetime"]).timestamp()
            return self.yes(nextPageToken=f"{since}/0")
        since, start = query["nextPageToken"].split("/")
        told = sorted(t for t in (self.changes if what == "leadchanges" else self.deleted) if t[0] >= float(since))
        # a page may be empty, with more to come
        if int(start) == 0 and told:
            return self.yes([], nextPageToken=f"{since}/1", moreResult=True)
        place = int(start) - 1
        shown = told[place : place + 100] if place >= 0 else []
        more = len(told) > place + 100
        result = [{"id": place + i, "leadId": n, "activityDate": stamp(t)} for i, (t, n) in enumerate(shown)]
        return self.yes(result, nextPageToken=f"{since}/{place + 101}", moreResult=more)

    def _list(self, number: str, seen: Seen) -> Reply:
        if number not in self.lists:
            return self.no(1013, "List not found")
        members = self.lists[number]
        if seen.method == "GET":
            start = int(seen.query.get("nextPageToken", "p0")[1:])
            found = sorted(members)
            more = {"nextPageToken": f"p{start + 300}"} if len(found) > start + 300 else {}
            wanted = [f for f in seen.query.get("fields", "id").split(",") if f]
            return self.yes([self._shown(self.leads[n], wanted) for n in found[start : start + 300]], **more)
        ids = [int(i) for i in seen.query.get("id", "").split(",") if i]
        result = []
        for n in ids:
            if n not in self.leads:
                result.append(
                    {"id": n, "status": "skipped", "reasons": [{"code": "1004", "message": "Lead not found"}]}
                )
            elif seen.method == "POST":
                members.add(n)
                result.append({"id": n, "status": "added"})
            else:
                members.discard(n)
                result.append({"id": n, "status": "removed"})
        return self.yes(result)

    def _bulk(self, seen: Seen, rest: list[str]) -> Reply:
        if rest == ["create.json"]:
            return self._create(seen.json)
        job = self.jobs.get(rest[0])
        if job is None:
            return self.no(1012, "export not found")
        now = self.clock()
        if rest[1] == "enqueue.json":
            waiting = sum(
                j["queued"] is not None and j["queued"] + 2 * self.job_seconds > now for j in self.jobs.values()
            )
            if waiting >= 10:
                return self.no(1029, "Too many jobs in queue")
            if self.export_mb <= 0:
                return self.no(1029, "Export daily quota exceeded")
            job["queued"] = now
            return self.yes([{"exportId": rest[0], "status": "Queued"}])
        age = -1.0 if job["queued"] is None else now - job["queued"]
        state = (
            "Created"
            if age < 0
            else "Queued"
            if age < self.job_seconds
            else "Processing"
            if age < 2 * self.job_seconds
            else "Completed"
        )
        if state == "Completed" and job["file"] is None:
            job["file"] = self._csv(job)
            self.export_mb -= len(job["file"]) / 1e6
        if rest[1] == "status.json":
            told: dict[str, Any] = {"exportId": rest[0], "status": state, "format": "CSV"}
            if state == "Completed":
                digest = hashlib.sha256(job["file"]).hexdigest()
                told |= {
                    "numberOfRecords": job["records"],
                    "fileSize": len(job["file"]),
                    "fileChecksum": f"sha256:{digest}",
                }
            return self.yes([told])
        if state != "Completed":
            return Reply(404, b"Requested resource not found", {"content-type": "text/plain"})
        if told_range := re.match(r"bytes=(\d+)-(\d+)?", seen.headers.get("range", "")):
            start, end = int(told_range[1]), int(told_range[2] or len(job["file"]))
            return Reply(206, job["file"][start : end + 1], {"content-type": "text/csv"})
        return Reply(200, job["file"], {"content-type": "text/csv"})

    def _create(self, body: dict[str, Any]) -> Reply:
        told = body["filter"]
        unknown = [f for f in body["fields"] if f not in FIELDS]
        if unknown:
            return self.no(1006, f"Field '{unknown[0]}' not found")
        if self.no_updated_at and "updatedAt" in told:
            return self.no(1035, "Unsupported filter type for target subscription: updatedAt")
        for span in told.values():
            if not isinstance(span, dict) or "." in span["startAt"]:
                return self.no(1003, "filter")
            start, end = (dt.datetime.fromisoformat(span[k]) for k in ("startAt", "endAt"))
            if end - start > dt.timedelta(days=31):
                return self.no(1003, "31 days at most")
        number = f"job-{len(self.jobs) + 1}"
        self.jobs[number] = {"body": body, "queued": None, "file": None, "records": 0}
        return self.yes([{"exportId": number, "status": "Created"}])

    def _csv(self, job: dict[str, Any]) -> bytes:
        (name, span), wanted = next(iter(job["body"]["filter"].items())), job["body"]["fields"]
        start, end = (dt.datetime.fromisoformat(span[k]).timestamp() for k in ("startAt", "endAt"))
        key = {"createdAt": "_made", "updatedAt": "_at"}[name]
        found = [x for x in self.leads.values() if int(start) <= int(x[key]) <= int(end)]
        text = io.StringIO(newline="")
        lines = csv.writer(text)
        lines.writerow(wanted)
        for i, lead in enumerate(found):
            shown = self._shown(lead, wanted)
            cells = [
                "null" if shown[w] is None else json.dumps(shown[w]) if isinstance(shown[w], bool) else str(shown[w])
                for w in wanted
            ]
            if i % 97 == 5:
                cells[-1] += "\x00"
            lines.writerow(cells)
        job["records"] = len(found)
        return text.getvalue().encode() if found else b""
