"""HTTP to Telegram: python-telegram-bot's request over aiohttp, with errors named for what to do next.

Neither a log line nor an error holds the address of a call, for it carries the bot's token.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import aiohttp
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from telegram._utils.types import JSONDict, ODVInput

READ_SECONDS = 25.0
"""a shorter wait makes slow sends ambiguous"""
CONNECT_SECONDS = 10.0
UPLOAD_SECONDS = 120.0
DOWNLOAD_SECONDS = 600.0
"""20 MB over a poor line"""
DEFAULT_WAIT_SECONDS = 5.0
"""how long to wait after a 429 that does not say"""

REASONED = frozenset({400, 401, 403, 404, 409})
"""statuses with which the Bot API says what was wrong with a call; PTB has a name for each"""


class NotSentError(NetworkError):
    """The call was not carried out: no connection, or an answer (5xx, a redirect) that tells nothing of the message."""


class UnknownOutcomeError(NetworkError):
    """The call was made and no answer came: it may or may not have been carried out."""


class SlowDownError(TelegramError):
    """Telegram refuses calls of this bot for `seconds`.

    PTB's own RetryAfter warns of its future at every use, and knows no 429 without a time.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Too Many Requests: wait {seconds:g} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Parameters:
    """Bare parameters of a call where PTB would hand its RequestData (see `AiohttpRequest.call`)."""

    values: Mapping[str, Any]
    multipart_data: Mapping[str, tuple[str, bytes, str]]

    @property
    def contains_files(self) -> bool:
        """Whether it goes as a form."""
        return bool(self.multipart_data)

    @property
    def json_payload(self) -> bytes:
        """The parameters as one JSON object."""
        return json.dumps(self.values).encode()

    @property
    def json_parameters(self) -> dict[str, str]:
        """The parameters as fields of a form."""
        return {name: one if isinstance(one, str) else json.dumps(one) for name, one in self.values.items()}


class AiohttpRequest(BaseRequest):
    """One pool of connections to one Bot API, opened at the first call.

    Args:
        base: the address of the bot, `<api>/bot<token>`.
        proxy: address of an HTTP proxy; aiohttp speaks no SOCKS.
        read_seconds: how long to wait for an answer.

    """

    __slots__ = ("_base", "_proxy", "_read_seconds", "_session")

    def __init__(self, base: str, proxy: str | None = None, read_seconds: float = READ_SECONDS) -> None:
        if proxy and not proxy.startswith(("http://", "https://")):
            raise ValueError("the Telegram proxy must be an http:// or https:// address")
        self._base = base
        self._proxy = proxy
        self._read_seconds = read_seconds
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer."""
        return self._read_seconds

    async def initialize(self) -> None:
        """Nothing: the first call opens the pool."""

    async def shutdown(self) -> None:
        """Close all connections."""
        if self._session:
            await self._session.close()
            self._session = None

    async def call(
        self,
        method: str,
        values: Mapping[str, Any],
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        read_timeout: float | None = None,
    ) -> Any:
        """Make one call and give its bare result; errors are PTB's and the ones named here.

        The roads taken for every message go this way: `Bot.send_message` costs 300 to 450 µs of CPU (objects for the
        keyboard, the answer parsed into a Message) where this costs 20, and an answer that PTB could not parse must
        not turn a delivered message into an error.

        Args:
            method: the Bot API's method.
            values: its parameters, anything JSON.
            files: name, content and media type of each file, by parameter.
            read_timeout: seconds to wait for the answer, where it is not the usual.

        """
        data = cast("RequestData", Parameters(values, files or {}))
        try:
            return await self.post(f"{self._base}/{method}", data, read_timeout=read_timeout or self._read_seconds)
        except (AttributeError, KeyError, TypeError):
            raise UnknownOutcomeError("the answer is not one of the Bot API") from None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One exchange over HTTP; a status that means the same whatever the body says is raised here."""
        del write_timeout, connect_timeout, pool_timeout
        wait = read_timeout if isinstance(read_timeout, int | float) else self._read_seconds
        try:
            status, body = await self._exchange(url, method, request_data, wait)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            named = _named(error)
        else:
            if status == HTTPStatus.TOO_MANY_REQUESTS:
                raise SlowDownError(_wait(body))
            if status >= HTTPStatus.MULTIPLE_CHOICES and status not in REASONED:
                raise NotSentError(f"Telegram answered {status}")
            return status, body
        raise named

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """The answer as JSON. PTB's own would log all of what is not."""
        try:
            return cast("JSONDict", json.loads(payload))
        except (ValueError, RecursionError):
            raise UnknownOutcomeError("the answer is not JSON") from None

    def download(self, path: str) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Begin to get a file of the bot: `path` as getFile named it. Raises what aiohttp raises."""
        api, _, bot = self._base.rpartition("/bot")
        address = URL(f"{api}/file/bot{bot}/{quote(path)}", encoded=True)
        timeout = aiohttp.ClientTimeout(
            total=DOWNLOAD_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=self._read_seconds
        )
        return self._open().get(address, timeout=timeout, proxy=self._proxy, allow_redirects=False)

    async def _exchange(self, url: str, method: str, data: RequestData | None, wait: float) -> tuple[int, bytes]:
        timeout = aiohttp.ClientTimeout(
            total=CONNECT_SECONDS + UPLOAD_SECONDS + wait, sock_connect=CONNECT_SECONDS, sock_read=wait
        )
        body, headers = _body(data)
        async with self._open().request(
            method, url, data=body, headers=headers, timeout=timeout, proxy=self._proxy, allow_redirects=False
        ) as answer:
            return answer.status, await answer.read()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # no limit of its own: the outbox already bounds how many calls are in flight
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


def _body(data: RequestData | None) -> tuple[Any, dict[str, str]]:
    if data is None:
        return None, {}
    if not data.contains_files:
        return data.json_payload, {"Content-Type": "application/json"}
    # Telegram shows a file's name as it stands: no percent signs in it
    form = aiohttp.FormData(data.json_parameters, quote_fields=False)
    for name, (file_name, content, media_type) in (data.multipart_data or {}).items():
        # aiohttp warns of more than a megabyte in one piece
        stream = BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, stream, filename=file_name, content_type=media_type)
    return form, {}


def _named(error: Exception) -> NetworkError:
    """What an error of aiohttp means. Only its kind is told: its words may hold the address."""
    kind = type(error).__name__
    before = (
        aiohttp.ClientConnectorError,
        aiohttp.ConnectionTimeoutError,
        aiohttp.ClientHttpProxyError,
        aiohttp.InvalidURL,
        aiohttp.NonHttpUrlClientError,
    )
    if isinstance(error, before):
        return NotSentError(f"no connection to Telegram ({kind})")
    if isinstance(error, asyncio.TimeoutError):
        return UnknownOutcomeError(f"no answer from Telegram in time ({kind})")
    return UnknownOutcomeError(f"the connection broke before Telegram answered ({kind})")


def _wait(body: bytes) -> float:
    try:
        return float(json.loads(body)["parameters"]["retry_after"])
    except (KeyError, TypeError, ValueError):
        return DEFAULT_WAIT_SECONDS
