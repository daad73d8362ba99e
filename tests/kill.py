"""Kill -9 at random instants while updates come in, and count what became of each update.

`python -m tests.kill --kills 50 --updates 600` prints the figures for both databases, by polling and by webhook;
tests/test_kill.py runs the same. A person's messages are distinct commands in a known order, each with one answer, so
what the chat shows can be laid beside what should be there: an answer that is missing, doubled or out of place is seen.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.killing import Killing, arguments, places, tell

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

COMMANDS = ("/menu", "/trogiup", "/ngonngu", "/lienket", "/khongco")
"""five commands, each answered by one message of its own, also to a visitor and with nothing loaded"""
CHATS = range(1, 21)
OUTSTANDING = 24
"""updates that may wait for their answers at once"""


@dataclass
class Figures:
    """What became of the updates; `in_doubt` has a line for each row that was repeated or given up on."""

    updates: int
    kills: int
    in_flight: set[str] = field(default_factory=set)
    """messages that were on the wire when the process was killed, by key"""
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    in_doubt: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    """answers seen twice, or not at all, whose row does not say that it was in doubt"""


class Trial(Killing):
    """Commands of several people, each with its answer."""

    def __init__(self, url: str, mode: str, folder: Path, seed: int, *, real_leases: bool) -> None:
        super().__init__(url, mode, folder, seed, real_leases=real_leases)
        self.said: defaultdict[int, list[str]] = defaultdict(list)
        self.answers: dict[str, str] = {}

    async def run(self, kills: int, updates: int) -> Figures:
        """Say so many updates, kill so many times in between, wait until all is quiet, and count."""
        figures = Figures(updates, kills)
        async with self.telegram:
            await self.bot.start()
            try:
                await self._learn_answers()
                for number in range(kills):
                    saying = asyncio.create_task(self._say_up_to(updates * (number + 1) // (kills + 1)))
                    await self.kill()
                    sending = await self.look("SELECT key FROM outbox WHERE state = 'sending'")
                    figures.in_flight |= {row["key"] for row in sending}
                    await self.start_again()
                    await saying
                await self._say_up_to(updates)
                await self.until_quiet()
            finally:
                if self.bot.is_up():
                    await self.bot.kill()
            await self._count(figures)
        return figures

    async def _learn_answers(self) -> None:
        for command in COMMANDS:
            before = len(self.telegram.texts(99))
            self.telegram.say(99, command)
            await self.telegram.until(lambda before=before: len(self.telegram.texts(99)) > before, 60)
            self.answers[command] = self.telegram.texts(99)[-1]
        assert len(set(self.answers.values())) == len(COMMANDS)

    async def _say_up_to(self, total: int) -> None:
        while (number := sum(map(len, self.said.values()))) < total:
            await self.telegram.until(lambda n=number: n - self._seen() < OUTSTANDING, 120)
            chat = self.random.choice(CHATS)
            command = COMMANDS[len(self.said[chat]) % len(COMMANDS)]
            self.said[chat].append(command)
            self.telegram.say(chat, command)

    def _seen(self) -> int:
        return sum(min(len(self.telegram.texts(chat)), len(self.said[chat])) for chat in CHATS)

    # counting

    async def _count(self, figures: Figures) -> None:
        rows = await self.look(
            "SELECT i.address, i.id, i.state AS taken, o.state, o.repeats, o.reason FROM inbox i "
            "LEFT JOIN outbox o ON o.key = 'reply:' || i.id || ':0' WHERE i.address <> '99' ORDER BY i.id",
        )
        by_chat: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            by_chat[int(row["address"])].append(row)
        for chat in CHATS:
            self._count_chat(figures, chat, by_chat[chat])

    def _count_chat(self, figures: Figures, chat: int, rows: list[dict[str, Any]]) -> None:
        expected = [self.answers[command] for command in self.said[chat]]
        figures.lost += [f"chat {chat}: update {n} has no row" for n in range(len(rows), len(expected))]
        shown, seen = [0] * len(expected), -1
        for text in self.telegram.texts(chat):
            ahead = next((n for n in range(max(seen, 0), len(expected)) if expected[n] == text), None)
            if ahead is None:
                figures.out_of_order.append(f"chat {chat}: after answer {seen}: {text[:40]}")
                continue
            seen = ahead
            shown[seen] += 1
        for number, row in enumerate(rows[: len(expected)]):
            self._judge(figures, f"chat {chat} answer {number}", row, shown[number])

    def _judge(self, figures: Figures, name: str, row: dict[str, Any], times: int) -> None:
        doubtful = bool(row["repeats"]) or row["state"] == "unknown"
        if doubtful:
            figures.in_doubt.append(f"{name}: {row['state']}, {row['reason'] or 'repeated once'}")
        if row["taken"] != "done" or row["state"] not in {"sent", "unknown"}:
            figures.lost.append(f"{name}: taken {row['taken']}, reply {row['state']}")
        if times > 1:
            figures.doubled.append(f"{name}: {times} times")
        if times != 1 and not doubtful:
            figures.unnamed.append(f"{name}: seen {times} times, reply {row['state']}")


async def trial(url: str, mode: str, folder: Path, kills: int, updates: int, seed: int, *, real: bool) -> Figures:
    return await Trial(url, mode, folder, seed, real_leases=real).run(kills, updates)


def table(results: dict[str, Figures]) -> str:
    lines = [
        f"{'':<24}{'updates':>8}{'kills':>7}{'in flight':>11}{'lost':>6}{'twice':>7}{'in doubt':>10}{'unnamed':>9}"
    ]
    for name, one in results.items():
        counts = (one.lost, one.doubled, one.in_doubt, one.unnamed)
        lost, twice, doubt, unnamed = map(len, counts)
        lines.append(
            f"{name:<24}{one.updates:>8}{one.kills:>7}{len(one.in_flight):>11}{lost:>6}{twice:>7}{doubt:>10}{unnamed:>9}"
        )
    return "\n".join(lines)


async def _all(asked: argparse.Namespace) -> dict[str, Figures]:
    results = {}
    async for name, url, mode, folder in places(asked):
        results[name] = one = await trial(url, mode, folder, asked.kills, asked.updates, asked.seed, real=True)
        tell(f"{name}:", *one.lost, *one.unnamed, *one.in_doubt)
    return results


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--updates", type=int, default=600)
    tell(table(asyncio.run(_all(parser.parse_args()))))


if __name__ == "__main__":
    main()
