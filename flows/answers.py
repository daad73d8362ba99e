"""Kinds of answer that are picked: one of several choices, or some of them. And how what was typed is understood."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.people import BLANK_LETTERS
from flows.flow import Accepted, At, Growing, NotAnAnswer, Plain, Refused, Said, Typing, Understood
from flows.session import PAGE
from flows.spelled import option_spellings, spellings_of
from search.fold import fold
from search.labels import having_words, matches_label
from search.reserved import reads_like_question
from texts.compose import LANGUAGES, plain
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flows.flow import Answers, Facts

    Options = Callable[[Answers, Facts], tuple[Choice, ...]]

SKIP, DONE, ALL = "skip", "done", "all"
"""What the buttons beside the choices carry: no answer, that was all, every one of them."""
_LONGEST_PASS = 40
_LONGEST_PHRASE = 80
_TELLING_WORDS = 2
_NUMBER = re.compile(r"^\s*(?:(?:số|so|no\.?)\s*)?(\d{1,3})\s*[.)]?\s*$", re.IGNORECASE)
_SEVERAL = re.compile(r"\s*(?:[,;\n]|\bvà\b|\bva\b|\band\b)\s*|(?<=\d)\s+(?=\d)", re.IGNORECASE)
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn"}


def tidy(text: str) -> str:
    """Text as it may be kept: NFC, without control, bidirectional or invisible characters, white space folded."""
    kept = (
        c if c in "\n\t" or (unicodedata.category(c) not in _HIDDEN and c not in BLANK_LETTERS) else ""
        for c in unicodedata.normalize("NFC", text)
    )
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[^\S\n]+", " ", "".join(kept))).strip()


def typed_number(text: str) -> int | None:
    """The number meant by "1", "1.", "số 1"; None if it is not just a number."""
    found = _NUMBER.match(text)
    return int(found.group(1)) if found else None


def pick(text: str, choices: tuple[Choice, ...]) -> Choice | None:
    """The choice whose label was typed, with or without accents, perhaps with a slip; None if none is clearly meant."""
    for language in LANGUAGES:
        found = matches_label(text, [plain(choice.label, language) for choice in choices])
        if found is not None:
            return choices[found]
    return next((one for one in choices if one.action == SKIP), None) if says_nothing(text) else None


def says_nothing(text: str) -> bool:
    """Whether that is what people type where they have nothing to give: "bỏ qua", "không có"."""
    return fold(text[:_LONGEST_PASS]) in spellings_of("flow.nothing_said")


def skip() -> Choice:
    """The way past a question that needs no answer."""
    return Choice(line("flow.skip"), SKIP)


@dataclass(frozen=True, slots=True)
class PickOne(Plain):
    """One of several choices, by tap, number or label; with `within` by words of one label alone: of names, not of ways."""

    options: Options
    within: bool = False

    def typing(self, at: At) -> Typing:
        """A number or a label."""
        return Typing.CHOICE

    def choices(self, at: At) -> tuple[Choice, ...]:
        """What can be picked now."""
        return self.options(at.answers, at.facts)

    def accept(self, said: Said, at: At) -> Understood:
        """The value of the choice meant. A typed number has become a value before (it depends on the page shown)."""
        options = self.choices(at)
        if said.value is not None:
            return Accepted(said.value) if said.value in {o.action for o in options} else NotAnAnswer()
        found = pick(said.text, options) or (_having(said.text, options) if self.within else None)
        return Accepted(found.action) if found else NotAnAnswer()

    def read_back(self, value: Any, at: At) -> Line | str:
        """Its label."""
        return next((o.label for o in self.choices(at) if o.action == value), str(value))


@dataclass(frozen=True, slots=True)
class PickMany(Plain):
    """Some of several choices, marked one by one or named in one message ("1, 3", "1 3"), and then done.

    `least`: how many it takes; 0 lets the question be passed with none. `every`: one button marks them all and is done.
    `spelled`: the text that lists further spellings of an option, where there is one; with it options are also
    understood in a phrase ("chỉ doanh nghiệp chưa nộp"), and marked, to be looked at. `instead`: whether an option that is
    marked takes the place of another one.
    """

    options: Options
    least: int = 1
    every: bool = False
    spelled: Callable[[str], str] | None = None
    instead: Callable[[str, str], bool] | None = None

    def typing(self, at: At) -> Typing:
        """Numbers or labels."""
        return Typing.CHOICE

    def choices(self, at: At) -> tuple[Choice, ...]:
        """Every choice with its mark, and the ways on."""
        options, chosen = self.options(at.answers, at.facts), self._chosen(at)
        marked = tuple(
            Choice(line("flow.marked" if one.action in chosen else "flow.unmarked", label=one.label), one.action)
            for one in options
        )
        ways = (Choice(line("flow.all"), ALL),) if self.every and options and not chosen else ()
        if len(chosen) >= self.least:
            ways = (*ways, Choice(line("flow.done" if chosen else "flow.none_of_them"), DONE))
        # on the first page, behind its options: the first option is 1, whether numbers are shown or not
        first = PAGE - len(ways)
        return (*marked[:first], *ways, *marked[first:])

    def accept(self, said: Said, at: At) -> Understood:
        """Marks or unmarks what was meant; several named at once are the whole answer."""
        return self.understood(said, at)

    def understood(self, said: Said, at: At) -> Understood:
        """The same, as which options were meant; a kind that keeps something else of them makes it of this."""
        options, chosen = self.options(at.answers, at.facts), self._chosen(at)
        if said.value == DONE:
            return self._enough(chosen)
        if self.every and (said.value == ALL or fold(said.text[:_LONGEST_PASS]) in spellings_of("flow.all_said")):
            return self._enough([one.action for one in options])
        if said.value is not None:
            return self._toggled(said.value, options, chosen)
        # a label may itself hold what stands between several
        parts = [said.text] if pick(said.text, options) else [part for part in _SEVERAL.split(said.text) if part]
        named = [self._named(part, at) for part in parts]
        if not named or None in named:
            found = pick(said.text, self.choices(at))
            if found is None and says_nothing(said.text) and not chosen and not self.least:
                return self._enough([])
            return self.understood(Said(value=found.action), at) if found else self._phrased(said.text, options)
        if len(named) == 1:
            return self.understood(Said(value=named[0]), at)
        meant = [one.action for one in options if one.action in named]
        return self._enough(meant) if len(meant) == len(set(named)) else NotAnAnswer()

    def read_back(self, value: Any, at: At) -> Line | str | tuple[Line, ...]:
        """The labels, each on a line of its own where there are several."""
        known = {one.action: one.label for one in self.options(at.answers, at.facts)}
        labels: list[Line | str] = [known.get(one, one) for one in value]
        if len(labels) == 1:
            return labels[0]
        return tuple(line("flow.item", value=label) for label in labels) or line("flow.none_of_them")

    def _enough(self, chosen: list[str]) -> Understood:
        return Accepted(chosen) if len(chosen) >= self.least else Refused("too_few", {"least": self.least})

    def _chosen(self, at: At) -> list[str]:
        known = [one.action for one in self.options(at.answers, at.facts)]
        return [one for one in at.so_far or () if one in known]

    def _toggled(self, value: str, options: tuple[Choice, ...], chosen: list[str]) -> Understood:
        if value not in {one.action for one in options}:
            return NotAnAnswer()
        kept = {*chosen} - {value} if value in chosen else self._with(value, chosen)
        return Growing([one.action for one in options if one.action in kept])

    def _with(self, value: str, chosen: Iterable[str]) -> set[str]:
        """What is marked once this one is as well."""
        return {value, *(one for one in chosen if not (self.instead and self.instead(value, one)))}

    def _phrased(self, text: str, options: tuple[Choice, ...]) -> Understood:
        """Just the options within other words; a word that is none and not there for grammar alone makes it no answer."""
        found, left = set[str](), f" {fold(text[:_LONGEST_PHRASE])} "
        for words, action in option_spellings(self.spelled, options) if self.spelled else ():
            if f" {words} " in left:
                left = left.replace(f" {words} ", " ")
                found.add(action)
        if not found - {""} or left.strip() or len(text) > _LONGEST_PHRASE or reads_like_question(text):
            return NotAnAnswer()
        kept = set[str]()
        for one in (option.action for option in options if option.action in found):
            kept = self._with(one, kept)
        return Growing([option.action for option in options if option.action in kept])

    def _named(self, part: str, at: At) -> str | None:
        """The choice that a typed number, label or code ("CSTĐCS") means; numbers count as on the page shown."""
        number = typed_number(part)
        if number is not None:
            return at.page[number - 1] if 1 <= number <= len(at.page) else None
        options = self.options(at.answers, at.facts)
        found = next((o for o in options if fold(o.action) == fold(part)), None) or pick(part, options)
        found = found or _holding(part, options)
        return found.action if found else None


def _having(text: str, options: tuple[Choice, ...]) -> Choice | None:
    """The one option whose label has these words, abbreviated or not, in whatever order."""
    if len(text.split()) < _TELLING_WORDS or reads_like_question(text):
        return None
    places = (having_words(text, [plain(o.label, language) for o in options]) for language in LANGUAGES)
    return next((options[place] for place in places if place is not None), None)


def _holding(part: str, options: tuple[Choice, ...]) -> Choice | None:
    """The one option whose label holds these words, side by side: a long name is typed by what tells it from others."""
    words = f" {fold(part)} "
    if len(words.split()) < _TELLING_WORDS or reads_like_question(part):
        return None
    found = [o for o in options if any(words in f" {fold(plain(o.label, language))} " for language in LANGUAGES)]
    return found[0] if len(found) == 1 else None
