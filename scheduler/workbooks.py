"""Registrations by workbook, as slow work: made for a unit, checked when it comes back, registered on the person's word."""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import campaigns
from documents.registration_workbook import Form, carried
from domain.campaign import Asks
from domain.registration import TitleRegistration, as_data
from domain.title_rules import lacking
from domain.titles import Subject
from flows.identity import label_of, subject_of
from scheduler.bounded import ChildFailedError, TookTooLongError, TookTooMuchError, bounded
from scheduler.workbook_child import empty_form, read_back, with_numbers
from search.fold import fold
from storage import dossier_rows, imports, notices, title_rules
from storage.dossiers import New
from texts.message import from_json, line, say, to_json

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.campaign import Campaign
    from domain.title_rules import TitleRule
    from scheduler.outcomes import Clocks
    from scheduler.slow_work import Reporter
    from storage.files import FileStore
    from storage.imports import Import, People
    from storage.units import Database, Tx
    from storage.work import Work

MAKE, CHECK, REGISTER = "make_workbook", "check_workbook", "register_rows"
CHUNK = 20
"""Rows handed in in one transaction: others wait no longer than that, and a reply waits for three such in a row."""
BREATH = 0.005
"""Seconds that the event loop has for others after it has compared as many rows; a thread would take turns with it."""
TELL_EVERY = 1000
"""Rows after which it is told how far it has come."""
SECONDS, MEGABYTES = 120, 1024
"""What the child process may take for a workbook of the largest size."""
MOST = 20 * 1024 * 1024


def form_of(params: dict[str, Any], form: str) -> Form:
    """What a workbook is made for: `params` name campaign, unit and board, and the day whose law holds."""
    deadline = from_json(params["deadline"]).lines[0] if params["deadline"] else None
    titles = campaigns.titles().titles_on(date.fromisoformat(params["day"]))
    return Form(
        params["campaign"], params["campaign_name"], params["unit"], params["unit_name"], params["board_name"], deadline,
        titles, form,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Workbooks:
    """The three kinds of work; each comes to the same when done twice."""

    database: Database
    store: FileStore
    clocks: Clocks

    async def make(self, work: Work, report: Reporter) -> dict[str, Any]:
        """The workbook to be filled in. Params: `for` (see `form_of`), `language`. Result: `file`."""
        form = form_of(work.params["for"], f"{work.id:016x}")
        there = await self.database.read(imports.known, form.campaign, Asks.TITLE, form.unit)
        rows = [(one.row_key or f"d{one.number}", one.content, one.number) for one in there.known]
        content = await bounded(empty_form, form, rows, work.params["language"], seconds=SECONDS, megabytes=MEGABYTES)
        return {"file": await self._stored(content)}

    async def check(self, work: Work, report: Reporter) -> dict[str, Any]:
        """A workbook that came back. Params: `sha256`, `forms`, `language`. Result: `refused`; or `import`, `counts`, `copy`."""
        await report(say(line("import.checking")))
        forms = [form_of(one, "0" * 16) for one in work.params["forms"]]
        path = str(self.store.path(work.params["sha256"]))
        try:
            read = await bounded(read_back, path, forms, work.params["language"], seconds=SECONDS, megabytes=MEGABYTES)
        except (TookTooLongError, TookTooMuchError, ChildFailedError):
            return {"refused": to_json(say(line("documents.workbook.broken")))}
        if "refused" in read:
            return dict(read)
        which = work.params["forms"][read["form"]]
        rows, counts = await self._compared(which, forms[read["form"]], read["rows"])
        counts["wrong"] = read["wrong"]
        kept = await self.database.run(imports.put, work.id, work.member, which, rows, counts, self.clocks.business())
        copy = await self._stored(base64.b64decode(read["copy"])) if read["copy"] else None
        return {"import": kept, "counts": counts, "copy": copy}

    async def _compared(self, which: dict[str, Any], form: Form, read: list[Any]) -> tuple[list[Any], dict[str, Any]]:
        """The rows as they would be handed in, and what they would come to."""
        there = await self.database.read(imports.known, form.campaign, Asks.TITLE, form.unit)
        rules = [
            r for (board, _), r in (await self.database.read(title_rules.rules)).items() if board == which["board"]
        ]
        found = Compared(there, rules, form)
        for number, (key, content) in enumerate(read, 1):
            found.take(key, TitleRegistration.model_validate(content))
            if number % CHUNK == 0:
                await asyncio.sleep(BREATH)
        return found.rows, found.counts()

    async def register(self, work: Work, report: Reporter) -> dict[str, Any]:
        """Hand the good rows in, few a transaction. Params: `import`, `filed_at`, `late`. Result: `counts`, `file`."""
        found = await self.database.read(imports.get, work.params["import"])
        if found is None:
            return {"failed": "the import is gone"}
        done: list[dossier_rows.Done] = []
        plan = await self.database.read(notices.plan_of, found.form["campaign"])
        for start in range(0, len(found.rows), CHUNK):
            news = [_new(found, work, key, content) for key, content in found.rows[start : start + CHUNK]]
            done += await self.database.run(_filed, news, plan, self.clocks.business())
            if start and start % TELL_EVERY == 0:
                await report(say(line("import.progress", done=start, all=len(found.rows))))
        await self.database.run(imports.move, found.id, imports.REGISTERING, imports.DONE)
        return await self._told(found, done, work.params["language"])

    async def _told(self, found: Import, done: list[dossier_rows.Done], language: str) -> dict[str, Any]:
        words = {"new": "new", "changed": "updated", "same": "unchanged"}
        pairs = list(zip(found.rows, done, strict=True))
        kept = [((key, content, d.number), words[d.outcome]) for (key, content), d in pairs if d.outcome in words]
        form = form_of(found.form, f"{found.id:016x}")
        content = await bounded(with_numbers, form, kept, language, seconds=SECONDS, megabytes=MEGABYTES)
        conflicts = [f"{content['name']} ({d.number})" for (_, content), d in pairs if d.outcome not in words]
        counts = Counter(d.outcome.value for d in done)
        return {"counts": dict(counts), "conflicts": conflicts, "file": await self._stored(content)}

    async def _stored(self, content: bytes) -> str:
        async def once() -> AsyncIterator[bytes]:
            yield content

        return (await self.store.keep(once(), MOST)).sha256


class Compared:
    """Rows beside what is registered already: new, changed, the same, or against a rule of the board."""

    def __init__(self, there: People, rules: list[TitleRule], form: Form) -> None:
        self._there, self._rules, self._form = there, rules, form
        self._names = Counter(fold(one.content["name"]) for one in there.known)
        self.rows: list[tuple[str, dict[str, object]]] = []
        self._met: Counter[str] = Counter()
        self._namesakes: list[str] = []
        self._barred: list[str] = []
        self._touched: set[str] = set()

    def take(self, key: str, typed: TitleRegistration) -> None:
        """One good row."""
        known = self._there.of(key, subject_of(typed)) or self._numbered(key)
        was = TitleRegistration.model_validate(known.content) if known else None
        now = carried(was, typed, self._form.titles) if was else typed
        if lacking(self._rules, now):
            self._barred.append(now.name)
            return
        self.rows.append((key if known is None else known.row_key or key, as_data(now)))
        self._met["new" if was is None else "same" if was == now else "changed"] += 1
        if known is None and self._names[fold(now.name)]:
            self._namesakes.append(now.name)
        elif known:
            self._touched.add(known.number)

    def _numbered(self, key: str) -> Any:
        """A row that was given out for a dossier made in the chat carries its number as key."""
        return (
            next((one for one in self._there.known if f"d{one.number}" == key), None) if key.startswith("d") else None
        )

    def counts(self) -> dict[str, Any]:
        """How many of each; who is barred or has a namesake; the ratios as they would be."""
        return {
            **{what: self._met[what] for what in ("new", "changed", "same")},
            "namesakes": self._namesakes, "barred": self._barred, "ratios": self._ratios(),
        }  # fmt: skip

    def _ratios(self) -> list[dict[str, int | str]]:
        stays = [one.content for one in self._there.known if one.number not in self._touched]
        people = [c for c in (*stays, *(content for _, content in self.rows)) if c["subject"] == Subject.INDIVIDUAL]
        chosen = Counter(code for content in people for code in content["titles"])
        return [
            {"code": rule.code, "chosen": chosen[rule.code], "all": len(people), "ratio": rule.ratio}
            for rule in self._rules if rule.ratio is not None and chosen[rule.code] * 100 > rule.ratio * len(people)
        ]  # fmt: skip


async def _filed(tx: Tx, news: list[New], plan: Campaign | None, now: int) -> list[dossier_rows.Done]:
    """Hand them in; nobody is reminded of it any more."""
    done = await dossier_rows.file_many(tx, news, [secrets.token_hex(16) for _ in news])
    if plan:
        await notices.filed(tx, plan, Asks.TITLE, news[0].unit, "", news[0].filer, now)
    return done


def _new(found: Import, work: Work, key: str, content: dict[str, Any]) -> New:
    registration, form = TitleRegistration.model_validate(content), found.form
    return New(
        form["board"], form["campaign"], form["year"], Asks.TITLE, form["unit"], subject_of(registration),
        label_of(registration), content, work.member, work.params["filed_at"], work.params["late"], key,
    )  # fmt: skip
