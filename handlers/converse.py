"""What was said, and what it leads to: a screen, an answer in an open flow, or a question to the plans."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from domain.dossier import tidy_number
from flows import engine
from flows.answers import pick, says_nothing, tidy, typed_number
from flows.asking import CANCEL, SAVE, is_confirmation
from flows.catalogue import FLOWS
from flows.flow import Said
from flows.session import MORE, PAGE, dump
from handlers import asked, joining, noticed, preferences
from handlers.carried_out import CARRIED_OUT
from handlers.facts import facts_for
from handlers.here import RESUME, Here, Reply, number_in, reply, to_menu
from handlers.interrupted import asked_again, ground_lost, resume, then_ask_again, with_way_back
from handlers.routes import COMMANDS, open_screen
from handlers.spoken import aim_of, screen_of
from search.fold import fold
from search.labels import having_words
from search.reserved import reserved_word
from storage import drafts
from texts.compose import plain
from texts.message import line, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.session import OpenFlow
    from flows.turn import Turn
    from texts.message import Choice, Line

ON = "on"
IN_FLOW = {"back": engine.BACK, "cancel": CANCEL, "save": SAVE}
FRESH = 12 * 3600 * 1_000_000
"""How long, in microseconds, what is typed is taken for the answer to the question shown last, whatever it is."""
SCREEN_WORDS = {"menu": "menu", "help": "help"}


async def tapped(here: Here, action: str) -> Reply:
    """A button was tapped, perhaps an old one, perhaps a forged one."""
    if action.startswith("="):
        said = engine.tapped(here.session, action)
        return await answer(here, said) if said else await _where_we_are(here)
    if action.startswith(MORE):
        return await _turn_page(here, action)
    if action.startswith(RESUME):
        return await resume(here, action.removeprefix(RESUME))
    shown = await open_screen(here, action)
    return await with_way_back(here, shown) if shown else await _where_we_are(here)


async def typed(here: Here, text: str) -> Reply:
    """Something was typed: a command, a reserved word, an answer, a number or label of the menu, a code, a question."""
    said = tidy(text)
    word = reserved_word(said) if not (said == "0" and _wants_a_number(here)) else None
    if (bare := fold(said)) in COMMANDS:
        return await _command(here, f"/{bare}")
    if said.startswith("/") and not word:
        return await _command(here, said)
    if _wants_more(here, said):
        return await _turn_page(here, here.session.on_page()[-1].action)
    if word in SCREEN_WORDS:
        return await with_way_back(here, await open_screen(here, SCREEN_WORDS[word]))
    opened = here.session.flow
    if opened is not None:
        return await _at_a_question(here, opened, said, word)
    return await _nothing_open(here, word) if word else await _outside_a_flow(here, said)


async def _at_a_question(here: Here, opened: OpenFlow, said: str, word: str | None) -> Reply:
    """Something was typed while a question is open: for the screen in front of it, for a notice, or its answer."""
    if word == ON or (word == engine.BACK and here.session.is_aside):
        return await asked_again(here, reply(here))
    if word in IN_FLOW:
        return await answer(here, Said(value=IN_FLOW[word]))
    late = here.at - opened.shown_at > FRESH
    action = _on_the_screen(here, said) if here.session.is_aside else None
    action = action or (await _asked_for(here, said) if late else None)
    if action:
        return await tapped(here, action)
    number = typed_number(said) if here.session.is_aside else None
    return await answer(here, Said(said, late=late)) if number is None else _no_such(here, number)


async def _asked_for(here: Here, said: str) -> str | None:
    """What these words open where no answer is waited for: a choice of a notice that came lately, a dossier, a screen."""
    choice, number = await noticed.meant(here, said), tidy_number(said)
    if choice or number:
        return choice.action if choice else f"dossier/{number}"
    return screen_of(said, here.role)


async def _nothing_open(here: Here, word: str) -> Reply:
    """A word for an open conversation where there is none: from there, back is the menu, where drafts can be taken up."""
    kept = await drafts.of(here.tx, here.member.id) if word == ON else []
    if len(kept) == 1:
        return await resume(here, str(kept[0].id))
    if word == engine.BACK or kept:
        return await open_screen(here, "menu") or reply(here)
    return reply(here, say(line("flow.nothing_open"), choices=to_menu()))


def _on_the_screen(here: Here, said: str) -> str | None:
    """What the number or the words of a choice of the screen shown last lead to, or what it lets one type."""
    number = typed_number(said)
    choice = here.session.picked(number) if number is not None else pick(said, here.session.menu)
    return choice.action if choice else preferences.typed_at(here, said)


def _wants_a_number(here: Here) -> bool:
    """Whether a number is the answer to what the person was shown last."""
    return here.session.flow is not None and here.session.flow.numeric and not here.session.is_aside


def _wants_more(here: Here, said: str) -> bool:
    return not _wants_a_number(here) and here.session.has_more and typed_number(said) == len(here.session.on_page())


async def not_taken(here: Here, kind: str) -> Reply:
    """A file, sticker, voice, edited message…: said kindly, and the open question stands."""
    return await then_ask_again(here, reply(here, say(line(f"not_taken.{kind}"), choices=to_menu())))


async def _outside_a_flow(here: Here, said: str) -> Reply:
    if not said:
        return await open_screen(here, "help") or reply(here)
    number = typed_number(said)
    action = _on_the_screen(here, said) or (await _asked_for(here, said) if number is None else None)
    if action:
        return await _aimed(here, said, await tapped(here, action))
    if number is not None and here.session.menu:
        return _no_such(here, number)
    if await joining.means_code(here, said):
        return await joining.redeem(here, said)
    return await asked.answered(here, said)


async def _aimed(here: Here, said: str, shown: Reply) -> Reply:
    """A screen that was asked for in words that say what for: the one choice on it that they name is made."""
    menu, aim = shown.session.menu, aim_of(said)
    place = having_words(aim, [plain(one.label, "vi") for one in menu]) if aim else None
    return shown if place is None else await tapped(replace(here, session=shown.session), menu[place].action)


def _no_such(here: Here, number: int) -> Reply:
    """The screen shown last has no such number."""
    return Reply((say(line("menu.no_such", number=number), choices=here.session.on_page()),), here.session)


async def _command(here: Here, said: str) -> Reply:
    name, _, payload = said[1:].partition(" ")
    name = name.split("@")[0].lower()
    if name in COMMANDS:
        shown = await open_screen(here, f"{COMMANDS[name]}/{payload.strip()}" if payload.strip() else COMMANDS[name])
        return await with_way_back(here, shown)
    return await with_way_back(here, reply(here, say(line("unknown_command"), choices=to_menu())))


async def answer(here: Here, said: Said) -> Reply:
    """What was said at the open question, and what it leads to."""
    opened = here.session.flow
    assert opened is not None
    facts = await _facts(here)
    if facts is None:
        return await ground_lost(here)
    turn = engine.resume(FLOWS[opened.name], here.session, said, facts)
    if turn.asks_elsewhere is not None:
        here = replace(here, session=turn.session)
        if turn.is_question:
            return await with_way_back(here, await asked.answered(here, turn.asks_elsewhere))
        return await _not_an_answer(here, turn.asks_elsewhere)
    return await _carried_out(here, await _looked_up(here, turn) if turn.look_up else turn)


async def _looked_up(here: Here, turn: Turn) -> Turn:
    """The answer has changed what is to be known: the next question is chosen knowing it."""
    opened = turn.session.flow
    assert opened is not None
    facts = await facts_for(here, FLOWS[opened.name], opened)
    return engine.go_on(FLOWS[opened.name], turn.session, facts) if facts else turn


async def _carried_out(here: Here, turn: Turn) -> Reply:
    opened = here.session.flow
    if turn.saved:
        kept = dump(replace(turn.session, flow=turn.saved))
        await drafts.put(here.tx, here.member.id, turn.saved.name, kept, here.at)
    if turn.command is None:
        return Reply(turn.says, turn.session)
    closed = replace(here, session=turn.session)
    closed = replace(closed, context=opened.context, answered=opened.answers) if opened else closed
    return await CARRIED_OUT[type(turn.command)](closed, turn.command)


async def _not_an_answer(here: Here, said: str) -> Reply:
    """At a step with choices none was meant: answer it as a question if it is one, else ask again."""
    silent = not said or says_nothing(said) or typed_number(said) is not None
    if not silent and (action := await _asked_for(here, said)):
        return await _aimed(here, said, await tapped(here, action))
    told = None if silent else await asked.answered(here, said)
    if told is not None and not asked.knows_nothing(told):
        return await with_way_back(here, told)
    again = await then_ask_again(here, reply(here))
    first = again.messages[0]
    first = replace(first, lines=(_what_to_do(first.choices), *first.lines))
    return replace(again, messages=(first, *again.messages[1:]))


def _what_to_do(choices: Sequence[Choice]) -> Line:
    """Where a final confirmation waits, nothing that was typed instead ("ok") may look as if it had been one."""
    if confirms := next((one for one in choices if is_confirmation(one)), None):
        return line("flow.not_yet", button=confirms.label)
    return line("flow.not_a_choice" if choices else "flow.not_a_file")


async def _facts(here: Here) -> dict[str, Any] | None:
    opened = here.session.flow
    assert opened is not None
    return await facts_for(here, FLOWS[opened.name], opened)


async def _where_we_are(here: Here) -> Reply:
    """A late tap is answered with where we are now, never with silence or an error."""
    late = reply(here, say(line("tap.late"), choices=to_menu()))
    return await then_ask_again(here, late)


async def _turn_page(here: Here, action: str) -> Reply:
    turn, _, shown = action.removeprefix(MORE).partition(":")
    page = number_in(shown)
    if turn != str(here.session.turn) or page is None or page * PAGE >= len(here.session.menu):
        return await _where_we_are(here)
    session = replace(here.session, page=page)
    return Reply((say(line("menu.more.head"), choices=session.on_page()),), session)
