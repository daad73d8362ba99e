"""`thidua ask`: the answers of the bot without a messenger, one question after the other."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.clock import FIRST_YEAR, LAST_YEAR, Clock
from campaigns import calendar, campaigns, titles
from domain.campaign import Audience
from handlers.answers import message
from search.answer import Asker
from search.ask import ask
from search.index import Index
from texts.compose import Language, compose, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.answer import Answer
    from texts.message import Line, Message


class As(StrEnum):
    """As whom a question is asked."""

    VISITOR = "visitor"
    STAFF = "staff"
    ENTERPRISE = "enterprise"
    OFFICER = "officer"


@dataclass(frozen=True)
class Desk:
    """Answers questions as one person on one day; dates count as confirmed, as in the demo."""

    today: date
    asker: Asker

    @cached_property
    def index(self) -> Index:
        """The plans delivered with the house."""
        return Index.of(campaigns(), titles())

    def answer(self, question: str) -> Answer:
        """The answer, before it has words."""
        return ask(self.index, question, self.asker, self.today, calendar(), lambda _slug, _duty: True)

    def as_text(self, answer: Answer) -> str:
        """The answer in the question's language, with the choices numbered below it."""
        return text(message(answer, self.today), "en" if answer.english else "vi")

    def as_object(self, question: str) -> dict[str, Any]:
        """A question with its answer as plain data."""
        answer = self.answer(question)
        return {"question": question, "answer": self.as_text(answer), **facts(answer)}


def text(shown: Message, language: Language) -> str:
    """A message as the terminal shows it."""
    lines = [_shown(one, language) for one in shown.lines]
    lines += [f"{number}. {plain(choice.label, language)}" for number, choice in enumerate(shown.choices, 1)]
    return "\n".join(lines)


def _shown(one: Line, language: Language) -> str:
    spans = compose((one,), language)
    mark = "> " if spans and spans[0].style == "quote" else ""
    return mark + "".join(span.text for span in spans)


def facts(answer: Answer) -> dict[str, Any]:
    """What an answer rests on, for a program: campaigns, duties, their last valid days, sentences, what to open next."""
    lasts = [item.last_day for item in answer.duties if item.last_day]
    return {
        "kind": str(answer.kind),
        "topic": answer.topic,
        "campaigns": [c.slug for c in answer.campaigns],
        "duties": [item.duty.id for item in answer.duties],
        "dates": [day.isoformat() for day in lasts],
        "quotes": [quote for item in answer.items for quote in getattr(item, "quotes", ())],
        "nearest": [ref.action for ref in answer.nearest],
        "score": round(answer.score, 3),
    }


def asker_of(who: As, board: str | None) -> Asker:
    """The asker that the options name."""
    audience = {As.VISITOR: None, As.ENTERPRISE: Audience.ENTERPRISE}.get(who, Audience.STAFF)
    return Asker(audience, who is As.OFFICER, board)


def ask_command(
    questions: Annotated[
        list[str] | None, typer.Argument(help="one question an argument; none: one a line of standard input")
    ] = None,
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="the day asked on (default: today)")
    ] = None,
    who: Annotated[As, typer.Option("--as", help="as whom")] = As.VISITOR,
    board: Annotated[str | None, typer.Option(help="slug of the asker's board")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Ask the plans, as in the chat: exit code 0 once every question has its answer, 2 for an unknown board."""
    boards = sorted({c.board for c in campaigns()})
    if board is not None and board not in boards:
        raise typer.BadParameter(f"no such board: {board} (there are: {', '.join(boards)})", param_hint="--board")
    day = on.date() if on else Clock(movable=False).local().date()
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise typer.BadParameter(f"a day between {FIRST_YEAR} and {LAST_YEAR}", param_hint="--on")
    desk = Desk(day, asker_of(who, board))
    for number, question in enumerate(_questions(questions)):
        if as_json:
            typer.echo(json.dumps(desk.as_object(question), ensure_ascii=False))
        else:
            typer.echo(("\n" if number else "") + desk.as_text(desk.answer(question)))


def _questions(given: list[str] | None) -> Iterator[str]:
    if given:
        yield from given
    else:
        yield from (one.rstrip("\r\n") for one in sys.stdin if one.strip())
