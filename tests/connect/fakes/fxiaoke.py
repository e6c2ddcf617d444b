"""纷享销客 as its pages describe it (Open API v2): 200 whatever happens, keysets, single writes."""

from __future__ import annotations

import datetime as dt
import json
import random
from itertools import islice
from typing import Any, ClassVar

from tests.connect.fakes.base import COMMON, Fake, Reply, Seen, reply

FIELDS: dict[str, dict[str, dict[str, Any]]] = {
    "AccountObj": {
        "_id": {"type": "text", "label": "ID"},
        "name": {"type": "text", "label": "客户名称", "is_required": True},
        "workbench_id__c": {"type": "text", "label": "客户编号", "is_unique": True},
        "region__c": {"type": "text", "label": "地区"},
        "city__c": {"type": "text", "label": "城市"},
        "tel": {"type": "phone_number", "label": "电话"},
        "remark": {"type": "long_text", "label": "备注"},
        "amount__c": {"type": "currency", "label": "金额"},
        "signup__c": {"type": "date", "label": "注册日期"},
        "no_contact__c": {"type": "true_or_false", "label": "勿扰"},
        "tier__c": {
            "type": "select_one",
            "label": "等级",
            "options": [
                {"label": "金", "value": "gold"},
                {"label": "银", "value": "silver"},
                {"label": "普通", "value": "basic"},
            ],
        },
        "nps__c": {"type": "number", "label": "NPS"},
        "owner": {"type": "employee", "label": "负责人"},
        "last_modified_time": {"type": "date_time", "label": "最后修改时间"},
    },
    "SalesOrderObj": {
        "_id": {"type": "text", "label": "ID"},
        "name": {"type": "text", "label": "订单编号"},
        "workbench_id__c": {"type": "text", "label": "客户编号"},
        "order_time": {"type": "date", "label": "下单日期"},
        "order_amount": {"type": "currency", "label": "销售订单金额"},
        "last_modified_time": {"type": "date_time", "label": "最后修改时间"},
    },
    "ScheduleObj": {
        "_id": {"type": "text", "label": "ID"},
        "name": {"type": "text", "label": "主题"},
        "content__c": {"type": "long_text", "label": "内容"},
        "end_time": {"type": "date_time", "label": "结束时间"},
        "customer__c": {"type": "text", "label": "客户"},
        "last_modified_time": {"type": "date_time", "label": "最后修改时间"},
    },
}
ID_CHANCE = random.Random(7)


class Fxiaoke(Fake):
    """The tenant of a company."""

    SECRETS: ClassVar = {"APP_ID": "FSAID_fake1", "APP_SECRET": "fake-app-secret-9a", "PERMANENT_CODE": "FAKECODE77AB"}
    FAULTS = (*COMMON, "expired", "limit", "busy", "slow", "doubled")

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.objects: dict[str, dict[str, dict[str, Any]]] = {k: {} for k in FIELDS}
        self.tokens: dict[str, float] = {}
        self.token_life = 7200.0
        self.package = True
        self.refused: set[str] = set()  # ids or names of records that are refused
        self.started_flows = 0
        self.limits = True
        self.traces: list[str] = []
        self._again: list[Any] = []

    def load(self, made: list[dict[str, str]], *, modified: float | None = None) -> None:
        for p in made:
            values = {
                "workbench_id__c": p["customer_id"],
                "name": p["name"],
                "region__c": p["region"],
                "city__c": p["city"],
                "tel": p["phone"],
                "amount__c": p["amount"],
                "signup__c": _day(p["signup"]),
                "no_contact__c": p["opt_out"] == "true",
                "owner": ["1000"],
            }
            self.add("AccountObj", values | ({"remark": p["note"]} if p["note"] else {}), modified)

    def load_orders(self, made: list[dict[str, str]], until: dt.date, seed: int = 1) -> None:
        """Give every customer some orders of the last year before a day."""
        chosen = random.Random(seed)
        for p in made:
            for i in range(chosen.choice([1, 1, 2, 3, 6])):
                day = until - dt.timedelta(days=chosen.randrange(1, 360))
                values = {
                    "name": f"{p['customer_id']}-{i}",
                    "workbench_id__c": p["customer_id"],
                    "order_time": _day(day.isoformat()),
                    "order_amount": f"{chosen.randrange(5000, 300000) / 100:.2f}",
                }
                self.add("SalesOrderObj", values)

    def add(self, kind: str, values: dict[str, Any], modified: float | None = None) -> str:
        number = f"{ID_CHANCE.getrandbits(96):024x}"
        at = self.clock() - 3600 if modified is None else modified
        self.objects[kind][number] = {**values, "_id": number, "last_modified_time": int(at * 1000)}
        return number

    def change(self, kind: str, number: str, values: dict[str, Any]) -> None:
        self.objects[kind][number] |= {**values, "last_modified_time": int(self.clock() * 1000)}

    def delete(self, kind: str, number: str) -> None:
        del self.objects[kind][number]

    def no(self, code: int, text: str = "出错了") -> Reply:
        return reply({"errorCode": code, "errorMessage": text, "traceId": f"E-E.fake.{len(self.journal)}"})

    def yes(self, **more: Any) -> Reply:
        return reply({"errorCode": 0, "errorMessage": "OK", "traceId": f"E-E.fake.{len(self.journal)}", **more})

    def fault(self, kind: str, seen: Seen) -> Reply | None:
        codes = {"expired": 20016, "limit": 30004, "busy": self.chance.choice([-1, -2, 50009, 14001])}
        if kind in codes:
            return self.no(codes[kind])
        if kind == "doubled":
            made = self.handle(seen)
            if seen.path.endswith("/query"):
                data = json.loads(made.body)
                rows = data.get("data", {}).get("dataList", [])
                data["data"]["dataList"] = rows[: len(rows) // 2] + rows if len(rows) == 100 else rows
                return reply(data)
            return made
        return None

    def handle(self, seen: Seen) -> Reply:
        trace = seen.query.get("thirdTraceId", "")
        if len(trace) != 36 or trace in self.traces:
            return self.no(10001, "thirdTraceId")
        self.traces.append(trace)
        body = seen.json or {}
        if seen.path == "/oauth2.0/token":
            return self._token(seen, body)
        if not seen.path.startswith("/cgi/crm/"):
            return Reply(302, b"<html></html>", {"location": "/error.html", "content-type": "text/html"})
        named = seen.headers.get("authorization", "")
        if not named:
            return self.no(20017)
        if self.tokens.get(named.removeprefix("Bearer "), 0) <= self.clock() or seen.headers.get("x-fs-ea") != "fakeco":
            return self.no(20016)
        if not seen.headers.get("x-fs-userid"):
            return self.no(20014)
        if not self.package:
            return self.no(30003)
        if self.quota is not None and self.used >= self.quota:
            return self.no(30002)
        if self.limits and self.too_many(seen.path, 100, 20):
            return self.no(30004)
        self.used += 1
        verb = seen.path.rsplit("/", 1)[1]
        data = body.get("data") or {}
        if verb == "describe":
            kind = data.get("apiName")
            return self.yes(data={"describe": {"fields": FIELDS[kind]}}) if kind in FIELDS else self.no(10004)
        if verb == "list":
            return self.yes(data={"objects": [{"apiName": k} for k in FIELDS]})
        if verb == "query":
            return self._query(data)
        if verb in ("update", "create"):
            return self._write(verb, body)
        return self.no(10005)

    def _token(self, seen: Seen, body: dict[str, Any]) -> Reply:
        now = self.clock()
        if seen.at_once > 1 or self.too_many("token", 10, 60):
            return self.no(20005, "token")
        right = {"appId": "APP_ID", "appSecret": "APP_SECRET", "permanentCode": "PERMANENT_CODE"}
        if any(body.get(k) != self.SECRETS[v] for k, v in right.items()) or body.get("grantType") != "app_secret":
            return self.no(10006)
        living = [t for t, until in self.tokens.items() if until - now > 600]
        token = living[-1] if living else f"FAKE{len(self.tokens):04d}TOKEN"
        self.tokens.setdefault(token, now + self.token_life)
        return self.yes(accessToken=token, expiresIn=int(self.tokens[token] - now), ea="fakeco")

    def _query(self, data: dict[str, Any]) -> Reply:
        kind, asked = data["dataObjectApiName"], data["search_query_info"]
        limit, offset = asked["limit"], asked.get("offset", 0)
        if limit > 100 or offset > 10_000 or offset % limit:
            return self.no(10013, "offset out of range 10000")
        filters = asked.get("filters", [])
        after = max(
            (f["field_values"][0] for f in filters if (f["field_name"], f["operator"]) == ("_id", "GT")), default=""
        )
        pool = sorted(n for n in self.objects[kind] if n > after)
        keyset = asked.get("orders") == [{"fieldName": "_id", "isAsc": True}] and not offset
        matching = (self.objects[kind][n] for n in pool if all(self._fits(self.objects[kind][n], f) for f in filters))
        found = list(islice(matching, limit) if keyset else matching)
        for order in reversed(asked.get("orders", [])):
            found.sort(key=lambda r, o=order: r.get(o["fieldName"], ""), reverse=not order["isAsc"])
        wanted = asked.get("fieldProjection") or list(FIELDS[kind])
        rows = [{k: v for k, v in r.items() if k in wanted and v is not None} for r in found[offset : offset + limit]]
        return self.yes(data={"dataList": rows, "offset": offset, "limit": limit, "total": 0})

    def _fits(self, record: dict[str, Any], told: dict[str, Any]) -> bool:
        value, against = record.get(told["field_name"]), told["field_values"]
        if value is None:
            return False
        first = type(value)(against[0]) if not isinstance(value, list) else against[0]
        tests = {
            "EQ": value == first,
            "GT": value > first,
            "GTE": value >= first,
            "IN": value in against,
            "N": value != first,
        }
        return tests[told["operator"]]

    def _write(self, verb: str, body: dict[str, Any]) -> Reply:
        data = body["data"]
        for switch in ("triggerApprovalFlow", "triggerWorkFlow"):
            if data.get(switch, body.get(switch)) is not False:
                self.started_flows += 1
        values = dict(data["object_data"])
        kind = values.pop("dataObjectApiName")
        unknown = [k for k in values if k not in FIELDS[kind]]
        if unknown:
            return self.no(320001405, f"字段 {unknown[0]} 不存在")
        bad = [k for k, v in values.items() if v is not None and not self._right(kind, k, v)]
        if bad or {values.get("_id"), values.get("name")} & self.refused:
            return self.no(320002500, f"数据校验不通过 {bad}")
        if verb == "update":
            number = values.pop("_id")
            if number not in self.objects[kind]:
                return self.no(320001404, "数据不存在")
            self.change(kind, number, values)
            return self.yes()
        return self.yes(dataId=self.add(kind, values, self.clock()))

    def _right(self, kind: str, name: str, value: Any) -> bool:
        told = FIELDS[kind][name]
        if told["type"] == "select_one":
            return value in [o["value"] for o in told["options"]]
        if told["type"] in ("date", "date_time"):
            return isinstance(value, int)
        return not (told["type"] == "true_or_false" and not isinstance(value, bool))


def _day(text: str) -> int:
    zone = dt.timezone(dt.timedelta(hours=8))
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)
