from __future__ import annotations

import pytest

from workbench.connect import Connection
from workbench.connect.protocol import Answer
from workbench.connect.zoho import Zoho

SECRETS = {"CLIENT_ID": "a", "CLIENT_SECRET": "b", "REFRESH_TOKEN": "c"}


@pytest.mark.parametrize(
    ("centre", "host"),
    [
        ("cn", "accounts.zoho.com.cn"),
        ("com.cn", "accounts.zoho.com.cn"),
        ("eu", "accounts.zoho.eu"),
        ("com.au", "accounts.zoho.com.au"),
        ("ca", "accounts.zohocloud.ca"),
        ("com", "accounts.zoho.com"),
    ],
)
def test_each_data_centre_has_its_own_server(centre, host):
    asked = Zoho.ask_token(Connection("crm", "zoho", "ZOHO", options={"data_centre": centre}), SECRETS)
    assert asked.url == f"https://{host}/oauth/v2/token" and asked.form["refresh_token"] == "c"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b'{"data": []}', "good"),
        (204, b"", "good"),
        (304, b"", "good"),
        (207, b'{"data": []}', "good"),
        (400, b'{"code": "INVALID_DATA"}', "good"),
        (401, b'{"code": "INVALID_TOKEN"}', "new_token"),
        (401, b'{"code": "AUTHENTICATION_FAILURE"}', "new_token"),
        (401, b'{"code": "OAUTH_SCOPE_MISMATCH"}', "stop"),
        (403, b'{"code": "NO_PERMISSION"}', "stop"),
        (429, b'{"code": "TOO_MANY_REQUESTS"}', "again"),
        (200, b'{"error": "invalid_code"}', "stop"),
        (400, b'{"error": "Access Denied", "error_description": "too many requests"}', "stop"),
        (503, b"", "again"),
    ],
)
def test_what_answers_mean(status, body, kind):
    assert Zoho.judge(Answer(status, {}, body)).kind == kind


def test_too_many_tokens_say_when_to_come_back():
    said = b'{"error": "Access Denied", "error_description": "You have made too many requests continuously."}'
    assert "ten minutes" in Zoho.judge(Answer(400, {}, said)).back.text("en")
