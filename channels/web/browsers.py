"""Who is at the other end: a browser is known by a signed cookie, and its requests by a token made from it.

The address is the random id itself. Nothing is kept on the server: the signature says that we handed the id out.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import HTTPConnection
    from starlette.responses import Response

PROOF_HEADER = "X-CSRF-Token"
COOKIE_DAYS = 400
"""Browsers keep no cookie longer (RFC 6265bis); every visit to the page renews it."""
_ADDRESS = re.compile(r"[A-Za-z0-9_-]{16,64}")


class Browsers:
    """Hands out addresses and recognises them. `new_id` gives at least 128 random bits as A-Z a-z 0-9 _ -."""

    def __init__(self, secret_key: str, new_id: Callable[[], str], *, secure: bool) -> None:
        if not secret_key:
            raise ValueError("the web chat signs its cookies: it needs a secret key")
        self._key = secret_key.encode()
        self._new_id = new_id
        self._secure = secure
        self.cookie = "__Host-thidua" if secure else "thidua"
        """with the prefix browsers let no neighbouring host set it; they want https for that"""

    def new(self) -> str:
        """The address of a browser never seen before."""
        return self._new_id()

    def address(self, request: HTTPConnection) -> str | None:
        """Whose cookie this is; None without one, or with one we did not sign."""
        address, _, mac = request.cookies.get(self.cookie, "").partition(".")
        if not _ADDRESS.fullmatch(address) or not _same(mac, self._mac("cookie", address)):
            return None
        return address

    def trusted(self, request: HTTPConnection) -> str | None:
        """The address, if the request also carries the token that only our own page knows."""
        address = self.address(request)
        return address if address and self.is_token(address, request.headers.get(PROOF_HEADER, "")) else None

    def token(self, address: str) -> str:
        """What the page of this address must send with everything that changes something."""
        return self._mac("csrf", address)

    def is_token(self, address: str, given: str) -> bool:
        """Whether that is the token of this address."""
        return _same(given, self.token(address))

    def tag(self, address: str) -> str:
        """A name under which the page may keep things in the browser: tells chats apart, gives nothing away."""
        return self._mac("tag", address)[:16]

    def remember(self, response: Response, address: str) -> None:
        """Let the browser keep this address."""
        response.set_cookie(
            self.cookie,
            f"{address}.{self._mac('cookie', address)}",
            max_age=COOKIE_DAYS * 24 * 3600,
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def _mac(self, purpose: str, address: str) -> str:
        return hmac.digest(self._key, f"{purpose}:{address}".encode(), "sha256").hex()


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())
