"""How commands end: what goes as expected is printed, an expected failure is one line and an exit code."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn, TypeVar

import typer
from pydantic import ValidationError

from bot.office import OfficeError
from bot.settings import Settings
from storage.backup import BrokenBackupError, NotEmptyError
from storage.backup_postgres import NoProgramError
from storage.migrate import UnknownDatabaseError
from storage.units import StorageUnavailableError

T = TypeVar("T")
IN_PART, WRONG_USE, UNAVAILABLE = 1, 2, 3
EXITS = "\n\nExit codes: 0 done, 2 wrong use, 3 the database or the running process is not available."
"""Closes the help of every command that knows no others."""
_WRONG = (OfficeError, UnknownDatabaseError, BrokenBackupError, NotEmptyError, NoProgramError, OSError)


def add(app: typer.Typer, name: str, command: Callable[..., None], short: str, exits: str = EXITS) -> None:
    """Add a command to `app`: its docstring and exit codes are its help, `short` its line in the list."""
    app.command(name, help=f"{inspect.cleandoc(command.__doc__ or '')}{exits}", short_help=short)(command)


def carried(work: Coroutine[Any, Any, T]) -> T:
    """What the work comes to; expected failures end the command."""
    try:
        return asyncio.run(work)
    except StorageUnavailableError as error:
        fail(f"the database is not available: {error}", UNAVAILABLE)
    except _WRONG as error:
        fail(str(error), WRONG_USE)


def settings() -> Settings:
    """The settings; wrong ones end the command."""
    try:
        return Settings()
    except ValidationError as error:
        fail(f"settings: {reasons(error)}", WRONG_USE)


def reasons(error: ValidationError) -> str:
    """What is wrong with settings, on one line and without their values."""
    return "; ".join(f"{'.'.join(map(str, e['loc']))} {e['msg']}".strip() for e in error.errors())


def fail(why: str, code: int) -> NoReturn:
    """End the command with one line on standard error."""
    sys.stderr.write(f"thidua: {why}\n")
    raise SystemExit(code)
