"""Links to files that went out to many: signed, for whoever has the message, as long as the file is kept.

What many have been sent is no secret between them; nobody can make a link to any other file.
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

SHARED = "shared"
"""The kind of attachment that goes to many."""
PICTURES = frozenset({"image/png", "image/jpeg"})
"""Kinds of file, by content, that every page can show."""
PATH = "/tep-thong-bao"
_PURPOSE = "shared file:"
_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,2000})[.]([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file by its content, what it is, and what it is called."""

    sha256: str
    media_type: str
    name: str


def token_of(file: SharedFile, secret: str) -> str:
    """The link, signed with the installation's secret."""
    said = json.dumps([file.sha256, file.media_type, file.name], ensure_ascii=False)
    packed = urlsafe_b64encode(said.encode()).decode().rstrip("=")
    return f"{packed}.{_mac(packed, secret)}"


def file_in(token: str, secret: str) -> SharedFile | None:
    """The file a link names; None: it is none of ours. Compared in constant time, before anything in it is read."""
    found = _TOKEN.fullmatch(token)
    if found is None or not hmac.compare_digest(found[2], _mac(found[1], secret)):
        return None
    return SharedFile(*json.loads(urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))))


def _mac(packed: str, secret: str) -> str:
    return hmac.digest(secret.encode(), f"{_PURPOSE}{packed}".encode(), "sha256").hex()
