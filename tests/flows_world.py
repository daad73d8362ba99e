"""What registrations know of the world, and somebody who goes through one: every turn of theirs is looked at."""

from __future__ import annotations

import json
from datetime import date

from campaigns import titles
from domain.calendar import Calendar
from domain.title_rules import TitleRule
from flows import engine
from flows.catalogue import FLOWS
from flows.flow import Said
from flows.registering import called
from flows.session import Session, dump, load
from search.fold import fold
from texts.compose import LANGUAGES, compose, plain
from texts.message import line

ACTION_LIMIT = 64
"""Bytes that a button of the narrowest messenger carries."""
TODAY = date(2024, 4, 10)
ME = {"name": "Nguyễn Thị Hoa", "position": "Kế toán trưởng", "unit": "an-duong",
      "unit_name": "Công ty TNHH An Dương", "for_others": True}  # fmt: skip
OPENING = {
    "campaign": "kkt-2024", "campaign_name": "Phong trào thi đua năm 2024", "board_name": "BQL KKT Hải Phòng",
    "year": 2024, "deadline": line("flow.use_known", value="Hạn: 30/4/2024, còn 12 ngày làm việc."), "late": False,
    "first": date(2024, 1, 1), "last": date(2025, 12, 31),
}  # fmt: skip
BINH = {"number": "KKTHP-2024-DH-00001-X", "label": "Trần Văn Bình", "name": "Trần Văn Bình", "position": "Tổ trưởng",
        "staff_number": None, "state": "submitted"}  # fmt: skip
TEAM = {**BINH, "number": "KKTHP-2024-DH-00002-V", "label": "Tổ hàn 2", "name": "Tổ hàn 2", "position": None}
JIG = {**TEAM, "number": "KKTHP-2024-SK-00001-R", "label": "Cải tiến đồ gá hàn", "name": "Cải tiến đồ gá hàn"}
LATE = {"unit_name": ME["unit_name"], "title": line("flow.use_known", value="Báo cáo giai đoạn 1"),
        "campaign_name": "Phong trào thi đua năm 2024", "last_day": date(2024, 4, 30),
        "when": line("flow.use_known", value="trước ngày 01/5/2024")}  # fmt: skip
FACTS = {
    "me": ME, "opening": OPENING, "today": TODAY, "calendar": Calendar(), "titles": titles().titles_on(TODAY),
    "rules": {"CSTDCS": TitleRule("CSTDCS", 15)}, "alike": (BINH, TEAM, JIG),
    "counts": {"by_title": {"CSTDCS": 2}, "all": 19},
    "initiatives": ({"number": "KKTHP-2024-SK-00009-A", "name": "Bàn nâng khí nén", "used": 0},), "editing": {},
    "dossier": {"number": BINH["number"], "label": BINH["label"], "state": "submitted", "kind": "title"},
    "extension": {**LATE, "campaign": "kkt-2024", "duty": "r1", "unit": "an-duong"},
    "extension_request": {**LATE, "id": 7, "wished": date(2024, 5, 12)},
    "extendable": {
        "duties": tuple({**LATE, "key": f"k{n}", "campaign": "kkt-2024", "duty": f"r{n}", "actors": actors}
                        for n, actors in enumerate((("enterprise",), ("room", "enterprise")))),
        "units": tuple({"key": f"u{n}", "slug": f"unit-{n}", "name": f"Đơn vị {n}", "actors": (actor,)}
                       for n, actor in enumerate(("enterprise", "room") * 6)),
    },
    "campaigns": ({"slug": "kkt-2024", "name": "Phong trào thi đua năm 2024"}, {"slug": "kkt-2023", "name": "Năm 2023"}),
}  # fmt: skip


def known(facts, answers):
    """The facts as they are loaded: namesakes only of the name that has been given."""
    wanted = fold(called(answers))
    return {**facts, "alike": tuple(one for one in facts["alike"] if fold(one["name"]) == wanted)}


def lost(flow, before, after):
    """The answers that a turn may not touch, and that are gone or another after it. Both are an open flow of one version.

    It may touch the answer that was wanted, and what the step of that one declares to rest on it.
    """
    wanted = next((step for step in flow.steps if step.name == before.step), None)
    changed = wanted and before.answers.get(wanted.name) != after.answers.get(wanted.name)
    spared = {before.step, *(wanted.resets if wanted and changed else ())}
    missing = object()
    return {k for k, v in before.answers.items() if k not in spared and after.answers.get(k, missing) != v}


def file(number, **changes):
    """A file on its way; with `sha256` and `media_type` it has arrived."""
    return {"id": f"m{number}", "name": f"bao-cao-{number}.pdf", "size": 20_000 + number, **changes}


def stored(number):
    return file(number, sha256=f"{number:064x}", media_type="application/pdf")


class Talk:
    """A person in one flow, as on a messenger with buttons and as on one without."""

    def __init__(self, flow, facts=None, answers=None):
        self.flow, self.facts = FLOWS[flow], {**FACTS, **(facts or {})}
        self.says, self.reviewed = (), None
        self.take(engine.begin(self.flow, Session(), known(self.facts, answers or {}), {}, answers))

    def take(self, turn):
        """Every turn is words of both languages, buttons that fit, a session that survives JSON, one command at most."""
        if turn.look_up:
            turn = engine.go_on(self.flow, turn.session, known(self.facts, turn.session.flow.answers))
        assert bool(turn.says) + (turn.command is not None) + (turn.asks_elsewhere is not None) == 1
        for message in turn.says:
            for language in LANGUAGES:
                assert compose(message.lines, language)
                assert all(plain(choice.label, language).strip() for choice in message.choices)
            assert all(len(choice.action.encode()) <= ACTION_LIMIT for choice in message.choices)
        self.session = load(json.loads(json.dumps(dump(turn.session))))
        assert self.session == turn.session
        self.turn, self.says = turn, turn.says or self.says

    def resume(self, said):
        facts = known(self.facts, self.opened.answers)
        self.take(engine.resume(self.flow, self.session, said, facts))
        return self

    def says_(self, *texts):
        for text in texts:
            self.resume(Said(text))
        return self

    def taps(self, *labels):
        """The button with each of these labels."""
        for label in labels:
            choice = next(c for c in self.session.menu if label in plain(c.label, "vi"))
            self.resume(engine.tapped(self.session, choice.action))
        return self

    def sends(self, *files):
        for one in files:
            self.resume(Said(file=one))
        return self

    def does(self, value):
        return self.resume(Said(value=value))

    @property
    def opened(self):
        return self.session.flow

    @property
    def step(self):
        return self.opened.step

    @property
    def command(self):
        return self.turn.command

    def read(self, language="vi"):
        return "\n".join(plain(one, language) for message in self.says for one in message.lines)

    def labels(self):
        return [plain(choice.label, "vi") for choice in self.session.menu]
