"""HubSpot's lists (segments, as it calls them now), and how HubSpot is asked at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.connect.hubspot_shapes import why
from workbench.connect.protocol import Answer, Connection, Order, Row, TokenRequest, Verdict
from workbench.connect.system import System
from workbench.core.language import message

VERSION = "2026-09"  # a version lives 18 months at least; the next ones come each March and September
HOST = "https://api.hubapi.com"
MEMBERS = 250


class HubSpotLists(System):
    """What HubSpot has of lists; only those that are filled by hand or by us take members."""

    @staticmethod
    def ask_token(connection: Connection, secrets: Mapping[str, str]) -> TokenRequest | None:
        """Return how an application asks for a token; a service key is one itself."""
        if "REFRESH_TOKEN" not in secrets:
            return None
        form = {n.lower(): secrets[n] for n in ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN")}
        url = f"{connection.url or HOST}/oauth/v1/token"
        return TokenRequest("POST", url, form={**form, "grant_type": "refresh_token"})

    def ask(self, method: str, path: str, **what: Any) -> Answer:
        """Send a request and return its answer, which may be a refusal."""
        return self.caller.call(method, f"{self.connection.url or HOST}{path}", **what)

    def data(self, method: str, path: str, **what: Any) -> dict[str, Any]:
        """Return the body of an answer that must be a success."""
        return self.success(self.ask(method, path, **what))

    def success(self, answer: Answer) -> dict[str, Any]:
        """Return the body of an answer, which must not be a refusal."""
        if answer.status >= 400:
            raise self.caller.stopped(message("it refuses ({status}): {why}", status=answer.status, why=why(answer)))
        return dict(answer.data or {})

    def changed_members(self, order: Order, rows: Sequence[Row]) -> list[Verdict]:
        """Add or remove members; ids that are in or out already are left as they are."""
        ids = [str(r.id) for r in rows]
        data = self.data("PUT", f"/crm/lists/{VERSION}/{order.target}/memberships/{order.action}", json=ids)
        lacking = {str(m) for k, v in data.items() if k.lower().endswith("missing") for m in v or ()}
        gone = message("the record is not there")
        done = "added" if order.action == "add" else "removed"
        return [Verdict(r.key, "refused", r.id, gone) if r.id in lacking else Verdict(r.key, done, r.id) for r in rows]  # type: ignore[arg-type]

    def members(self, target: str) -> set[str] | None:
        """Return the ids of those in a list; None where it cannot be read."""
        found: set[str] = set()
        after: str | None = None
        while True:
            params = {"limit": str(MEMBERS)} | ({"after": after} if after else {})
            answer = self.ask("GET", f"/crm/lists/{VERSION}/{target}/memberships", params=params)
            if answer.status >= 400:
                return None
            found |= {str(m["recordId"] if isinstance(m, dict) else m) for m in answer.data.get("results", [])}
            after = ((answer.data.get("paging") or {}).get("next") or {}).get("after")
            if not after:
                return found

    def find_list(self, name: str) -> str | None:
        """Return the id of the list of a name, None where there is none."""
        answer = self.ask("POST", f"/crm/lists/{VERSION}/search", json={"query": name, "count": 100})
        lists = (answer.data or {}).get("lists", []) if answer.status < 400 else []
        return next((str(x["listId"]) for x in lists if x.get("name") == name), None)

    def make_list(self, name: str) -> str | None:
        """Return the id of a new manual list."""
        body = {"name": name, "objectTypeId": "0-1", "processingType": "MANUAL"}
        data = self.data("POST", f"/crm/lists/{VERSION}", json=body, repeat=False)
        return str((data.get("list") or data)["listId"])
