"""Marketo Engage: leads by bulk extract, lists, campaigns.

Not confirmed with a live account: the names of ``marketingSuspended`` and ``blackListed``, and how long the file of an
extract is kept (it is fetched at once). A campaign that was asked for is never asked for again by itself: people would
get the mail twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from workbench.connect.bulk import Extract, NoSuchFilterError
from workbench.connect.judging import BatchRefusedError
from workbench.connect.marketo_asking import PAGE, MarketoAsking
from workbench.connect.marketo_shapes import field, judged_describe, verdict, why
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
from workbench.core.language import message

WINDOW = dt.timedelta(days=30)  # 31 are allowed
LONGEST_ADDRESS = 6000
EMPTY_AFTER, EMPTY_BEFORE = 12, 150  # windows without a lead: after some were found, and before any was
LIST = "list:"


class Marketo(MarketoAsking):
    """Marketo Engage: leads, static lists, campaigns that are requested."""

    name, title = "marketo", "Marketo"
    secrets: ClassVar[tuple[str, ...]] = ("CLIENT_ID", "CLIENT_SECRET")
    flags: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "leads": ("unsubscribed", "doNotCall", "marketingSuspended", "blackListed")
    }
    batch: ClassVar[Mapping[Action, int]] = {"upsert": 300, "update": 300, "add": 300, "remove": 300, "trigger": 100}
    daily, lists = 50_000, "given"
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {"": (55.0, 20.0)}  # half of what all users share

    def modified(self, kind: str) -> str:
        """Return the field with the time of the last change."""
        del kind
        return "updatedAt"

    def kind_of(self, what: str) -> str:
        """Return the kind of customers; there are no tasks."""
        return {"customers": "leads"}.get(what, what)

    def describe(self, kind: str) -> dict[str, Field]:
        """Return the fields of leads and of the members of lists; nothing where they are not told."""
        del kind
        answer = self.ask("GET", "/leads/describe.json", judge=judged_describe)
        if not (answer.data or {}).get("success"):
            return {}
        found = [field(f) for f in answer.data.get("result") or ()]
        return {f.name: f for f in found} | {"id": Field("id", "id", writable=False, unique=True)}

    def pull(
        self, kind: str, fields: Sequence[str], since: str | None, cursor: dict[str, Any] | None, *, changed: bool
    ) -> Iterator[Page]:
        """Yield leads by bulk extracts: all by when they were made, or those changed since; then what is gone."""
        if kind.startswith(LIST):
            yield from self.members_of(kind.removeprefix(LIST), fields, cursor)
            return
        if kind != "leads":
            raise self.caller.stopped(
                message("it hands out leads and the members of a list (list:1001), no {kind}", kind=kind)
            )
        now = dt.datetime.fromtimestamp(self.caller.clock(), dt.UTC).replace(microsecond=0)
        state = cursor or self._first(since, now)
        while state:
            if state["step"] == "deleted":
                rows, gone, state = [], *self.activities("deletedleads", state, None)
                yield Page(cursor=state or None, removed=tuple(gone))
                continue
            if state["step"] == "changes":
                ids, state = self.activities("leadchanges", state, fields)
                rows = list(self.find("leads", "id", ids, fields).values())
                following = state or self._then(changed, since)
                yield Page(tuple(rows), following)
                state = following or {}
                continue
            try:
                for page in self._window(fields, state, changed=changed, since=since):
                    yield page
                    state = page.cursor or {}
            except NoSuchFilterError:
                if since is None:
                    raise self.caller.stopped(message("it allows no extract of all leads")) from None
                state = {"step": "changes", "since": since, "token": None}

    def _first(self, since: str | None, now: dt.datetime) -> dict[str, Any]:
        end = (now + dt.timedelta(minutes=1)).isoformat()
        if since is None:
            return {"step": "createdAt", "until": end, "empty": 0, "found": 0}
        return {
            "step": "updatedAt",
            "from": dt.datetime.fromisoformat(since).astimezone(dt.UTC).isoformat(),
            "end": end,
        }

    def _then(self, changed: bool, since: str | None) -> dict[str, Any] | None:
        return {"step": "deleted", "since": since, "token": None} if changed else None

    def _window(
        self, fields: Sequence[str], state: dict[str, Any], *, changed: bool, since: str | None
    ) -> Iterator[Page]:
        """Yield the leads of one window of 30 days, and go to the next: back by when they were made, on by changes."""
        back = state["step"] == "createdAt"
        if back:
            end = dt.datetime.fromisoformat(state["until"])
            start = end - WINDOW
        else:
            start = dt.datetime.fromisoformat(state["from"])
            end = min(start + WINDOW, dt.datetime.fromisoformat(state["end"]))
        extract = Extract(self.caller, f"{self.base(self.connection)}/bulk/v1/leads/export")
        span = {"startAt": _stamp(start), "endAt": _stamp(end)}
        job = state.get("job") or extract.start(fields, {state["step"]: span})
        told, done, read = extract.wait(job), int(state.get("rows", 0)), 0
        here = {**state, "job": job}
        for rows in extract.rows(job, told, fields):
            read += len(rows)
            if read > done:  # what was read before a kill is not read again
                yield Page(tuple(rows), {**here, "rows": read})
        following: dict[str, Any] | None
        if back:
            empty, found = (0, state["found"] + read) if read else (state["empty"] + 1, state["found"])
            more = empty < (EMPTY_AFTER if found else EMPTY_BEFORE)
            following = (
                {"step": "createdAt", "until": start.isoformat(), "empty": empty, "found": found} if more else None
            )
        else:
            more = end < dt.datetime.fromisoformat(state["end"])
            following = {"step": "updatedAt", "from": end.isoformat(), "end": state["end"]} if more else None
        yield Page(cursor=following or self._then(changed, since))

    def find(self, kind: str, key: str, keys: Sequence[str], fields: Sequence[str]) -> dict[str, Record]:
        """Return key → lead, 300 at a time; a long question goes into the body."""
        del kind
        wanted = list(dict.fromkeys(["id", key, *fields]))
        found: dict[str, Record] = {}
        for start in range(0, len(keys), PAGE):
            asked = {"filterType": key, "filterValues": ",".join(keys[start : start + PAGE])}
            asked |= {"fields": ",".join(wanted), "batchSize": str(PAGE)}
            while True:
                long = sum(len(k) + len(v) for k, v in asked.items()) > LONGEST_ADDRESS
                how: dict[str, Any] = {"params": {"_method": "GET"}, "form": asked} if long else {"params": asked}
                told = self.data("POST" if long else "GET", "/leads.json", **how)
                rows = [{f: as_text(r.get(f)) for f in wanted} for r in told.get("result") or ()]
                found |= {str(r[key]): r for r in rows if r[key]}
                if not told.get("nextPageToken"):
                    break
                asked = {**asked, "nextPageToken": told["nextPageToken"]}
        return found

    def push(self, order: Order, rows: Sequence[Row]) -> list[Verdict]:
        """Send up to 300 leads, the difference of a list, or 100 leads through a campaign."""
        ids = [{"id": int(r.id or 0)} for r in rows]
        if order.action == "trigger":
            path, body = f"/campaigns/{order.target}/trigger.json", {"input": {"leads": ids}}
            answer = self.ask("POST", path, json=body, repeat=False)
            if answer.data.get("success"):
                return [Verdict(r.key, "created", r.id) for r in rows]
        elif order.action in ("add", "remove"):
            method = {"add": "POST", "remove": "DELETE"}[order.action]
            params = {"id": ",".join(str(i["id"]) for i in ids)}
            answer = self.ask(method, f"/lists/{order.target}/leads.json", params=params)
        else:
            answer = self.ask("POST", "/leads.json", json=self._sync(order, rows))
        told = answer.data if isinstance(answer.data, dict) else {}
        results = told.get("result") or []
        if not told.get("success"):
            raise BatchRefusedError(message("{why}", why=why(answer)))
        if len(results) != len(rows):
            return [Verdict(r.key, "unclear") for r in rows]
        return [verdict(r, result, order) for r, result in zip(rows, results, strict=True)]

    def _sync(self, order: Order, rows: Sequence[Row]) -> dict[str, Any]:
        known, new = self.fields_of(order.kind), order.action == "upsert"
        named = [{order.key: r.key} if new else {"id": int(r.id or 0)} for r in rows]
        values = [{k: typed(v, known.get(k)) for k, v in r.values.items()} for r in rows]
        how = ("createOrUpdate", order.key) if new else ("updateOnly", "id")
        sent = [n | v for n, v in zip(named, values, strict=True)]
        return {"action": how[0], "lookupField": how[1], "input": sent}


def _stamp(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")  # milliseconds are refused


SYSTEM = Marketo
