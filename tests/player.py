"""Plays a transcript against the running app on one messenger: whatever the bot says must stand in it, in order.

In a test: `await play(transcript, "web", url)`. From a shell, `python -m tests.player record FILE…` writes into the
files what the bot really says (on the web, and the terminal's text where a file has one), for a person to review the
difference; `python -m tests.player play FILE…` plays them on every messenger.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from datetime import datetime
from difflib import unified_diff
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.people import Role
from handlers.here import ZONE
from tests.app import rows
from tests.messengers import Shown
from tests.stage import MESSENGERS, stage
from tests.transcript import Block, FormatError, Step, Transcript, counted, filled, fits, read, written
from texts.compose import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.app import Running
    from tests.stage import Stage

CONVERSATIONS = Path(__file__).parent / "conversations"
START = "2023-04-24 08:00"
AGREED = "người thứ hai đồng ý khi gửi trên:"
_CLOCK = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
GIVEN = {"5000 ký tự": "Nguyễn Thị Hoa " * 333 + "Hoa A", "ô trống": "\N{BRAILLE PATTERN BLANK} " * 3,
         **{name: f"{{{name}}}" for name in ("người nhận", "đơn vị", "họ tên")}}  # fmt: skip
"""What nobody would write out in a transcript, by the {name} it has there; the blanks are no spaces to a computer. And what
stands in braces on people's screens: these names are what is read."""
_DIGEST = re.compile(r"\b[0-9a-f]{16,64}\b…?|\b[0-9a-f]{8}(?: [0-9a-f]{8}){7}\b")
_MOMENT = re.compile(r"\b(?!23:59)(\d\d):\d\d(?::\d\d)?(?= (?:ngày )?\d\d/\d\d/\d{4})")


class Play:
    """One transcript on one messenger."""

    def __init__(self, transcript: Transcript, on: Stage) -> None:
        self._transcript, self._on = transcript, on
        self._names: dict[str, str] = dict(GIVEN)
        self._screens: dict[str, list[Shown]] = {}
        self.told: list[tuple[Step, list[Shown]]] = []

    async def run(self, *, strict: bool = True) -> None:
        """Play it; `strict`: AssertionError where the bot says something else than the transcript."""
        speaker = ""
        for step in self._transcript.steps:
            speaker = step.who or speaker
            try:
                await self._do(step)
            except AssertionError as error:
                if strict:
                    raise
                sys.stdout.write(f"{self._transcript.name}:{step.line}: {error}\n")
                return
            heard = sorted(await self._on.heard(), key=_order(step, speaker))
            shown = _glued(heard, step)
            for one in shown:
                self._keep(one)
            self.told.append((step, shown))
            self._compare(step, shown, speaker, strict=strict)

    def _compare(self, step: Step, shown: list[Shown], speaker: str, *, strict: bool) -> None:
        good = [
            bool(block and one and fits(block, one, speaker, self._names, files=self._on.takes_files(one.seat)))
            for block, one in zip_longest(step.blocks, shown)
        ]
        if strict and not all(good):
            expected = [one for block in step.blocks for one in block.raw]
            said = [one for message in shown for one in written(message, speaker)]
            where = f"{self._transcript.name}:{step.line} on {self._on.main.name}: {step.raw[0]}"
            raise AssertionError(
                "\n".join([where, *unified_diff(expected, said, "transcript", "bot", lineterm="", n=9)])
            )

    async def _do(self, step: Step) -> None:
        messenger = self._on.at(step.who)
        match step.verb:
            case "--":
                await self._order(step)
            case "":
                for _ in range(step.times):
                    await messenger.say(step.who, filled(step.text, self._names))
            case "bấm" | "bấm cũ":
                shown, action = self._choice(step)
                await messenger.tap(step.who, shown, action)
            case "gửi":
                await self._send(step, messenger)
            case "sửa":
                await messenger.edit(step.who, step.text)
            case "trong nhóm":
                await messenger.in_group(step.who, step.text)

    async def _send(self, step: Step, messenger: Any) -> None:
        """One file or several at once; over a link for files, from a browser of their own."""
        what, _, link = step.text.partition(" qua ")
        async with self._on.together():
            for one in what.split(", "):
                if link:
                    await self._on.upload(filled(link, self._names), one)
                else:
                    await messenger.send(step.who, one)

    def _choice(self, step: Step) -> tuple[Shown, str]:
        """The choice of that label on the newest message with choices ("bấm cũ": on an older one)."""
        label = filled(step.text, self._names).removeprefix("[").removesuffix("]")
        screens = self._screens.get(step.who, [])
        screens = [one for one in screens if one.choices][-1:] if step.verb == "bấm" else screens[:-1]
        for shown in reversed(screens):
            for known, action in shown.choices:
                if known == label:
                    return shown, action
        raise AssertionError(f"there is no [{label}] to tap")

    def _keep(self, shown: Shown) -> None:
        """An edit takes the place of the message it edits."""
        screens = self._screens.setdefault(shown.seat, [])
        screens[:] = [one for one in screens if not shown.ref or one.ref != shown.ref]
        screens.append(shown)

    async def _order(self, step: Step) -> None:
        running, text = self._on.running, step.text
        if _CLOCK.fullmatch(text):
            if any(known.who for known in self._transcript.steps[: self._transcript.steps.index(step)]):
                await self._on.move_to(moment(text))
        elif text == "khởi động lại":
            await self._on.stop(for_good=False)
            await self._on.start()
        elif text == "chưa ngày nào được xác nhận":
            await self._on.unconfirm()
        elif text.startswith("người:"):
            who, _, what = text.removeprefix("người:").partition("=")
            name, role, unit = _person(what)
            await self._on.seat_member(who.strip(), name, role, await _unit(running, unit))
        elif text.startswith("mã mời"):
            name, _, what = text.removeprefix("mã mời").partition(":")
            name, _, invited = name.partition(" cho ")
            _, role, unit = _person(what)
            code = await running.invite(await _unit(running, unit), role.value, invited or None)
            self._names[name.strip().strip("{}")] = code
        elif text.endswith(("chặn bot", "bỏ chặn bot")):
            who = text.removesuffix("bỏ chặn bot").removesuffix("chặn bot").strip()
            await self._on.main.membership(who, "member" if text.endswith("bỏ chặn bot") else "kicked")
        elif not text.startswith(("chỉ:", AGREED)):
            raise FormatError(f"{self._transcript.name}:{step.line}: the player knows no order {text!r}")


def _order(step: Step, speaker: str) -> Callable[[Shown], tuple[int, str]]:
    """Between people there is no order: who has just spoken comes first here, the others as the transcript has them."""
    people = list(dict.fromkeys([speaker, *(block.to or speaker for block in step.blocks)]))
    places = {seat: place for place, seat in enumerate(people)}
    return lambda one: (places.get(one.seat, len(places)), one.seat)


def _glued(shown: list[Shown], step: Step) -> list[Shown]:
    """A text too long for one message of a messenger comes in several: they are read as the one they are."""
    out: list[Shown] = []
    for one in shown:
        block = step.blocks[len(out) - 1] if 0 < len(out) <= len(step.blocks) else None
        if out and block and _goes_on(out[-1], one, block):
            out[-1] = Shown(one.seat, "\n".join(block.text), one.choices, one.file or out[-1].file, one.ref)
        else:
            out.append(one)
    return out


def _goes_on(begun: Shown, one: Shown, block: Block) -> bool:
    whole = "".join("".join(block.text).split())
    so_far = "".join(f"{begun.text}{one.text}".split())
    return begun.seat == one.seat and not begun.choices and bool(one.text) and so_far == whole


def _person(what: str) -> tuple[str, Role, str]:
    """Name (may be empty), role and unit from "Nguyễn Thị Hoa, người đại diện của Công ty …"."""
    before, _, unit = what.strip().partition(" của ")
    name, _, role = before.rpartition(",")
    found = next((one for one in Role if catalogue()[f"role.{one}"]["vi"] == role.strip()), None)
    if found is None:
        raise FormatError(f"no role {role.strip()!r}")
    return name.strip(), found, unit.strip()


async def _unit(running: Running, name: str) -> str:
    found = await rows(running.app.database, "SELECT slug, name FROM units")
    slugs = [str(one["slug"]) for one in found if name in {one["slug"], one["name"]}]
    if len(slugs) != 1:
        raise FormatError(f"{len(slugs)} units are called {name!r}: {sorted(slugs)}; write the slug of one")
    return slugs[0]


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def begins(transcript: Transcript) -> datetime:
    """Where the clock starts: the first time named before anybody speaks."""
    for step in transcript.steps:
        if step.who:
            break
        if _CLOCK.fullmatch(step.text):
            return moment(step.text)
    return moment(START)


def messengers(transcript: Transcript) -> tuple[str, ...]:
    """Where a transcript is played: everywhere, unless it says "chỉ: …"."""
    only = [name.strip() for order in transcript.orders("chỉ") for name in order.split(",")]
    return tuple(only) or MESSENGERS


def load(path: Path) -> Transcript:
    return read(path.name, path.read_text(encoding="utf-8"))


async def play(transcript: Transcript, messenger: str, url: str, *, strict: bool = True) -> Play:
    """Play it; AssertionError with the difference where the bot says something else."""
    above = [int(number) for number in transcript.orders(AGREED.removesuffix(":"))]
    async with stage(url, messenger, begins(transcript), *above) as on:
        played = Play(transcript, on)
        await played.run(strict=strict)
        return played


async def recorded(transcript: Transcript) -> str:
    """The file with what the bot really says, as far as it can be played. A message that fits stays as it is written."""
    where = messengers(transcript)
    main = "web" if "web" in where else where[0]
    played = await _alone(transcript, main, strict=False)
    text_only = (await _alone(transcript, "terminal", strict=False)).told if "terminal" in where else []
    out = list(transcript.head)
    speaker = ""
    for number, step in enumerate(transcript.steps):
        if number >= len(played.told):
            out += [*step.raw, *counted([block.raw for block in step.blocks]), *step.after]
            continue
        shown = played.told[number][1]
        speaker = step.who or speaker
        there = text_only[number][1] if number < len(text_only) else []
        said = []
        for place, one in enumerate(shown):
            plain = there[place] if place < len(there) else None
            # somebody's second device is the terminal where their first is the web
            file, text = (plain, one) if plain and plain.file and not one.file else (one, plain)
            kept = _kept(step, place, file, text, speaker, played)
            said.append(kept or _masked(written(file, speaker, _instead(file, text))))
        out += [*step.raw, *counted(said), *step.after]
    return "\n".join(out) + "\n"


def _masked(lines: list[str]) -> list[str]:
    """What no two plays say alike, the minute and a salted digest, left open."""
    return [_MOMENT.sub(r"\1:…", _DIGEST.sub("…", one)) for one in lines]


def _kept(step: Step, place: int, shown: Shown, plain: Shown | None, speaker: str, played: Play) -> list[str] | None:
    block = step.blocks[place] if place < len(step.blocks) else None
    names = dict(played._names)
    if block is None or not fits(block, shown, speaker, names, files=True):
        return None
    if plain and not fits(block, plain, speaker, dict(GIVEN), files=False):
        return None
    return block.raw


def _instead(shown: Shown, plain: Shown | None) -> list[str]:
    if not shown.file or plain is None:
        return []
    text, whole = _masked([shown.text, plain.text])
    return whole.removeprefix(text).strip("\n").split("\n") if whole != text else []


async def _alone(transcript: Transcript, messenger: str, *, strict: bool = True) -> Play:
    with tempfile.TemporaryDirectory() as folder:
        return await play(transcript, messenger, f"sqlite:///{folder}/play.db", strict=strict)


def main(order: str, paths: list[str]) -> int:
    """The command line; 1 if something said does not fit."""
    good = True
    for path in [Path(one) for one in paths] or sorted(CONVERSATIONS.glob("*.chat")):
        transcript = load(path)
        try:
            if order == "record":
                path.write_text(asyncio.run(recorded(transcript)), encoding="utf-8")
                continue
            for messenger in messengers(transcript):
                asyncio.run(_alone(transcript, messenger))
        except AssertionError as error:
            good = False
            sys.stdout.write(f"{error}\n\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
