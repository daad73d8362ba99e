"""The terminal as a messenger: lines in, text out, choices by number. The narrowest of all, and the developer's own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import threading
from typing import TYPE_CHECKING, TextIO

from channels.contract import Abilities, Arrived, Envelope, Kind, NotFetchedError, NotSent, Sent, UnreadableError
from channels.fitting import numbered, plain, worded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from starlette.routing import BaseRoute

    from channels.contract import Delivery, Intake, Outcome
    from texts.compose import Text

AGAIN = 1.0
"""seconds until a line that could not be stored is tried again"""
LOG = logging.getLogger(__name__)
_BOLD, _FAINT, _OFF = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""what a terminal would obey instead of show: a message may hold words of anybody"""


class TerminalChannel:
    """One person at one terminal. `new_id` names each line; `ended` is set once the input is at its end and stored."""

    name = "terminal"
    abilities = Abilities(buttons=False, edits=False, files_out=False, text_limit=None, link_payload=False)
    rate: float | None = None

    def __init__(
        self, *, user: str, source: TextIO, sink: TextIO, new_id: Callable[[], str], again: float = AGAIN
    ) -> None:
        self.address = f"local:{user}"
        self.ended = asyncio.Event()
        self._source = source
        self._sink = sink
        self._new_id = new_id
        self._again = again
        self._taking: asyncio.Task[None] | None = None

    async def start(self, intake: Intake) -> None:
        """Take lines in until the input ends or `stop`."""
        lines: asyncio.Queue[str] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        # a thread of its own that nobody waits for: a terminal's read cannot be called off
        threading.Thread(target=_read, args=(self._source, loop, lines), daemon=True).start()
        self._taking = asyncio.create_task(self._take(lines, intake))

    async def stop(self) -> None:
        """Take no more lines in."""
        if self._taking:
            self._taking.cancel()
            await asyncio.gather(self._taking, return_exceptions=True)

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """Nothing over HTTP."""
        return ()

    def link(self, code: str) -> str | None:
        """No link leads into a terminal."""
        return None

    def read(self, raw: str) -> Arrived:
        """Understand a stored line. Raises UnreadableError."""
        try:
            return Arrived(Kind.TEXT, text=str(json.loads(raw)["text"]))
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableError("not a line of the terminal") from error

    async def send(self, delivery: Delivery) -> Outcome:
        """Print the message, its choices numbered; a file by its name."""
        if delivery.address != self.address:
            return NotSent("nobody sits at that terminal now")
        choices = worded if delivery.unasked else numbered
        text = choices(delivery.text, delivery.buttons, delivery.language)
        shown = _styled(text) if self._sink.isatty() else _CONTROL.sub("", plain(text))
        if delivery.file:
            shown = f"[{_CONTROL.sub('', delivery.file.name)}]\n{shown}".rstrip()
        self._sink.write(f"{shown}\n\n")
        self._sink.flush()
        return Sent(ref=delivery.key)

    async def fetch(self, ref: str) -> AsyncIterator[bytes]:
        """Nobody can send a file here. Raises NotFetchedError."""
        raise NotFetchedError("a terminal takes no files", again=False)
        yield b""

    async def _take(self, lines: asyncio.Queue[str], intake: Intake) -> None:
        while line := await lines.get():
            if text := line.encode("utf-8", "replace").decode().strip():  # what was not UTF-8 is a "?" from here on
                raw = json.dumps({"text": text}, ensure_ascii=False)
                await self._store(Envelope(self.name, self._new_id(), self.address, None, raw), intake)
        self.ended.set()

    async def _store(self, envelope: Envelope, intake: Intake) -> None:
        """However long it takes: what was typed stands nowhere else."""
        while True:
            try:
                await intake(envelope)
            except Exception:  # whatever the storage raises, the line is still only here
                LOG.exception("a line could not be stored; trying again")
                await asyncio.sleep(self._again)
            else:
                return


def _styled(text: Text) -> str:
    marks = {"": "", "bold": _BOLD, "quote": _FAINT, "fold": _FAINT}
    return "".join(f"{marks[s.style]}{_CONTROL.sub('', s.text)}{_OFF if s.style else ''}" for s in text)


def _read(source: TextIO, loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str]) -> None:
    """Hand over every line as it is typed, and "" at the end."""
    with contextlib.suppress(RuntimeError):  # the loop is over: nobody takes lines any more
        for line in source:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, "")
