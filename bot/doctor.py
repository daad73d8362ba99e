"""What `thidua doctor` looks at. Each finding says what is so; what is wrong says what to do. No secret is shown."""

from __future__ import annotations

import asyncio
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bot.control import bare, carry_out, running
from bot.office_state import state
from bot.settings import Settings
from channels.telegram.channel import TelegramChannel
from scheduler.clamd import Clamd, ScannerAwayError
from storage.migrate import UnknownDatabaseError
from storage.units import StorageUnavailableError

WITHIN = 5.0
"""seconds that Telegram has to answer"""
STRONG, VARIED = 32, 10
"""a key that `openssl rand -hex 16` makes is that long, and holds that many different characters"""
GIGABYTE = 1024**3
SCARCE, TIGHT = 0.2, 1.0
"""gigabytes free: below the one nothing is safe, below the other it is time to look"""
LATE = 600
"""seconds after which what waits should long have been done"""
Grade = Literal["ok", "look", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    what: str
    grade: Grade
    says: str


async def examine(settings: Settings, year: int, now: int) -> list[Finding]:
    """Everything about an installation; `year` is the current one, `now` machine time in microseconds since 1970."""
    return [
        Finding("settings", "ok", f"valid, for {settings.env}"),
        _key(settings),
        _address(settings),
        *await _database(settings, year, now),
        await _telegram(settings),
        *([_room("disk", settings.sqlite_path.parent)] if settings.sqlite_path else []),
        _room("files", settings.files_dir),
        await _scanner(settings),
    ]


async def _scanner(settings: Settings) -> Finding:
    if not settings.clamd:
        return Finding(
            "virus scanner", "look", "none: files are checked for what they are, not for viruses (THIDUA_CLAMD)"
        )
    try:
        return Finding("virus scanner", "ok", await Clamd(settings.clamd).version())
    except ScannerAwayError as error:
        return Finding("virus scanner", "wrong", f"does not answer: {error}; files are now: {settings.clamd_away}")


def _key(settings: Settings) -> Finding:
    key = settings.secret_key.get_secret_value()
    if settings.env != "production":
        return Finding("secret key", "ok", f"of no importance in {settings.env}")
    if len(key) >= STRONG and len(set(key)) >= VARIED:
        return Finding("secret key", "ok", f"{len(key)} characters")
    return Finding("secret key", "wrong", f"easy to guess: make THIDUA_SECRET_KEY {STRONG} random characters or more")


def _address(settings: Settings) -> Finding:
    if settings.env != "production" or settings.base_url.startswith("https://"):
        return Finding("public address", "ok", settings.base_url)
    return Finding("public address", "wrong", f"{settings.base_url}: THIDUA_PUBLIC_URL should begin with https://")


async def _database(settings: Settings, year: int, now: int) -> list[Finding]:
    kind, path = settings.database_url.split(":", 1)[0], settings.sqlite_path
    try:
        if await running(settings):
            found, by = await carry_out(settings, "state", {}), "the running process has it open"
        elif path is not None and not path.exists():
            return [Finding("database", "wrong", f"{path} is not there yet: thidua seed makes it")]
        else:
            async with bare(settings) as database:
                found, by = await state(database, now), "reached"
    except (StorageUnavailableError, UnknownDatabaseError) as error:
        return [Finding("database", "wrong", f"{kind}: {error}")]
    if missing := found["pending"]:
        return [Finding("database", "wrong", f"{kind}: {len(missing)} migrations are missing: thidua migrate")]
    return [
        Finding("database", "ok", f"{kind}, {by}, migrated"),
        *_content(found, year),
        *_queues(found),
        *_jobs(found),
    ]


def _content(found: dict[str, Any], year: int) -> list[Finding]:
    sizes, missing = found["sizes"], [str(y) for y in (year, year + 1) if y not in found["years"]]
    said = f"{sizes['units']} units, {sizes['members']} people"
    days = f"{' and '.join(missing)} not confirmed: compare with the government's notice" if missing else "confirmed"
    dates = found["unconfirmed"]
    return [
        Finding("content", "ok" if sizes["units"] else "look", said if sizes["units"] else "none yet: thidua seed"),
        Finding("holidays", "look" if missing else "ok", days),
        Finding("due dates", "look" if dates else "ok", f"{dates} wait for an officer" if dates else "all confirmed"),
    ]


def _queues(found: dict[str, Any]) -> list[Finding]:
    findings = []
    for name, bad in (("inbox", ("parked", "unreadable")), ("outbox", ("unknown", "failed"))):
        stuck = [f"{found[name][one]} {one}" for one in bad if found[name].get(one)]
        waited = found["oldest"].get(name, 0)
        said = ", ".join([*stuck, *([f"the oldest has waited {waited} s"] if waited else [])]) or "nothing is stuck"
        findings.append(Finding(name, "look" if stuck or waited > LATE else "ok", said))
    return findings


def _jobs(found: dict[str, Any]) -> list[Finding]:
    """One line for all that go well; one for each that failed."""
    jobs = found["jobs"]
    failed = [
        Finding(f"job {one['name']}", "look", f"failed {one['ago']} s ago: {one['error']}")
        for one in jobs
        if one["error"]
    ]
    told = [
        f"{one['name']} {one['ago']} s ago in {one['took']:.2f} s{_counted(one['counts'])}"
        for one in jobs
        if not one["error"]
    ]
    return [*failed, Finding("jobs", "ok", "; ".join(told) or "none has run yet")]


def _counted(counts: dict[str, int]) -> str:
    said = ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in counts.items())
    return f" ({said})" if said else ""


async def _telegram(settings: Settings) -> Finding:
    token = settings.telegram_token.get_secret_value()
    if not token:
        return Finding("telegram", "ok", "not set up: the web chat alone")
    channel = TelegramChannel(token, api_url=settings.telegram_api_url, proxy=settings.telegram_proxy)
    try:
        (failed,) = await asyncio.gather(asyncio.wait_for(channel.introduce(), WITHIN), return_exceptions=True)
    finally:
        await channel.stop()
    if failed is None:
        return Finding("telegram", "ok", f"{(channel.link('') or '').partition('?')[0]}, {settings.telegram_mode}")
    why = f"no answer within {WITHIN:g} s" if isinstance(failed, TimeoutError) else str(failed).replace(token, "***")
    return Finding("telegram", "wrong", why)


def _room(what: str, folder: Path) -> Finding:
    """Whether a folder, or what it will be made in, can be written to and has room."""
    there = _there(folder.resolve())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        return Finding(what, "wrong", f"cannot write to {folder}")
    free = shutil.disk_usage(there).free / GIGABYTE
    grade: Grade = "wrong" if free < SCARCE else "look" if free < TIGHT else "ok"
    return Finding(what, grade, f"{folder}, {free:.1f} GB free")


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    return folder if folder.exists() else _there(folder.parent)
