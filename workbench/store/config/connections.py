"""Systems outside: where they are, and what is written back to them. No secret stands here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, field_validator, model_validator

from workbench.store.config.parts import Name, Part

What = Literal["tiers", "nps", "clv", "segments", "outlook", "offers", "lists", "tasks"]
# what keys and tokens of the four systems look like, and long runs of letters and digits
LOOKS_SECRET = re.compile(
    r"(\bpat-[a-z0-9]+-|\b1000\.[0-9a-f]{16,}|^(?=\S*\d)(?=\S*[A-Za-z])[A-Za-z0-9_\-.~+/=]{24,}$)"
)
SECRET_NAMES = re.compile(r"token|password|secret$|_key$|^key$|client_id|app_id|permanent|refresh", re.IGNORECASE)


def looks_secret(text: str) -> bool:
    """Tell whether a text looks like a key or token rather than a name.

    Parameters
    ----------
    text
        A value of ``wave.yaml``.

    Examples
    --------
    >>> looks_secret("pat-na1-11111111-2222"), looks_secret("1000.0123456789abcdef0123.ff"), looks_secret("ZOHO")
    (True, True, False)
    >>> looks_secret("https://open-hwcloud.fxiaoke.com")
    False
    """
    return "://" not in text and bool(LOOKS_SECRET.search(text))


class ConnectionPlan(Part):
    """A system outside that customers are read from or results written to."""

    system: Name = Field(description="fxiaoke, zoho, hubspot or marketo.")
    secrets: str = Field(
        pattern="^[A-Z][A-Z0-9_]*$",
        description="Prefix of its secrets: with ZOHO they are the variables WORKBENCH_ZOHO_…, or in a keyring.",
    )
    url: str | None = Field(
        default=None, description="Address that all requests go to, in the place of the maker's own (a test server)."
    )
    data_centre: str | None = Field(default=None, description="Zoho: cn, com, eu, in, com.au, jp, ca or sa.")
    host: str | None = Field(
        default=None, description="纷享销客: host of the tenant's cloud, such as open-hwcloud.fxiaoke.com."
    )
    user: str | None = Field(default=None, description="纷享销客: id of the employee who acts, such as 1000.")
    account: str | None = Field(default=None, description="Marketo: the Munchkin id, such as 123-ABC-456.")
    calls_per_day: int | None = Field(default=None, ge=1, description="Calls the account has a day, where it is known.")

    @model_validator(mode="before")
    @classmethod
    def _no_secret(cls, content: Any) -> Any:
        # before all other checks, whose messages would show the value
        if not isinstance(content, dict):
            return content
        for key, value in content.items():
            named = key not in cls.model_fields and bool(SECRET_NAMES.search(str(key)))
            prefix = key == "secrets" and not re.fullmatch("[A-Z][A-Z0-9_]*", str(value))
            hidden = isinstance(value, str) and (
                looks_secret(value) or (key == "url" and "@" in urlsplit(value).netloc)
            )
            if named or prefix or hidden:
                raise ValueError(
                    f"{key}: nothing secret stands in wave.yaml; name a prefix (secrets: ZOHO) and set the variables "
                    "WORKBENCH_ZOHO_…, or put them into a keyring; a token that stood in a file must be made anew"
                )
        return content

    @field_validator("url")
    @classmethod
    def _an_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise ValueError("an address begins with http:// or https:// and a host, and has no '?'")
        if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("only a server on this machine is asked without encryption; write https://")
        return url.rstrip("/")

    def options(self) -> dict[str, str]:
        """Return what is particular about the account."""
        dumped = self.model_dump(exclude={"system", "secrets", "url"}, exclude_none=True)
        return {k: str(v) for k, v in dumped.items()}


class PushPlan(Part):
    """What is written to which fields of which records."""

    to: Name = Field(description="Connection.")
    kind: str | None = Field(default=None, description="Kind of record, such as Contacts; for tasks that of the task.")
    people: str | None = Field(default=None, description="Tasks and lists: kind of the records of people.")
    key: str = Field(description="Field of people's records that holds customer_id; its values are unique.")
    fields: dict[str, str] = Field(default={}, description="Our column: their field. For tasks: customer: their field.")
    only_changed: bool = Field(default=True, description="Leave out rows that were sent with the same values before.")
    create: bool = Field(default=True, description="Make records of customers who are not there, where it is safe.")
    do_not_contact: Literal["refuse", "write"] = Field(
        default="refuse", description="What happens to customers who are not to be contacted, here or there."
    )
    by: Literal["tier", "segment"] = Field(default="tier", description="Lists: what they are made by, one for each.")
    lists: dict[str, str] = Field(
        default={}, description="Tier or segment: id of its list, where there is one already."
    )
    campaign: str | None = Field(default=None, description="Marketo, tasks: id of the campaign to trigger.")
    due_days: int = Field(default=5, ge=0, description="Tasks: days from being planned to being due.")
    owners: dict[str, str] = Field(default={}, description="Tasks: our owner: id of their user.")

    @field_validator("campaign", mode="before")
    @classmethod
    def _id_as_text(cls, content: Any) -> Any:
        return str(content) if isinstance(content, int) else content

    @field_validator("lists", "owners", mode="before")
    @classmethod
    def _ids_as_text(cls, content: Any) -> Any:
        return {str(k): str(v) for k, v in content.items()} if isinstance(content, Mapping) else content


def _one_or_several(content: Any) -> Any:
    return content if isinstance(content, list) or content is None else [content]


Pushes = Annotated[list[PushPlan], BeforeValidator(_one_or_several, json_schema_input_type=PushPlan | list[PushPlan])]
