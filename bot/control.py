"""How a command reaches the database: through the process that has it open, over its Unix socket, or else by itself.

Only one process may have an SQLite file open: it holds a lock beside the file (`hold`) and listens on a socket that
only its own user may use. PostgreSQL looks after itself, so commands simply open it.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import socket
import stat
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from aiohttp import web

from bot.build import App, build
from bot.office import OPERATIONS, OfficeError
from storage.migrate import connect
from storage.units import StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.settings import Settings
    from storage.postgres import PostgresDatabase
    from storage.sqlite import SqliteDatabase

Payload = dict[str, Any]
Office = Callable[[str, Payload], Awaitable[Any]]
"""Carries an operation out by its name. Raises OfficeError, StorageUnavailableError."""
LONGEST_ADDRESS = 100
"""bytes of a Unix socket's path that every system takes"""
LARGEST = 16 * 1024 * 1024
TRIES, PAUSE = 20, 0.1
"""How often, and how many seconds apart, a command looks again while a process starts, ends or another command works."""
OK, UNKNOWN, REFUSED, FAILED, AWAY = 200, 404, 422, 500, 503
log = structlog.get_logger()


@contextlib.contextmanager
def hold(settings: Settings) -> Iterator[None]:
    """Be the one process that has the SQLite file open. Raises StorageUnavailableError while another one is.

    The lock ends with the process, however that ends; its file stays. On PostgreSQL there is nothing to hold.
    """
    if settings.sqlite_path is None:
        yield
        return
    path = settings.sqlite_path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{path}.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise StorageUnavailableError(f"process {lock.read().strip() or '?'} has {path} open") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def address_of(database: Path) -> Path:
    """Where the process that has this file open listens: beside it, or under a short name where that is too long."""
    beside = Path(f"{database.resolve()}.sock")
    if len(os.fsencode(beside)) <= LONGEST_ADDRESS:
        return beside
    name = hashlib.sha256(os.fsencode(beside)).hexdigest()[:24]
    return Path(tempfile.gettempdir(), f"thidua-{name}.sock")


class Control:
    """The running process's side: takes operations in over the socket. On PostgreSQL it does nothing.

    Start it after the database is held (`hold`) and before anything else may fail; stop it before the database closes.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._runner: web.AppRunner | None = None
        self._address: Path | None = None

    async def start(self) -> None:
        """Listen; what a dead process has left at the address is replaced."""
        if self._app.settings.sqlite_path is None:
            return
        self._address = address_of(self._app.settings.sqlite_path)
        listening = _listen(self._address)
        served = web.Application(client_max_size=LARGEST)
        served.router.add_post("/{operation}", self._carry_out)
        self._runner = web.AppRunner(served, handle_signals=False, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.SockSite(self._runner, listening).start()

    async def stop(self) -> None:
        """Stop listening; an operation in hand is carried out to its end if that takes no longer than a second."""
        if self._runner and self._address:
            self._address.unlink(missing_ok=True)
            await self._runner.cleanup()
            self._runner = None

    async def _carry_out(self, request: web.Request) -> web.Response:
        operation = OPERATIONS.get(request.match_info["operation"])
        if operation is None:
            return web.json_response({}, status=UNKNOWN)
        try:
            return web.json_response(await operation(self._app, await request.json()))
        except OfficeError as error:
            return web.json_response({"error": str(error)}, status=REFUSED)
        except StorageUnavailableError as error:
            return web.json_response({"error": str(error)}, status=AWAY)
        except Exception:
            log.exception("office_failed", operation=request.match_info["operation"])
            return web.json_response({}, status=FAILED)


@contextlib.asynccontextmanager
async def reach(settings: Settings) -> AsyncIterator[Office]:
    """Who carries operations out: the running process, else this one, which holds the database meanwhile.

    Raises StorageUnavailableError if neither can be.
    """
    async with contextlib.AsyncExitStack() as stack:
        for left in reversed(range(TRIES)):
            if await running(settings):
                assert settings.sqlite_path
                connector = aiohttp.UnixConnector(str(address_of(settings.sqlite_path)))
                yield partial(_send, await stack.enter_async_context(aiohttp.ClientSession(connector=connector)))
                return
            try:
                stack.enter_context(hold(settings))
                break
            except StorageUnavailableError:
                if not left:
                    raise
                await asyncio.sleep(PAUSE)
        app = await build(settings)
        stack.push_async_callback(_let_go, app)
        yield partial(_here, app)


async def carry_out(settings: Settings, operation: str, payload: Payload) -> Any:
    """One operation; raises OfficeError, StorageUnavailableError."""
    async with reach(settings) as office:
        return await office(operation, payload)


@contextlib.asynccontextmanager
async def bare(settings: Settings) -> AsyncIterator[SqliteDatabase | PostgresDatabase]:
    """The database as it is, not brought up to date, and held meanwhile. Raises StorageUnavailableError."""
    with hold(settings):
        database = await connect(settings.database_url)
        try:
            yield database
        finally:
            await database.close()


async def running(settings: Settings) -> bool:
    """Whether a process has the SQLite file open and listens (on PostgreSQL: False, nobody needs to ask)."""
    if settings.sqlite_path is None:
        return False
    address = address_of(settings.sqlite_path)
    try:
        _trust(address)
        _, writer = await asyncio.open_unix_connection(address)
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    except PermissionError as error:
        raise StorageUnavailableError(f"the running process is another user's: {error}") from None
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


async def _send(http: aiohttp.ClientSession, operation: str, payload: Payload) -> Any:
    """Have the running process carry it out, for as long as that takes."""
    try:
        forever = aiohttp.ClientTimeout(total=None)
        async with http.post(f"http://thidua/{operation}", json=payload, timeout=forever) as answer:
            body, status = await answer.json(), answer.status
    except aiohttp.ClientError as error:
        raise StorageUnavailableError(f"the running process went away meanwhile ({type(error).__name__})") from error
    if status == OK:
        return body
    if status == REFUSED:
        raise OfficeError(body["error"])
    why = {
        AWAY: body.get("error"),
        UNKNOWN: "the running process is of another version: restart it",
        FAILED: "the running process failed at it: its log says why",
    }
    raise StorageUnavailableError(why.get(status) or f"the running process answered {status}")


async def _here(app: App, operation: str, payload: Payload) -> Any:
    return await OPERATIONS[operation](app, payload)


async def _let_go(app: App) -> None:
    for channel in app.channels.values():
        await channel.stop()
    await app.database.close()


def _listen(address: Path) -> socket.socket:
    """A socket that only this user may connect to, from its first moment."""
    address.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        listening.bind(str(address))
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(before)
    return listening


def _trust(address: Path) -> None:
    """Where everybody may write, somebody else could stand in for the process. Raises PermissionError."""
    there = address.lstat()
    if not stat.S_ISSOCK(there.st_mode):
        raise PermissionError(f"{address} is no socket")
    if os.geteuid() not in {0, there.st_uid} and there.st_uid != 0:
        raise PermissionError(f"{address} belongs to another user")
