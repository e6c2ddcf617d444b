"""How Zoho is asked: hosts of its data centres, tokens, and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.connect.judging import GOOD, NEW_TOKEN, Judged, again, broken, stop
from workbench.connect.protocol import Answer, Connection, TokenRequest
from workbench.connect.system import System
from workbench.connect.zoho_shapes import why
from workbench.core.language import message

ACCOUNTS = {"cn": "accounts.zoho.com.cn", "au": "accounts.zoho.com.au", "ca": "accounts.zohocloud.ca"}
HOSTS = {"cn": "www.zohoapis.com.cn", "au": "www.zohoapis.com.au", "ca": "www.zohoapis.ca"}
TOMORROW = message("Its credits come back over 24 hours; give the command again tomorrow.")
TEN_MINUTES = message("It gives ten tokens in ten minutes; wait that long, then give the command again.")


class ZohoAsking(System):
    """Asking Zoho, whatever for."""

    @staticmethod
    def ask_token(connection: Connection, secrets: Mapping[str, str]) -> TokenRequest:
        """Return how a token is asked for: with the refresh token, at the accounts server of the data centre."""
        centre = connection.options.get("data_centre", "com").removeprefix("com.")
        base = connection.url or f"https://{ACCOUNTS.get(centre, f'accounts.zoho.{centre}')}"
        form = {k.lower(): secrets[k] for k in ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN")}
        return TokenRequest(
            "POST", f"{base}/oauth/v2/token", form={**form, "grant_type": "refresh_token"}, kept=("api_domain",)
        )

    @staticmethod
    def headers(token: Mapping[str, Any], connection: Connection) -> dict[str, str]:
        """Return the header that carries the token; it is not called Bearer here."""
        del connection
        return {"authorization": f"Zoho-oauthtoken {token['token']}"}

    @staticmethod
    def judge(answer: Answer) -> Judged:
        """Say what an answer means; Zoho goes by status and code, and one code stands for two limits."""
        told = answer.data if isinstance(answer.data, dict) else {}
        if answer.status == 429:
            return again(message("too many calls"), untouched=True, patient=True, patience=8, back=TOMORROW)
        if "error" in told and "access_token" not in told:
            said = f"{told['error']} {told.get('error_description', '')}".strip()
            blocked = "denied" in said.lower() or "too many" in said.lower()
            return stop(message("it gives no token: {why}", why=said), TEN_MINUTES if blocked else None)
        if answer.status == 401 and told.get("code") != "OAUTH_SCOPE_MISMATCH":
            return NEW_TOKEN
        if (trouble := broken(answer)) is not None:
            return trouble
        if answer.status in (401, 403):
            return stop(message("it does not allow this: {why}", why=why(answer)))
        return GOOD

    def ask(self, method: str, path: str, **what: Any) -> Answer:
        """Send a request and return its answer, which may be a refusal."""
        token = self.caller.token
        centre = self.connection.options.get("data_centre", "com").removeprefix("com.")
        own = self.connection.url or token.get("api_domain") or f"https://{HOSTS.get(centre, f'www.zohoapis.{centre}')}"
        return self.caller.call(method, f"{own}/crm/v8{path}", **what)

    def data(self, method: str, path: str, **what: Any) -> dict[str, Any]:
        """Return the body of an answer that must be a success; empty where there is nothing."""
        return self.success(self.ask(method, path, **what))

    def success(self, answer: Answer) -> dict[str, Any]:
        """Return the body of an answer, which must not be a refusal."""
        if answer.status >= 400:
            raise self.caller.stopped(message("it refuses ({status}): {why}", status=answer.status, why=why(answer)))
        return dict(answer.data or {})
