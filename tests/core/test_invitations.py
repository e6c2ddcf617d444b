import hashlib
import hmac
from base64 import b32encode

import pytest

from workbench.core.errors import InputError
from workbench.core.invitations import invitation_ids

KEY = "0123456789abcdef"


def test_ids_are_hmac_and_differ_between_waves():
    digest = hmac.new(KEY.encode(), b"q1|C001", hashlib.sha256).digest()
    assert invitation_ids(["C001"], wave="q1", key=KEY) == [b32encode(digest)[:16].decode().lower()]
    assert invitation_ids(["C001"], wave="q2", key=KEY) != invitation_ids(["C001"], wave="q1", key=KEY)


@pytest.mark.parametrize("arguments", [{"key": "short"}, {"wave": ""}, {"ids": ["a", "a"]}])
def test_bad_arguments(arguments):
    with pytest.raises(InputError):
        invitation_ids(**{"ids": ["a"], "wave": "q1", "key": KEY, **arguments})
