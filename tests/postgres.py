"""A PostgreSQL for tests: the one of TEST_DATABASE_URL, or a cluster of our own in a temporary folder.

Our own listens on a Unix socket in a private folder and nowhere else. A shell stands beside it and reads a pipe that
this process holds: however this process ends, the pipe closes, and the shell stops the server and removes the folder.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from storage.migrate import open_database
from tests.machine import full_size

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

MISSING = "no PostgreSQL: install it, or set TEST_DATABASE_URL"

_KEEPER = """
"$1/initdb" --pgdata "$2/data" --username thidua --auth trust --encoding UTF8 --locale C --no-sync >"$2/log" 2>&1 &&
"$1/pg_ctl" --pgdata "$2/data" --log "$2/log" --wait --options "$3" start >>"$2/log" 2>&1 &&
echo ready || tail -n 20 "$2/log"
read -r _
"$1/pg_ctl" --pgdata "$2/data" --mode immediate --wait stop >>"$2/log" 2>&1
rm -rf "$2"
"""


@contextmanager
def server() -> Iterator[str | None]:
    """The address of a PostgreSQL where databases may be made, for as long as the block runs; None: there is none."""
    given, programs = os.environ.get("TEST_DATABASE_URL"), _programs()
    if given or not programs:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="thidua-pg-", dir=_short_tmp()))
    keeper = _start(programs, folder)
    try:
        yield f"postgresql://thidua@/postgres?host={folder}"
    finally:
        keeper.communicate()


@asynccontextmanager
async def fresh_database(server_url: str, *, migrated: bool = False) -> AsyncIterator[str]:
    """The address of a new database on that server, empty or with our tables; gone after the block, in use or not.

    On a server of our own one with tables is emptied and used again: making it, and even copying it, takes longer than
    most tests do. On a given one nothing is left behind, so tables are left to whoever opens the database.
    """
    again = migrated and "TEST_DATABASE_URL" not in os.environ
    idle = _IDLE.setdefault(server_url, [])
    name = idle.pop() if again and idle else await _made(server_url, with_tables=again)
    try:
        yield _at(server_url, name)
    finally:
        if again and await _emptied(_at(server_url, name)):
            idle.append(name)
        else:
            async with _connected(server_url) as server:
                await server.execute(f"DROP DATABASE {name} WITH (FORCE)")


_IDLE: dict[str, list[str]] = {}
"""Databases with our tables and nothing in them, by server."""
_LARGE = 40 * 1024 * 1024
"""Bytes of a database that is rather made anew: where many rows were, every look at a table passes over their places."""
_KEPT = "migrations"
_COLUMNS = "SELECT SUM(relnatts) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_columns: dict[str, int] = {}
"""How many columns there are where no test has changed them, by the database's address."""


async def _made(server_url: str, *, with_tables: bool) -> str:
    name = f"thidua_{uuid.uuid4().hex}"
    async with _connected(server_url) as server:
        await server.execute(f"CREATE DATABASE {name}")
    if with_tables:
        url = _at(server_url, name)
        await (await open_database(url)).close()
        async with _connected(url) as inside:
            _columns[url] = await inside.fetchval(_COLUMNS)
    return name


async def _emptied(url: str) -> bool:
    """Take everything out of a database, whoever is still in it; False: it is large, or no longer as it was made."""
    async with _connected(url) as inside:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        await inside.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
        size = await inside.fetchval("SELECT pg_database_size(current_database())")
        if size > _LARGE or await inside.fetchval(_COLUMNS) != _columns[url]:
            return False
        tables = [row[0] for row in await inside.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        emptied = "".join(f"DELETE FROM {one};" for one in tables if one != _KEPT)
        await inside.execute(f"SET session_replication_role = replica; {emptied}")
        await inside.execute("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'")
    return True


def _at(server_url: str, name: str) -> str:
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def _programs() -> Path | None:
    """The folder of initdb and pg_ctl: on PATH, else where Debian keeps them, the newest version first."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((p.parent for p in installed), key=lambda p: float(p.parent.name), default=None)


def _short_tmp() -> str | None:
    """A Unix socket's path may hold about 100 characters, and some machines have long names for temporary folders."""
    return "/tmp" if Path("/tmp").is_dir() else None


def _start(programs: Path, folder: Path) -> subprocess.Popen[str]:
    sync = full_size("off", "on")
    options = f"-k {folder} -c listen_addresses='' -c fsync={sync} -c full_page_writes={sync} -c max_connections=200"
    user = _unprivileged()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", _KEEPER, "keeper", str(programs), str(folder), options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        start_new_session=True,  # Ctrl-C is ours to handle: the server must outlive the tests' own clean-up
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )
    assert keeper.stdout
    if (said := keeper.stdout.readline()) != "ready\n":
        raise RuntimeError(f"PostgreSQL did not start:\n{said}{keeper.communicate()[0]}")
    return keeper


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom to run the server as where we are root, whom initdb refuses; None: as ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]
