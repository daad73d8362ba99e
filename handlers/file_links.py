"""Links to files of dossiers, for a browser: signed, short-lived, each for one person and one file.

What a link names is judged again when it is opened. It ends by business time, the clock that tells people until when it
holds and the only one that handlers have: in production that is the real time, and it never goes back, so no link lives
longer than it says.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

PATH = "/tep"
LASTS = 10 * 60 * 1_000_000
"""How long a link holds, in microseconds."""
_PURPOSE = "file:"
_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,200})[.]([0-9a-f]{64})")
_NAMED = re.compile(r"([0-9]{1,18})/([A-Z0-9-]{1,60})/([0-9]{1,9})/([0-9]{1,9})/([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class FileLink:
    """Whom it is for, which file (see `storage.dossier_files`), and when it ends, in microseconds since 1970."""

    member: int
    number: str
    version: int
    place: int
    ends_at: int


def token_of(link: FileLink, secret: str) -> str:
    """The link, signed with the installation's secret."""
    named = f"{link.member}/{link.number}/{link.version}/{link.place}/{link.ends_at}"
    packed = urlsafe_b64encode(named.encode()).decode().rstrip("=")
    return f"{packed}.{_mac(packed, secret)}"


def link_in(token: str, secret: str) -> FileLink | None:
    """The link that was signed; None: it is none of ours. Compared in constant time, before anything in it is read."""
    found = _TOKEN.fullmatch(token)
    if found is None or not hmac.compare_digest(found[2], _mac(found[1], secret)):
        return None
    named = _NAMED.fullmatch(urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)).decode("ascii", "replace"))
    return FileLink(int(named[1]), named[2], int(named[3]), int(named[4]), int(named[5])) if named else None


def _mac(packed: str, secret: str) -> str:
    return hmac.digest(secret.encode(), f"{_PURPOSE}{packed}".encode(), "sha256").hex()
