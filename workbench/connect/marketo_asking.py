"""How Marketo is asked: its address, its token, its pages of activities and of lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.connect.judging import Judged
from workbench.connect.marketo_shapes import codes_of, judged, why
from workbench.connect.protocol import Answer, Connection, Page, TokenRequest, as_text
from workbench.connect.system import System
from workbench.core.errors import ConfigError
from workbench.core.language import message

PAGE = 300


class MarketoAsking(System):
    """Asking Marketo, whatever for."""

    @staticmethod
    def judge(answer: Answer) -> Judged:
        """Say what an answer means."""
        return judged(answer)

    @staticmethod
    def base(connection: Connection) -> str:
        """Return the address of an account."""
        account = connection.options.get("account")
        if not connection.url and not account:
            raise ConfigError(
                "Marketo is asked at the address of an account.",
                found="no account",
                fix="Write its Munchkin id: connections: …: {account: 123-ABC-456}.",
                where=f"connections.{connection.name}",
            )
        return connection.url or f"https://{account}.mktorest.com"

    @staticmethod
    def ask_token(connection: Connection, secrets: Mapping[str, str]) -> TokenRequest:
        """Return how a token is asked for; what is asked goes along in the address, as Marketo wants it."""
        params = {"grant_type": "client_credentials", "client_id": secrets["CLIENT_ID"]}
        params["client_secret"] = secrets["CLIENT_SECRET"]
        return TokenRequest("GET", f"{MarketoAsking.base(connection)}/identity/oauth/token", params=params)

    def ask(self, method: str, path: str, **what: Any) -> Answer:
        """Send a request and return its answer, which may be a refusal."""
        return self.caller.call(method, f"{self.base(self.connection)}/rest/v1{path}", **what)

    def data(self, method: str, path: str, **what: Any) -> dict[str, Any]:
        """Return the body of an answer that must be a success; a search without hits is one."""
        answer = self.ask(method, path, **what)
        if not (answer.data or {}).get("success") and codes_of(answer) != {"702"}:
            raise self.caller.stopped(message("it refuses: {why}", why=why(answer)))
        return dict(answer.data)

    def flags_of(self, kind: str) -> tuple[str, ...]:
        """Return the fields of leads that forbid contact, for the members of a list, too."""
        del kind
        return self.flags["leads"]

    def one_row(self, kind: str, fields: Sequence[str]) -> bool:
        """Tell whether leads can be read and there is one, without an extract."""
        lead = ",".join(str(i) for i in (*range(1, 150), *range(1_000_001, 1_000_150)))
        told = self.data(
            "GET", "/leads.json", params={"filterType": "id", "filterValues": lead, "fields": ",".join(fields[:5])}
        )
        del kind
        return bool(told.get("result"))

    def activities(
        self, what: str, state: dict[str, Any], fields: Sequence[str] | None
    ) -> tuple[list[str], dict[str, Any]]:
        """Return the ids of a page of activities; one without any may still have others after it."""
        token = state["token"]
        if token is None:
            told = self.data("GET", "/activities/pagingtoken.json", params={"sinceDatetime": state["since"]})
            token = told["nextPageToken"]
        params = {"nextPageToken": token, "batchSize": str(PAGE)} | ({"fields": ",".join(fields)} if fields else {})
        told = self.data("GET", f"/activities/{what}.json", params=params)
        ids = list(dict.fromkeys(str(a["leadId"]) for a in told.get("result") or ()))
        return ids, {**state, "token": told["nextPageToken"]} if told.get("moreResult") else {}

    def members_of(self, target: str, fields: Sequence[str], cursor: dict[str, Any] | None) -> Iterator[Page]:
        """Yield the leads of a static list."""
        token = (cursor or {}).get("token")
        while True:
            params = {"fields": ",".join(fields), "batchSize": str(PAGE)} | ({"nextPageToken": token} if token else {})
            told = self.data("GET", f"/lists/{target}/leads.json", params=params)
            token = told.get("nextPageToken")
            rows = [{f: as_text(r.get(f)) for f in fields} for r in told.get("result") or ()]
            yield Page(tuple(rows), {"token": token} if token else None)
            if not token:
                return

    def members(self, target: str) -> set[str] | None:
        """Return the ids of those in a static list."""
        return {str(r["id"]) for page in self.members_of(target, ["id"], None) for r in page.rows}
