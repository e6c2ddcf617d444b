"""HubSpot, by its dated interface of September 2026.

Not confirmed with a live account: the body of an answer 429, 100 records a batch, the number of a list's members in one
call, and the association of tasks with contacts (204). Where an answer is not as expected, a run stops and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from workbench.connect.hubspot_lists import VERSION, HubSpotLists
from workbench.connect.hubspot_shapes import field, found_in, record, verdicts, why
from workbench.connect.judging import GOOD, NEW_TOKEN, BatchRefusedError, Judged, again, broken, stop
from workbench.connect.protocol import Action, Answer, Field, Order, Page, Record, Row, Verdict, milliseconds
from workbench.core.language import message

PAGE, SEARCH_PAGE, BATCH = 100, 200, 100
LONGEST_QUERY = 12_000  # characters of a list of properties in an address
TASK_TO_CONTACT = 204
SUBJECT, OPTED_OUT = "hs_task_subject", "hs_email_optout"
INDEX_SECONDS = 60.0  # what was written shows in the search only after some time
MERGED = "hs_merged_object_ids"
MIDNIGHT = message("They are back at midnight of the account's zone; then give the command again.")


class HubSpot(HubSpotLists):
    """HubSpot: contacts and other objects, lists, tasks."""

    name, title = "hubspot", "HubSpot"
    secrets: ClassVar[tuple[str, ...]] = ("TOKEN",)
    secrets_instead: ClassVar[tuple[str, ...]] = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN")
    flags: ClassVar[Mapping[str, tuple[str, ...]]] = {"contacts": (OPTED_OUT,)}
    overlap, lists, subject = 1800.0, "made", SUBJECT
    batch: ClassVar[Mapping[Action, int]] = {
        "upsert": BATCH,
        "update": BATCH,
        "create": BATCH,
        "add": 5000,
        "remove": 5000,
    }
    daily = 250_000
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {"": (100, 10), "search": (4, 1)}

    @staticmethod
    def judge(answer: Answer) -> Judged:
        """Say what an answer means; HubSpot goes by the status, and by the policy of a limit."""
        told = answer.data if isinstance(answer.data, dict) else {}
        if answer.status == 429:
            if told.get("policyName") == "DAILY":
                return stop(message("the calls of the day are used up"), MIDNIGHT)
            return again(message("too many calls at once"), after=answer.asked_to_wait, untouched=True, patient=True)
        if answer.status in (401, 530):
            return NEW_TOKEN
        if (trouble := broken(answer)) is not None:
            return trouble
        if answer.status >= 400 and answer.status not in (400, 404, 409):
            return stop(message("it refuses ({status}): {why}", status=answer.status, why=why(answer)))
        return GOOD

    def flags_among(self, kind: str, known: Mapping[str, Field]) -> list[str]:
        """Return what says that a contact opted out: of everything, of a subscription, or is in quarantine."""
        own = [f for f in known if f.startswith(f"{OPTED_OUT}_") or f == "hs_email_quarantined"]
        return super().flags_among(kind, known) + (own if kind in self.flags else [])

    def modified(self, kind: str) -> str:
        """Return the property with the time of the last change."""
        return "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"

    def describe(self, kind: str) -> dict[str, Field]:
        """Return the properties of a kind of object; nothing where they are not told."""
        answer = self.ask("GET", f"/crm/properties/{VERSION}/{kind}")
        if answer.status == 404:
            return {}
        found = [field(p) for p in self.success(answer)["results"]]
        return {"id": Field("id", "id", writable=False, unique=True), **{f.name: f for f in found}}

    def pull(
        self, kind: str, fields: Sequence[str], since: str | None, cursor: dict[str, Any] | None, *, changed: bool
    ) -> Iterator[Page]:
        """Yield all records in the order of their ids, or those changed since a time by search; then what is gone."""
        state = cursor or {"step": "search" if since else "list", "after": None}
        wanted = [*dict.fromkeys([*(f for f in fields if f != "id"), *([MERGED] if kind == "contacts" else [])])]
        while state:
            step, after = state["step"], state["after"]
            if step == "search":
                rows, after = self._searched(kind, wanted, since or "", after)
            else:
                rows, after = self._listed(kind, wanted, after, archived=step == "archived")
            state = {"step": step, "after": after} if after else {}
            if step == "archived":
                yield Page(cursor=state or None, removed=tuple(str(r["id"]) for r in rows if r["archived"]))
                continue
            if not state and changed:
                state = {"step": "archived", "after": None}
            merged = {o: str(r["id"]) for r in rows for o in str(r.get(MERGED) or "").split(";") if o}
            yield Page(tuple(rows), state or None, merged=merged)

    def _listed(
        self, kind: str, fields: Sequence[str], after: str | None, *, archived: bool
    ) -> tuple[list[dict[str, Any]], str | None]:
        named = ",".join(fields)
        if len(named) > LONGEST_QUERY:
            raise self.caller.stopped(message("so many properties fit into no address; name the columns you need"))
        asked = {"limit": str(PAGE), "properties": named, "after": after, "archived": "true" if archived else None}
        params = {k: v for k, v in asked.items() if v is not None}
        data = self.data("GET", f"/crm/objects/{VERSION}/{kind}", params=params)
        following = ((data.get("paging") or {}).get("next") or {}).get("after")
        return [found_in(r) for r in data["results"]], None if following is None else str(following)

    def _searched(
        self, kind: str, fields: Sequence[str], since: str, after: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        # by id, never by page or by time: a search ends at 10,000, and 12,000 records may have one and the same time
        filters = [{"propertyName": self.modified(kind), "operator": "GTE", "value": str(milliseconds(since))}]
        filters += [{"propertyName": "hs_object_id", "operator": "GT", "value": after}] if after else []
        found = self._search(kind, filters, fields)
        return found, max((str(r["id"]) for r in found), key=int, default=None)

    def _search(self, kind: str, filters: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> list[dict[str, Any]]:
        body = {
            "filterGroups": [{"filters": list(filters)}],
            "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
            "properties": list(fields),
            "limit": SEARCH_PAGE,
        }
        data = self.data("POST", f"/crm/objects/{VERSION}/{kind}/search", json=body, group="search")
        return [found_in(r) for r in data["results"]]

    def find(self, kind: str, key: str, keys: Sequence[str], fields: Sequence[str]) -> dict[str, Record]:
        """Return key → record: by batch for properties with unique values, by search for the subject of a task."""
        found: dict[str, Record] = {}
        if key == SUBJECT:
            self.caller.sleep(INDEX_SECONDS)
            for k in keys:
                hits = self._search(kind, [{"propertyName": key, "operator": "EQ", "value": k}], [key, *fields])
                found.update((k, {"id": r["id"], key: k}) for r in hits if r.get(key) == k)
            return found
        wanted = [f for f in dict.fromkeys([key, *fields]) if f != "id"]
        for start in range(0, len(keys), BATCH):
            inputs = [{"id": k} for k in keys[start : start + BATCH]]
            body = {"properties": wanted, "inputs": inputs} | ({} if key == "id" else {"idProperty": key})
            answer = self.ask("POST", f"/crm/objects/{VERSION}/{kind}/batch/read", json=body)
            if answer.status >= 400 and answer.status != 404:
                raise self.caller.stopped(
                    message("it refuses ({status}): {why}", status=answer.status, why=why(answer))
                )
            records = [record(r) for r in (answer.data or {}).get("results", [])]
            found |= {str(r[key]): r for r in records if r.get(key)}
        return found

    def push(self, order: Order, rows: Sequence[Row]) -> list[Verdict]:
        """Send up to 100 records, or the difference of a list; answers are told apart by our own number."""
        if order.action in ("add", "remove"):
            return self.changed_members(order, rows)
        inputs = [self._input(order, r, str(i)) for i, r in enumerate(rows)]
        path = f"/crm/objects/{VERSION}/{order.kind}/batch/{order.action}"
        answer = self.ask("POST", path, json={"inputs": inputs}, repeat=order.repeatable)
        if answer.status >= 400:
            raise BatchRefusedError(message("{why}", why=why(answer)))
        return verdicts(rows, answer.data or {}, order)

    def _input(self, order: Order, row: Row, trace: str) -> dict[str, Any]:
        properties = {k: v or "" for k, v in row.values.items() if k != "_contact"}
        line: dict[str, Any] = {"objectWriteTraceId": trace, "properties": properties}
        if order.action == "upsert":
            return line | {"id": row.key, "idProperty": order.key, "properties": {order.key: row.key, **properties}}
        if order.action == "update":
            return line | {"id": row.id}
        kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": TASK_TO_CONTACT}
        to = row.values.get("_contact")
        return line | ({"associations": [{"to": {"id": to}, "types": [kind]}]} if to else {})

    def task_values(self, task: Mapping[str, str]) -> dict[str, str | None]:
        """Return a call to make, due at nine in the morning; its subject carries our key."""
        return {
            SUBJECT: task["subject"],
            "hs_task_body": task["body"],
            "hs_timestamp": f"{task['due']}T09:00:00Z",
            "hs_task_type": "CALL",
            "hs_task_priority": "HIGH" if task["priority"] == "high" else "MEDIUM",
            "hs_task_status": "NOT_STARTED",
            "hubspot_owner_id": task.get("owner", ""),
            "_contact": task["record"],
        }

    def quota(self) -> tuple[int | None, int | None]:
        """Return calls left today and calls of a day, by the headers of the last answer."""
        named = [self.caller.last.get(f"x-hubspot-ratelimit-daily{part}", "") for part in ("-remaining", "")]
        left, most = (int(n) if n.isdigit() else None for n in named)
        return left, most


SYSTEM = HubSpot
