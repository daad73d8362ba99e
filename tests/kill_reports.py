"""Kill -9 at random instants while twenty units hand reports in, and look for what was lost, doubled or left lying.

`python -m tests.kill_reports --kills 100` prints the figures for both databases, by polling and by webhook;
tests/test_kill_reports.py runs the same. Each delegate hands in one report after the other: a new one, the same again,
another version. What was confirmed is laid beside the dossiers, the receipts that were shown, and the file store.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.build import build
from bot.seed import seed
from domain.people import Unit, UnitKind
from scheduler.check_files import AFTER, check_files
from storage import content, people
from tests.app import Phone, settings_for
from tests.delegates import Delegate
from tests.killing import Killing, arguments, places, tell
from tests.registering import WORKS, seated

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from bot.build import App

CHATS = range(1, 21)
BOARD, EVERY, REST = "kkt-hai-phong", 60, 10.0
"""whom all belong to; calls of the Bot API between two kills, at most; and seconds, for a machine that is slow"""
HOUR = 3600 * 1_000_000


@dataclass
class Figures:
    """What became of what was handed in; the lists have a line for each, and should be empty."""

    kills: int
    confirmed: int = 0
    interrupted: Counter[str] = field(default_factory=Counter)
    """what was under way when it was killed: updates, files being fetched, of these arriving, messages being sent"""
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    """receipts seen twice, or not at all, whose row does not say that it was in doubt"""
    in_doubt: int = 0
    unseen: int = 0
    """of these, receipts that nobody was shown: in flight at one kill, and again at another"""
    asked: int = 0
    """how often somebody waited for an answer in vain and asked"""
    removed: int = 0
    """what the clean-up took away, before it was looked for what it should have"""
    orphans: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


class Trial(Killing):
    """Twenty units, a delegate of each."""

    async def run(self, kills: int) -> Figures:
        """Hand in while it is killed so many times, end what was begun, and count."""
        figures, over = Figures(kills), asyncio.Event()
        await self._seat()
        async with self.telegram:
            delegates = [Delegate(self.telegram, chat) for chat in CHATS]
            await self.bot.start()
            try:
                working = [asyncio.create_task(one.work(over)) for one in delegates]
                for _ in range(kills):
                    await self.kill(EVERY, REST)
                    figures.interrupted += await self._under_way()
                    await self.start_again()
                over.set()
                ended = await asyncio.gather(*working, return_exceptions=True)
                figures.lost += [f"{one}" for one in ended if one is not None]
                await self.until_quiet()
            finally:
                if self.bot.is_up():
                    await self.bot.kill()
        await self._count(figures, delegates)
        return figures

    async def _app(self) -> App:
        """The bot's objects on its database and files, nothing started."""
        return await build(settings_for(self.url, WORKS, files_dir=self.folder / "var" / "files"), [Phone("telegram")])

    async def _seat(self) -> None:
        app = await self._app()
        now = app.clock.business()
        await seed(app.database, now, confirmed=True)
        await app.database.run(_seated, now)
        await app.database.close()

    async def _under_way(self) -> Counter[str]:
        (row,) = await self.look(
            "SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'waiting') AS waiting, "
            "(SELECT COUNT(*) FROM work WHERE state = 'running') AS fetching, "
            "(SELECT COUNT(*) FROM arriving) AS arriving, "
            "(SELECT COUNT(*) FROM outbox WHERE state = 'sending') AS sending"
        )
        return Counter(row)

    # counting

    async def _count(self, figures: Figures, delegates: list[Delegate]) -> None:
        figures.confirmed = sum(len(one.confirmed) for one in delegates)
        figures.asked = sum(one.asked for one in delegates)
        undone = await self.look("SELECT id, state FROM inbox WHERE state <> 'done'")
        figures.lost += [f"update {row['id']}: {row['state']}" for row in undone]
        there = await self.look(
            "SELECT a.address, d.number, d.subject, v.version, v.content, v.sha256 FROM dossier_versions v "
            "JOIN dossiers d ON d.id = v.dossier JOIN addresses a ON a.member = v.member ORDER BY v.dossier, v.version"
        )
        by_chat: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in there:
            by_chat[int(row["address"])].append(row)
        for one in delegates:
            self._count_versions(figures, one, by_chat[one.chat])
        await self._count_receipts(figures, there)
        await self._count_files(figures)

    def _count_versions(self, figures: Figures, delegate: Delegate, rows: list[dict[str, Any]]) -> None:
        """One dossier for each duty, one version for each report that is not the one before it."""
        wanted, found = defaultdict[int, list[str]](list), defaultdict[int, list[str]](list)
        for duty, sha in delegate.confirmed:
            if wanted[duty][-1:] != [sha]:
                wanted[duty].append(sha)
        for row in rows:
            files = json.loads(row["content"])["registration"]["files"]
            found[int(row["subject"].removeprefix("r"))].append("+".join(one["sha256"] for one in files))
        for duty in {*wanted, *found}:
            name, numbers = (
                f"chat {delegate.chat}, report {duty}",
                {r["number"] for r in rows if r["subject"] == f"r{duty}"},
            )
            figures.lost += [f"{name}: {sha[:8]} is not there" for sha in wanted[duty] if sha not in found[duty]]
            if len(numbers) > 1 or len(found[duty]) > len(wanted[duty]):
                figures.doubled.append(f"{name}: {sorted(numbers)}, {len(found[duty])} versions of {len(wanted[duty])}")
            elif found[duty] != wanted[duty]:
                figures.lost.append(f"{name}: not in the order in which they were handed in")

    async def _count_receipts(self, figures: Figures, versions: list[dict[str, Any]]) -> None:
        """Each version has one message with its receipt, and one more for each time it was handed in again."""
        rows = await self.look("SELECT body, state, repeats FROM outbox WHERE body LIKE '%dossier.receipt.hash%'")
        shown = Counter(part for one in self.telegram.sent for part in set(_hashes(one.text)))
        for version in versions:
            start = version["sha256"][:16]
            mine = [row for row in rows if start in row["body"]]
            doubtful = sum(bool(row["repeats"]) or row["state"] == "unknown" for row in mine)
            figures.in_doubt += doubtful
            name = f"{version['number']}, version {version['version']}"
            figures.unseen += not shown[start]
            if not mine or any(row["state"] not in {"sent", "unknown"} for row in mine):
                figures.lost.append(f"{name}: receipts {[row['state'] for row in mine]}, seen {shown[start]} times")
            elif abs(shown[start] - len(mine)) > doubtful:
                figures.unnamed.append(f"{name}: {len(mine)} receipts, seen {shown[start]} times")

    async def _count_files(self, figures: Figures) -> None:
        """A day later the clean-up has run: what lies there and what the rows say is one and the same."""
        app = await self._app()
        try:
            removed = await check_files(app.database, app.store, app.clock.machine() + AFTER + HOUR)
        finally:
            await app.database.close()
        figures.removed = removed["arrivals"] + removed["temporary"] + removed["unknown"]
        temporary, content = app.store.listed()
        lying = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in content}
        known = {row["sha256"] for row in await self.look("SELECT sha256 FROM files")}
        used = {row["sha256"] for row in await self.look("SELECT sha256 FROM file_uses")}
        arriving = [row["token"] for row in await self.look("SELECT token FROM arriving")]
        figures.orphans += [path.name for path in temporary] + sorted(lying.keys() - known) + arriving
        figures.orphans += [f"{sha}: stored, and no dossier names it" for sha in known - used]
        figures.missing += sorted((known | used) - lying.keys())
        figures.missing += [f"{name}: other content" for name, sha in lying.items() if name != sha]


async def _seated(tx: Any, now: int) -> None:
    for chat in CHATS:
        slug = f"dn-{chat}"
        await people.put_unit(
            tx, Unit(slug=slug, name=f"Công ty {chat}", kind=UnitKind.ENTERPRISE, parent=BOARD), BOARD
        )
        await seated(tx, "telegram", str(chat), f"Người {chat}", "delegate", slug, now)
    await content.changed(tx)


def _hashes(text: str) -> list[str]:
    """The beginnings of SHA-256 in a message."""
    return re.findall(r"[0-9a-f]{16}(?=…)", text)


async def trial(url: str, mode: str, folder: Path, kills: int, seed: int, *, real: bool) -> Figures:
    """One trial, from an empty database to the figures."""
    return await Trial(url, mode, folder, seed, real_leases=real).run(kills)


COLUMNS = ("kills", "handed in", "updates", "fetches", "arrivals", "sends", "lost", "doubled", "in doubt", "unseen", "asked", "unnamed",
           "removed", "orphans", "missing")  # fmt: skip
"""confirmed; of what the kills interrupted four; what came of it"""


def table(results: dict[str, Figures]) -> str:
    """The figures of several trials."""
    lines = [f"{'':<20}" + "".join(f"{one:>10}" for one in COLUMNS)]
    for name, one in results.items():
        cut = [one.interrupted[which] for which in ("waiting", "fetching", "arriving", "sending")]
        counts = (one.kills, one.confirmed, *cut, len(one.lost), len(one.doubled), one.in_doubt, one.unseen, one.asked, len(one.unnamed),
                  one.removed, len(one.orphans), len(one.missing))  # fmt: skip
        lines.append(f"{name:<20}" + "".join(f"{count:>10}" for count in counts))
    return "\n".join(lines)


async def _all(asked: argparse.Namespace) -> dict[str, Figures]:
    results = {}
    async for name, url, mode, folder in places(asked):
        results[name] = one = await trial(url, mode, folder, asked.kills, asked.seed, real=True)
        tell(f"{name}:", *one.lost, *one.doubled, *one.unnamed, *one.orphans, *one.missing, table({name: one}))
    return results


if __name__ == "__main__":
    tell(table(asyncio.run(_all(arguments(__doc__).parse_args()))))
