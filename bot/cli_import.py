"""`thidua import`: a workbook of units and their delegates, judged here and stored by whoever has the database open."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from bot.cli_run import IN_PART, WRONG_USE, add, carried, fail, settings
from bot.control import Office, reach
from bot.office import OfficeError
from bot.office_import import parts, to_json
from bot.settings import Settings
from documents.invite_sheet import InviteCard, invite_sheet
from documents.units_columns import BOARD_NOTE
from documents.units_tree import UnitRow
from documents.units_workbook import Reading, Wrong, read, refused_copy, template
from documents.workbook import Refusal, open_book
from domain.people import Role, Unit, UnitKind
from handlers.here import ZONE
from texts.compose import Language, plain

_EXITS = """

Exit codes: 0 all rows are in, 1 some were refused, 2 nothing could be read, 3 database or process not available."""
_WORDS = {
    "new": "units new",
    "changed": "units changed",
    "unchanged": "units unchanged",
    "issued": "invites issued",
    "existing": "people invited before",
    "refused": "rows refused",
}


def add_commands(app: typer.Typer) -> None:
    """Add `import` to `thidua`."""
    add(app, "import", import_units, "units and invites from a workbook", _EXITS)


def import_units(
    workbook: Annotated[Path | None, typer.Argument(help="the filled workbook (.xlsx)")] = None,
    board: Annotated[str | None, typer.Option(help="slug of the board [default: the one the workbook names]")] = None,
    sheet: Annotated[Path | None, typer.Option(help="write the board's open invites here, to print (.html)")] = None,
    refused: Annotated[
        Path | None, typer.Option(help="where the copy with the reasons goes [default: NAME-refused.xlsx beside it]")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="judge and count, store nothing")] = False,
    empty: Annotated[
        Path | None, typer.Option("--template", help="write an empty workbook to fill in, and end")
    ] = None,
    english: Annotated[bool, typer.Option("--english", help="template, copy and sheet in English")] = False,
) -> None:
    """Load a board's units with an invite for each delegate from a workbook; the same workbook again changes nothing.

    Wrong rows stay out and come back, with their reasons, in a copy of the workbook; the others are stored.
    """
    language: Language = "en" if english else "vi"
    if empty is not None:
        return carried(_template(settings(), empty, board, language))
    if workbook is None:
        fail("name a workbook, or --template FILE for an empty one", WRONG_USE)
    copy = refused or workbook.with_name(f"{workbook.stem}-refused.xlsx")
    counts, wrong = carried(_import(settings(), workbook, board, sheet, language, dry=dry_run))
    for key, words in _WORDS.items():
        print(f"{counts[key]:>6} {words}{' (dry run: nothing stored)' if dry_run and key != 'refused' else ''}")
    if wrong:
        _send_back(workbook, wrong, copy, language)
        raise SystemExit(IN_PART)
    return None


async def _template(known: Settings, into: Path, board: str | None, language: Language) -> None:
    async with reach(known) as office:
        units = await _units(office)
    _write(into, template(_board(units, board), language))
    print(f"wrote {into}")


async def _import(
    known: Settings, workbook: Path, board: str | None, sheet: Path | None, language: Language, *, dry: bool
) -> tuple[Counter[str], tuple[Wrong, ...]]:
    content = _content(workbook)
    async with reach(known) as office:
        units = await _units(office)
        chosen = _board(units, board or _board_of(content))
        reading = _judged(content, units, chosen.slug)
        counts: Counter[str] = Counter(refused=len({wrong.row for wrong in reading.wrong}))
        for part in track(parts(reading.rows), "storing", console=_console(), disable=not sys.stderr.isatty()):
            counts.update(await _store(office, chosen.slug, part, dry=dry))
        cards = [_card(one) for one in await office("open_invites", {"board": chosen.slug})] if sheet else []
    if sheet:
        with _console().status(f"drawing {len(cards)} cards"):
            _write(sheet, invite_sheet(cards, chosen.name, language))
        print(f"wrote {sheet} with {len(cards)} open invites")
    return counts, reading.wrong


async def _store(office: Office, board: str, part: Sequence[UnitRow], *, dry: bool) -> dict[str, int]:
    counts: dict[str, int] = await office("take_units", {"board": board, "rows": to_json(part), "dry": dry})
    return counts


async def _units(office: Office) -> dict[str, tuple[Unit, str]]:
    """Every unit and the slug of its board."""
    rows: list[dict[str, Any]] = await office("units", {})
    boards = [row.pop("board") for row in rows]
    return {row["slug"]: (Unit.model_validate(row), board) for row, board in zip(rows, boards, strict=True)}


def _content(workbook: Path) -> bytes:
    try:
        return workbook.read_bytes()
    except OSError as error:
        raise OfficeError(f"{workbook} cannot be read: {error.strerror}") from None


def _board_of(content: bytes) -> str | None:
    book = open_book(content)
    return None if isinstance(book, Refusal) else book.notes.get(BOARD_NOTE)


def _board(units: dict[str, tuple[Unit, str]], slug: str | None) -> Unit:
    boards = {unit.slug: unit for unit, _ in units.values() if unit.kind is UnitKind.BOARD}
    if slug in boards:
        return boards[slug]
    if slug is None and len(boards) == 1:
        return next(iter(boards.values()))
    there = f"there are {', '.join(sorted(boards))}" if boards else "there is none yet: thidua seed loads them"
    raise OfficeError(f"no board is called {slug}; {there}" if slug else f"say --board; {there}")


def _judged(content: bytes, units: dict[str, tuple[Unit, str]], board: str) -> Reading:
    own = [unit for unit, of_board in units.values() if of_board == board]
    elsewhere = frozenset(unit.slug for unit, of_board in units.values() if of_board != board)
    reading = read(content, own, board, elsewhere)
    if isinstance(reading, Refusal):
        raise OfficeError(plain(reading.reason, "en"))
    return reading


def _send_back(workbook: Path, wrong: Sequence[Wrong], copy: Path, language: Language) -> None:
    made = refused_copy(workbook.read_bytes(), wrong, language)
    assert not isinstance(made, Refusal)
    try:
        _write(copy, made)
    except OfficeError as error:
        fail(str(error), WRONG_USE)
    print(f"wrote {copy}: correct the coloured rows there and import it")


def _write(into: Path, content: bytes) -> None:
    try:
        into.write_bytes(content)
    except OSError as error:
        raise OfficeError(f"{into} cannot be written: {error.strerror}") from None


def _card(one: dict[str, Any]) -> InviteCard:
    until = datetime.fromtimestamp(one["expires_at"] / 1_000_000, ZONE).date()
    return InviteCard(one["unit"], one["name"], Role(one["role"]), one["code"], tuple(one["links"].items()), until)


def _console() -> Console:
    """Progress goes where it does not mix with what is printed."""
    return Console(stderr=True)
