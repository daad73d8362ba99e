"""A link to hand in files from a browser, for who cannot send them here or has larger ones: bound to the open question."""

from __future__ import annotations

import hashlib
import json
import secrets
from itertools import takewhile
from typing import TYPE_CHECKING

from flows.answers import PickOne
from flows.catalogue import FLOWS
from flows.lists import Files
from handlers.here import Here, Reply, local, reply, to_menu
from storage import upload_links
from storage.upload_links import Question
from texts.message import Choice, line, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from flows.session import OpenFlow

PATH = "/tai-len"
"""Where the page stands, under the public address; the token follows."""
TOKEN_BYTES = 32
MEGABYTES = 50
"""What a file may have that comes by a link."""


async def upload_link(here: Here, *_: str) -> Reply:
    """A fresh link for the open question, if it waits for files; the question is asked again after it."""
    opened = here.session.flow
    asked = files_asked(opened)
    if opened is None or asked is None:
        return _nothing_waits(here)
    room = asked.most - len(opened.so_far or ())
    if room <= 0:
        return reply(here, say(line("uploading.no_room", most=asked.most)))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    question = Question(opened.name, question_of(opened), room)
    until = await upload_links.issue(here.tx, token, here.member.id, here.channel, here.address, question, here.at)
    url = f"{here.site.public_url}{PATH}/{token}?lang={here.member.language}"
    head = line("uploading.link", megabytes=MEGABYTES, most=room, until=local(until))
    return reply(here, say(head, line("uploading.url", url=url), line("uploading.yours")))


def _nothing_waits(here: Here) -> Reply:
    """What to do first, for who may hand something in."""
    if here.home is None:
        return reply(here, say(line("register.not_a_member"), choices=to_menu()))
    ways = (Choice(line("reports.button"), "reports"), Choice(line("register.button"), "register"), *to_menu())
    return reply(here, say(line("uploading.nothing_waits"), choices=ways))


def files_asked(opened: OpenFlow | None) -> Files | None:
    """The open question's kind of answer, where it waits for files."""
    flow = FLOWS.get(opened.name) if opened else None
    kind = next((step.kind for step in flow.steps if opened and step.name == opened.step), None) if flow else None
    return kind if isinstance(kind, Files) else None


def question_of(opened: OpenFlow) -> str:
    """What tells this conversation's files from those of another: what it was opened with, and what it is about.

    What was typed does not count: whoever goes back to mend a name is still asked for the same files.
    """
    before = takewhile(lambda step: not isinstance(step.kind, Files), FLOWS[opened.name].steps)
    about = {step.name: opened.answers.get(step.name) for step in before if isinstance(step.kind, PickOne)}
    told = json.dumps([opened.name, opened.context, about], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def belongs(opened: OpenFlow | None, params: Mapping[str, Any]) -> bool:
    """Whether a file may be for the open conversation; one that came by a link is for that of the link alone."""
    return opened is not None and params.get("question") in {None, question_of(opened)}


def still_asked(opened: OpenFlow | None, params: Mapping[str, Any]) -> bool:
    """Whether the open question waits for this file."""
    return files_asked(opened) is not None and belongs(opened, params)
