"""Two delegates of a unit register one work through the whole app, in any order of events: one dossier, nothing lost."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.catalogue import FLOWS
from tests.app import Phone, running_app
from tests.machine import full_size
from tests.registering import WORK, WORKS, dossiers, seat, versions

STEPS = dict(zip(("sort", "name", "what", "target", "finish_by", "responsible"), WORK, strict=True))
STEPS |= {"alike": "1", "review": "1"}
EVENTS = st.one_of(
    *[st.just(("answers",))] * 4,
    st.tuples(st.just("says"), st.sampled_from(["hạn nộp là khi nào?", "quay lại", "lưu", "/hoso", "menu", "0", "2", "🙂", ""])),
    st.tuples(st.just("taps"), st.integers(0, 9)),
    st.tuples(st.just("taps_old"), st.integers(0, 99)),
    st.just(("again",)),
    st.just(("restarts",)),
    st.just(("form",)),
)  # fmt: skip
PLANS = st.lists(st.tuples(st.sampled_from("aab"), EVENTS), min_size=10, max_size=full_size(20, 45))


class Office:
    """The app, started anew whenever the plan says so, and what each person has in hand."""

    def __init__(self, url):
        self.url, self.phone, self.number = url, Phone(), 0
        self.last = {}
        self.seen = {"a": [], "b": []}

    async def plays(self, plan):
        while plan:
            async with running_app(self.url, [self.phone], start=WORKS) as running:
                if not self.last:
                    for who in "ab":
                        await seat(running, who)
                        await self.hears(running, who, {"text": "/dangky"})
                while plan:
                    who, (event, *more) = plan.pop(0)
                    if event == "restarts":
                        break
                    await getattr(self, event)(running, who, *more)
        async with running_app(self.url, [self.phone], start=WORKS) as running:
            await self.ends_well(running)

    async def opened(self, running, who):
        """The conversation that person is in, and every answer of theirs: there and in drafts."""
        mine = f"member = (SELECT member FROM addresses WHERE address = '{who}')"
        rows = await running.rows(f"SELECT body FROM sessions WHERE {mine}")
        flow = json.loads(rows[0]["body"])["flow"] if rows else None
        drafts = [
            json.loads(one["body"])["flow"] for one in await running.rows(f"SELECT body FROM drafts WHERE {mine}")
        ]
        return flow, [one["answers"] for one in [flow, *drafts] if one]

    async def hears(self, running, who, said, update=None):
        """One update: it is answered, and only a duplicate is not; no answer is lost but by the person's own will."""
        flow, kept = await self.opened(running, who)
        self.number += update is None
        self.last[who] = (said, update or f"u{self.number}")
        before, filed = len(self.phone.texts(who)), await versions(running)
        new = await self.phone.hand_in(who, update_id=self.last[who][1], **said)
        await running.settled()
        assert new == (update is None)
        assert (len(self.phone.texts(who)) > before) == new, said
        self.seen[who] += [action for _, action in self.phone.buttons(who)]
        _, now = await self.opened(running, who)
        confirmed = await versions(running) != filed
        left = said.get("action", "").endswith((":cancel", ":confirm")) or "/" in said.get("action", "")
        picked = flow is not None and flow["step"] in {"review", "alike"}
        for answers in kept if not (confirmed or left or picked) else ():
            wanted = flow["step"] if flow else None
            found = [{k: v for k, v in one.items() if k != wanted} for one in now]
            assert any({k: v for k, v in answers.items() if k != wanted}.items() <= one.items() for one in found), said

    async def answers(self, running, who):
        flow, _ = await self.opened(running, who)
        await self.hears(running, who, {"text": STEPS[flow["step"]] if flow else "1"})

    async def says(self, running, who, text):
        await self.hears(running, who, {"text": text})

    async def taps(self, running, who, number):
        buttons = self.phone.buttons(who)
        await self.hears(running, who, {"kind": "tap", "action": buttons[number % len(buttons)][1]})

    async def taps_old(self, running, who, number):
        await self.hears(running, who, {"kind": "tap", "action": self.seen[who][number % len(self.seen[who])]})

    async def again(self, running, who):
        said, update = self.last[who]
        await self.hears(running, who, said, update)

    async def form(self, running, who):
        """The form is a newer one, which takes every answer along."""
        old = FLOWS["register_work"]
        FLOWS["register_work"] = replace(old, version=old.version + 1, carry=lambda _version, answers: answers)

    async def ends_well(self, running):
        """Both go on until it is in."""
        for who in "ab":
            await self.hears(running, who, {"text": "/dangky"})
            for _ in range(12):
                await self.answers(running, who)
        found = await dossiers(running)
        assert len([one for one in found if one["label"] == WORK[1]]) == 1
        assert len({one["subject"] for one in found}) == len(found)
        assert await running.rows("SELECT state FROM inbox WHERE state <> 'done'") == []


@pytest.mark.prove
@settings(max_examples=full_size(2, 200), deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=PLANS)
async def test_whatever_happens_one_dossier_and_an_answer_to_everything(plan, tmp_path_factory):
    form = FLOWS["register_work"]
    try:
        await Office(f"sqlite:///{tmp_path_factory.mktemp('law')}/t.db").plays(list(plan))
    finally:
        FLOWS["register_work"] = form
