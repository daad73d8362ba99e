"""What the header, the foot and the parts of a plan say: one function a thing that can be asked, each for one campaign.

Every function gives the items to show, or a SilentItem where the plan says nothing: nothing is made up.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from domain.campaign import Audience, Part
from search.answer import FactItem, Item, PassageItem, PhaseItem, SilentItem
from search.duties import phase_named
from search.index import LONGEST_QUOTE, sentences
from search.reading import between_blanks, matches
from search.words import words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from domain.campaign import Campaign
    from domain.plan import Passage
    from search.index import Index
    from search.reading import Reading

PASSAGES, GROUPS = 4, 2
"""Passages of one part that are shown; the rest is a tap away."""
_CITED = re.compile(r"\d+[-/][A-Z\u0110]")
"""A number as documents carry it: 30/KH-UBND."""
PARTS = ("aims", "requirements", "contents", "targets", "standards", "rewards", "organisation")


def number(campaign: Campaign) -> list[Item]:
    """Its number as printed; a blank one stays blank."""
    plan = campaign.plan
    if plan.number:
        full = plan.number if plan.symbol is None or plan.symbol in plan.number else f"{plan.number}/{plan.symbol}"
        return [FactItem(campaign, "number", full)]
    return [
        FactItem(campaign, "number_blank", plan.number_printed)
        if plan.number_printed
        else SilentItem(campaign, "number")
    ]


def issued(campaign: Campaign) -> list[Item]:
    """The day of issue as printed, as far as it is."""
    dated = campaign.plan.dated
    if dated.printed is None:
        return [SilentItem(campaign, "issued")]
    return [FactItem(campaign, "issued" if dated.day else "issued_blank", dated.printed)]


def signer(campaign: Campaign) -> list[Item]:
    """Who signed."""
    signed = campaign.plan.signer
    if signed is None:
        return [SilentItem(campaign, "signer")]
    return [FactItem(campaign, "signer", ", ".join(filter(None, (signed.name, signed.role, signed.signs_for))))]


def issuer(campaign: Campaign) -> list[Item]:
    """Who issued it, and the body that succeeded them."""
    plan = campaign.plan
    today = (
        [FactItem(campaign, "issuer_today", plan.issuer_today)] if plan.issuer_today not in {None, plan.issuer} else []
    )
    return [FactItem(campaign, "issuer", plan.issuer), *today]


def recipients(campaign: Campaign) -> list[Item]:
    """Its "Nơi nhận"."""
    named = campaign.plan.recipients
    return [FactItem(campaign, "recipients", "; ".join(named)) if named else SilentItem(campaign, "recipients")]


def basis(campaign: Campaign) -> list[Item]:
    """What it rests on, in its own sentences."""
    quotes = tuple(s for text in campaign.plan.based_on for s in sentences(text) if _CITED.search(s))[:PASSAGES]
    quotes = quotes or campaign.plan.based_on[:1]
    return [FactItem(campaign, "basis", quotes=quotes) if quotes else SilentItem(campaign, "basis")]


def office(campaign: Campaign) -> list[Item]:
    """Who is responsible for carrying it out."""
    return [FactItem(campaign, "office", campaign.responsible_office, (campaign.responsible_quote,))]


def late(campaign: Campaign) -> list[Item]:
    """What follows from handing in late: no plan here says."""
    return [SilentItem(campaign, "late")]


def contact(campaign: Campaign) -> list[Item]:
    """Telephone numbers and addresses: no plan here prints any; who is responsible it does say."""
    return [SilentItem(campaign, "contact"), *office(campaign)]


def form(campaign: Campaign) -> list[Item]:
    """A form to fill in: no plan here comes with one."""
    return [SilentItem(campaign, "form"), *office(campaign)]


def money(campaign: Campaign) -> list[Item]:
    """Sums of money: no plan here names any."""
    return [SilentItem(campaign, "money")]


def audience(campaign: Campaign, reading: Reading) -> list[Item]:
    """Whom it addresses; and plainly, if it does not address those who were asked about."""
    quotes = campaign.audience_quotes[:PASSAGES]
    asked = {Audience.ENTERPRISE} if "enterprise" in reading else set()
    if asked - set(campaign.audience):
        return [
            SilentItem(campaign, "not_for_enterprises", campaign.audience_note),
            FactItem(campaign, "audience", quotes=quotes),
        ]
    return [FactItem(campaign, "audience", quotes=quotes)]


def phases(campaign: Campaign, reading: Reading, today: date) -> list[Item]:
    """The phase that is named, or all of them."""
    if reading.phase is None:
        running = [p for p in campaign.phases if p.start <= today <= p.end] if "running" in reading else []
        return [PhaseItem(campaign, phase) for phase in running or campaign.phases]
    phase = phase_named(campaign, reading.phase, today)
    return [
        PhaseItem(campaign, phase, in_full=True) if phase else SilentItem(campaign, "phase"),
        *([] if phase else phases_of(campaign)),
    ]


def phases_of(campaign: Campaign) -> list[Item]:
    """All phases of a campaign."""
    return [PhaseItem(campaign, phase) for phase in campaign.phases]


def part(index: Index, campaign: Campaign, which: Part, reading: Reading, terms: Sequence[str]) -> list[Item]:
    """What one part says, group by group of readers, as far as there is room; `terms` choose among its passages."""
    note = campaign.notes.get(which)
    passages = _about(campaign.parts.get(which, ()), reading)
    silent: list[Item] = [SilentItem(campaign, "note" if passages else which, note)] if note or not passages else []
    choosing = [t for t in terms if t not in words().plain_words]
    quotes = [(*_quote(index, text, choosing), p.about) for p in passages for text in (p.text, *p.points)]
    best = max((fit for fit, _, _ in quotes), default=0.0)
    fitting = [one for one in quotes if one[0] >= best / 2]
    groups = [
        (about, [text for _, text, whom in fitting if whom == about])
        for about in dict.fromkeys(a for _, _, a in fitting)
    ]
    shown = [(about, tuple(texts[:PASSAGES]), len(texts) - PASSAGES) for about, texts in groups[:GROUPS]]
    named = "; ".join(r.named + (f" ({r.decided_by})" if r.decided_by else "") for r in campaign.rewards)
    if which is Part.REWARDS and named and best == 0:
        silent.append(FactItem(campaign, "rewards", named))
    return [*silent, *(PassageItem(campaign, which, texts, about, max(0, more)) for about, texts, more in shown)]


def _about(passages: Sequence[Passage], reading: Reading) -> Sequence[Passage]:
    for who in ("collective", "individual", "enterprise", "staff"):
        if who in reading and (own := [p for p in passages if p.about == who]):
            return own
    return passages


def _texts(passage: Passage) -> tuple[str, ...]:
    return (passage.text, *passage.points)


def _quote(index: Index, text: str, terms: Sequence[str]) -> tuple[float, str]:
    """How well a text fits the question, and the text, or its best sentence if it is long."""

    def fit(one: str) -> float:
        said = between_blanks(one)
        return sum(index.term_weight(t) for t in terms if matches(said, t))

    if len(text) <= LONGEST_QUOTE:
        return fit(text), text
    return fit(text), max(sentences(text), key=fit)


FACTS: dict[str, Callable[[Campaign], list[Item]]] = {
    "number": number,
    "signer": signer,
    "issued": issued,
    "recipients": recipients,
    "basis": basis,
    "issuer": issuer,
    "office": office,
    "late": late,
    "contact": contact,
    "form": form,
    "money": money,
}
