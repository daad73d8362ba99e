"""Whether a file carries a virus, as far as a scanner is configured; what becomes of it while the scanner is away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import structlog

from scheduler.clamd import Clamd, ScannerAwayError
from scheduler.slow_work import AgainError
from storage import files
from texts.message import Line, line, say

if TYPE_CHECKING:
    from scheduler.slow_work import Reporter
    from storage.files import FileStore
    from storage.units import Database
    from storage.work import Work

WhenAway = Literal["hold", "accept"]
"""While the scanner is away a file is held until it is back, or accepted and marked as not scanned."""
FIRST_WAIT, GROWS = 30, 3
"""Seconds before the scanner is asked again, and by what factor that grows: an hour in all."""
CLEAN, INFECTED, UNSCANNED = "clean", "infected", "unscanned"
log = structlog.get_logger()


class Scan:
    """Asks the scanner about stored files; `clamd` None: there is none, and every file passes without a mark."""

    def __init__(self, database: Database, store: FileStore, clamd: Clamd | None, when_away: WhenAway) -> None:
        self._database, self._store, self._clamd, self._when_away = database, store, clamd, when_away

    async def __call__(self, sha256: str, work: Work, report: Reporter) -> Line | None:
        """Why the file is refused; None: it may pass. AgainError: it is held."""
        if self._clamd is None:
            return None
        try:
            found = await self._clamd.scan(self._store.open(sha256))
        except ScannerAwayError as error:
            log.warning("virus scanner away", reason=str(error), when_away=self._when_away)
            await self._while_away(sha256, work, report, str(error))
            return None
        await self._database.run(files.scanned, sha256, INFECTED if found else CLEAN)
        if found:
            log.warning("infected file refused", sha256=sha256, found=found)
        return line("files.infected", found=found) if found else None

    async def _while_away(self, sha256: str, work: Work, report: Reporter, reason: str) -> None:
        if self._when_away == "accept":
            await self._database.run(files.scanned, sha256, UNSCANNED)
            return
        if work.attempts == 1:
            await report(say(line("files.scan_waits", name=work.params["name"])))
        raise AgainError(f"virus scanner away: {reason}", FIRST_WAIT * GROWS ** (work.attempts - 1))
