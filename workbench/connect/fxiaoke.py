"""纷享销客 (Fxiaoke, ShareCRM), Open API v2.

It answers 200 whatever happens: only ``errorCode`` tells. It has no published description; not confirmed with a live
tenant are writes in batches (so every record is a call), the fields of tasks (``ScheduleObj``) and of members of a
campaign (``CampaignMembersObj``), where the two switches of approvals and workflows stand in a body (so they stand in
both places), and what counts for the daily package. Fields are compared with what the tenant describes before anything
is written.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from workbench.connect.fxiaoke_shapes import field, judged, judged_write, typed, why
from workbench.connect.judging import Judged
from workbench.connect.protocol import (
    Action,
    Answer,
    Connection,
    Field,
    Order,
    Page,
    Record,
    Row,
    TokenRequest,
    Verdict,
    as_text,
    milliseconds,
)
from workbench.connect.system import System
from workbench.core.language import message

HOST = "open.fxiaoke.com"
PAGE = 100
CUSTOM = "__c"
QUIET = {"triggerApprovalFlow": False, "triggerWorkFlow": False}


class Fxiaoke(System):
    """纷享销客: customers and other objects; every record that is written is a call."""

    name, title = "fxiaoke", "纷享销客"
    secrets: ClassVar[tuple[str, ...]] = ("APP_ID", "APP_SECRET", "PERMANENT_CODE")
    optional_secrets: ClassVar[tuple[str, ...]] = ("USER_ID",)
    id_field = "_id"
    batch: ClassVar[Mapping[Action, int]] = {"update": 1, "create": 1}
    daily = 100_000
    zone_minutes = 480
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {
        **dict.fromkeys(("query", "update", "create", ""), (100.0, 20.0)),
        "token": (10, 60),
    }

    @staticmethod
    def fresh() -> dict[str, str]:
        """Return what is new in every request: a number that finds it in their log."""
        return {"thirdTraceId": str(uuid.uuid4())}

    @staticmethod
    def ask_token(connection: Connection, secrets: Mapping[str, str]) -> TokenRequest:
        """Return how a token is asked for."""
        base = connection.url or f"https://{connection.options.get('host', HOST)}"
        named = {"appId": "APP_ID", "appSecret": "APP_SECRET", "permanentCode": "PERMANENT_CODE"}
        body = {k: secrets[v] for k, v in named.items()} | {"grantType": "app_secret"}
        user = {"user": secrets["USER_ID"]} if "USER_ID" in secrets else {}
        return TokenRequest(
            "POST",
            f"{base}/oauth2.0/token",
            json=body,
            token="accessToken",
            seconds="expiresIn",
            kept=("ea",),
            own=user,
        )

    @staticmethod
    def headers(token: Mapping[str, Any], connection: Connection) -> dict[str, str]:
        """Return the headers that carry the token, the company and the employee who acts."""
        user = str(token.get("user") or connection.options.get("user", "1000"))
        return {"authorization": f"Bearer {token['token']}", "x-fs-ea": str(token.get("ea")), "x-fs-userid": user}

    @staticmethod
    def judge(answer: Answer) -> Judged:
        """Say what an answer means; never by its text, which changes."""
        return judged(answer)

    def _ask(self, path: str, data: Mapping[str, Any], **what: Any) -> dict[str, Any]:
        base = self.connection.url or f"https://{self.connection.options.get('host', HOST)}"
        extra = what.pop("extra", {})
        return dict(self.caller.call("POST", f"{base}{path}", json={"data": data, **extra}, **what).data)

    @staticmethod
    def _path(kind: str, verb: str) -> str:
        return f"/cgi/crm/{'custom/' if kind.endswith(CUSTOM) else ''}v2/data/{verb}"

    def modified(self, kind: str) -> str:
        """Return the field with the time of the last change."""
        del kind
        return "last_modified_time"

    def kind_of(self, what: str) -> str:
        """Return the object of customers or tasks."""
        return {"customers": "AccountObj", "tasks": "ScheduleObj"}[what]

    def describe(self, kind: str) -> dict[str, Field]:
        """Return the fields of an object."""
        told = self._ask("/cgi/crm/v2/object/describe", {"apiName": kind, "includeDetail": False})["data"]["describe"]
        found = {n: field(n, f) for n, f in told["fields"].items()}
        own = {"_id": Field("_id", "id", writable=False, unique=True)}
        return {**found, **own}

    def pull(
        self, kind: str, fields: Sequence[str], since: str | None, cursor: dict[str, Any] | None, *, changed: bool
    ) -> Iterator[Page]:
        """Yield all records in the order of their ids, or those changed since a time; then the ids that are there."""
        state = cursor or {"step": "ids" if changed else "records", "last": None}
        while state:
            ids = state["step"] == "ids"
            filters = [("_id", "GT", [state["last"]])] if state["last"] else []
            filters += [("last_modified_time", "GTE", [milliseconds(since)])] if since and not ids else []
            rows = self._query(kind, filters, ["_id"] if ids else fields)
            # over only when nothing comes: a page may be short, or hold rows twice
            state = {"step": state["step"], "last": max(str(r["_id"]) for r in rows)} if rows else {}
            if ids:
                # before the records, so that what is made in between is not taken for gone
                state = state or {"step": "records", "last": None}
                yield Page(cursor=state, present=tuple(str(r["_id"]) for r in rows))
            else:
                yield Page(tuple(rows), state or None)

    def _query(
        self, kind: str, filters: Sequence[tuple[str, str, list[Any]]], fields: Sequence[str]
    ) -> list[dict[str, Any]]:
        # never by offset: it ends at 10,000, and records move; `total` is 0 unless asked for
        asked = {
            "limit": PAGE,
            "offset": 0,
            "filters": [{"field_name": f, "operator": o, "field_values": v} for f, o, v in filters],
            "orders": [{"fieldName": "_id", "isAsc": True}],
            "fieldProjection": list(fields),
        }
        data = {"dataObjectApiName": kind, "find_explicit_total_num": False, "search_query_info": asked}
        told = self._ask(self._path(kind, "query"), data, group="query")["data"]
        return list(told.get("dataList") or ())

    def find(self, kind: str, key: str, keys: Sequence[str], fields: Sequence[str]) -> dict[str, Record]:
        """Return key → record, by queries of 100 keys each."""
        wanted = list(dict.fromkeys(["_id", key, *fields]))
        found: dict[str, Record] = {}
        for start in range(0, len(keys), PAGE):
            rows = self._query(kind, [(key, "IN", list(keys[start : start + PAGE]))], wanted)
            found |= {str(r[key]): {"id": r["_id"], **{f: as_text(r.get(f)) for f in wanted}} for r in rows}
        return found

    def push(self, order: Order, rows: Sequence[Row]) -> list[Verdict]:
        """Send one record after the other, with approvals and workflows switched off."""
        known = self.fields_of(order.kind)
        return [self._write(order, r, known) for r in rows]

    def _write(self, order: Order, row: Row, known: Mapping[str, Field]) -> Verdict:
        values = {k: typed(v, known.get(k)) for k, v in row.values.items()}
        if order.action == "update":
            values["_id"] = row.id
        twice = {"checkDuplicateSearch": True} if order.kind.endswith(CUSTOM) and order.action == "create" else {}
        data = {"object_data": {"dataObjectApiName": order.kind, **values}, **QUIET, **twice}
        how = {"group": order.action, "repeat": order.repeatable, "judge": judged_write, "extra": QUIET}
        told = self._ask(self._path(order.kind, order.action), data, **how)
        if str(told.get("errorCode")) != "0":
            return Verdict(row.key, "refused", row.id, message("{why}", why=why(told)))
        made = told.get("dataId") or (told.get("data") or {}).get("dataId") or row.id
        return Verdict(row.key, "created" if order.action == "create" else "updated", made)


SYSTEM = Fxiaoke
