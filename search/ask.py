"""Ask anything: a question in, an answer out, taken from the plans and from nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.standing import DutyToday
from search.answer import Answer, Asker, DutyItem, FactItem, Kind, PassageItem, PhaseItem, Ref, Setting, TitleItem
from search.duties import in_order, is_ahead
from search.finding import find
from search.question import Question, once
from search.reading import between_blanks, compounded, matches
from search.scope import scope
from search.topics import Topic, topic
from search.words import words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from domain.calendar import Calendar
    from domain.campaign import Campaign
    from search.index import Index
    from search.reading import Reading

OFF_TOPIC_WEIGHT = 5
"""How many ordinary words a word of another trade outweighs."""
MOST_STRANGE = 0.5
"""An answer stands only if at most this share of the question is left unexplained by it."""
NEAREST = 3
"""Suggestions that go with a question nobody could answer."""
_ASIDE = (
    "when",
    "deadline",
    "report",
    "register",
    "initiative",
    "work",
    "title",
    "interim",
    "final",
    "staff",
    "enterprise",
    "ahead",
    "running",
    "left",
    "duties",
)
"""Signals whose words are understood otherwise, so that they need not stand in the text of a duty."""


def ask(
    index: Index,
    question: str,
    asker: Asker,
    today: date,
    calendar: Calendar,
    confirmed: Callable[[str, str], bool],
) -> Answer:
    """The answer to `question`; always one, whatever was typed.

    Args:
        index: the plans.
        question: what was typed; only its beginning is read.
        asker: who asks; without a named place their board's campaigns come first.
        today: the day asked on, in Asia/Ho_Chi_Minh.
        calendar: working days.
        confirmed: by campaign and duty, whether an officer has confirmed how the date was read.

    """
    reading = index.read(question)
    setting = Setting(asker, today, calendar, confirmed)
    where = scope(index, reading, setting)
    asked = Question(index, reading, setting, where, tuple(t for t in reading.residue(*_ASIDE) if t not in where.used))
    if courtesy := _courtesy(reading):
        return Answer(Kind.COURTESY, courtesy, score=1.0, english=reading.english)
    if _is_help(question, reading):
        return Answer(Kind.HELP, "help", nearest=_suggestions(asked), score=1.0, english=reading.english)
    if not where.known or _says_nothing(asked):
        return _unknown(asked)
    what, name = topic(reading, asked.residue)
    if where.missing and what is not Topic.TITLES:
        if _strangeness(asked, "") > MOST_STRANGE:
            return _unknown(asked)
        nearest = once(map(Ref, (*where.campaigns, *where.known)))
        return Answer(Kind.NO_PLAN, nearest=nearest[:NEAREST], english=reading.english, asked_for=where.missing)
    answer = find(asked, what, name)
    if answer.kind is Kind.UNKNOWN or _strangeness(asked, answer_text(answer)) > MOST_STRANGE:
        return _unknown(asked)
    return answer


def _courtesy(reading: Reading) -> str:
    """Which greeting, thanks or word of assent it is; empty if anything else is said."""
    lists = words()
    polite = frozenset[str]().union(*lists.courtesies.values())
    if not all(t in polite or t in lists.stop for t in reading.terms):
        return ""
    return next((name for name, terms in lists.courtesies.items() if not terms.isdisjoint(reading.terms)), "")


def _is_help(question: str, reading: Reading) -> bool:
    """A question about the bot itself, with a greeting or without, or nothing at all."""
    lists = words()
    aside = lists.stop.union(*lists.courtesies.values())
    only = all(t in lists.help or t in aside for t in reading.terms)
    return not question.strip() or (only and not lists.help.isdisjoint(reading.terms))


def _says_nothing(asked: Question) -> bool:
    """Marks, words that only bind, a bare figure: nothing to look for."""
    reading, lists = asked.reading, words()
    told = reading.content or reading.signals or reading.used or reading.days or reading.months or reading.years
    return not (told or reading.cited or asked.where.used or not lists.trade.isdisjoint(reading.terms))


def _strangeness(asked: Question, text: str) -> float:
    """How much of the question neither the understanding of it nor the answer's own text accounts for, from 0 to 1."""
    lists, reading = words(), asked.reading
    known = reading.told | asked.where.used
    strange = [t for t in reading.content if t not in known and not _holds(text, t)]
    weight = sum(OFF_TOPIC_WEIGHT if t in lists.off_topic else 1 for t in strange)
    clear = len(known & set(reading.terms)) + len(set(reading.content) - known - set(strange))
    return weight / max(1, weight + clear)


def _holds(text: str, term: str) -> bool:
    """Whether the answer speaks of `term`: a word of another trade must stand there alone, "lương" not as "chất lượng"."""
    return matches(text, term) and (term not in words().off_topic or term in compounded(text.split()))


def _unknown(asked: Question) -> Answer:
    return Answer(Kind.UNKNOWN, nearest=_suggestions(asked), english=asked.reading.english)


def _suggestions(asked: Question) -> tuple[Ref, ...]:
    """The passages nearest to the question, then what people ask most, of the campaigns that it is about."""
    where = asked.where
    campaigns = where.campaigns or where.known
    hits = asked.index.search(asked.residue, asked.reading.text, campaigns)[: 2 * NEAREST]
    found = [Ref(h.entry.campaign, h.entry.part, h.entry.duty) for h in hits]
    usual = [ref for campaign in campaigns[:NEAREST] for ref in usual_refs(campaign, asked.setting)]
    more = [ref for campaign in campaigns[:1] for ref in _due_dates(campaign, asked.setting)]
    elsewhere = [Ref(campaign) for campaign in where.known]
    return once([*found, *usual, *more, *elsewhere])[:NEAREST]


def usual_refs(campaign: Campaign, setting: Setting) -> tuple[Ref, ...]:
    """What people ask most of a campaign: its next due date, and itself."""
    ahead = [d for d in campaign.duties if is_ahead(campaign, d, setting.today)]
    return (*_due_dates(campaign, setting)[: bool(ahead)], Ref(campaign))


def _due_dates(campaign: Campaign, setting: Setting) -> list[Ref]:
    """What is due by its plan, what comes next first."""
    duties = sorted(campaign.duties, key=lambda d: in_order(campaign, d, setting.today))
    return [Ref(campaign, duty=d.id) for d in duties]


def answer_text(answer: Answer) -> str:
    """Everything an answer says, as words between blanks."""
    texts: list[str] = []
    for item in answer.items:
        match item:
            case DutyItem(today=DutyToday(duty=duty)):
                texts += [duty.title, *duty.quotes, *duty.must_act, duty.deliver or "", duty.to or "", duty.place or ""]
            case PhaseItem(phase=phase):
                texts += [phase.name, phase.quote, *phase.points]
            case PassageItem(quotes=quotes):
                texts += quotes
            case FactItem(value=value, quotes=quotes):
                texts += [str(value), *quotes]
            case TitleItem(title=title):
                texts += [title.name, *(c.text for c in title.conditions)]
            case _:
                texts.append(item.campaign.short_name)
    return between_blanks(" ; ".join(texts + [c.short_name + " " + c.plan.title for c in answer.campaigns]))
