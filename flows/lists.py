"""Kinds of answer built up one by one: entries of several fields (authors and their shares), files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.answers import DONE, SKIP, pick, skip
from flows.flow import Accepted, At, Growing, NotAnAnswer, Plain, Refused, Said, Typing, Understood
from texts.message import Choice, Line, line

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.flow import Kind

_REMOVE = "drop."
_KILO = 1024


@dataclass(frozen=True, slots=True)
class ListOf(Plain):
    """Entries of several fields, one after another, until `whole` says that nothing is missing.

    A field is asked with the answers so far, to which the entry's own fields are added, and under "entries" the ones
    before it. The answer is a list of {field: value}.

    Args:
        fields: name and kind of each field, each answered in one message.
        item: key of the text that shows an entry; it is given the fields.
        whole: whether these entries are all there are to be.
        most: entries at most.

    """

    fields: tuple[tuple[str, Kind], ...]
    item: str
    whole: Callable[[list[dict[str, Any]]], bool]
    most: int = 10

    def typing(self, at: At) -> Typing:
        """As the field that is asked for; a complete list is only kept or shortened."""
        field = self._field(at)
        return field[1].typing(self._within(at)) if field else Typing.CHOICE

    def part(self, at: At) -> str | None:
        """The field that is asked for; "whole" where all entries are there."""
        field = self._field(at)
        return field[0] if field else "whole"

    def shown(self, at: At) -> tuple[Line, ...]:
        """The entries so far."""
        return tuple(Line(self.item, dict(entry)) for entry in self._entries(at))

    def choices(self, at: At) -> tuple[Choice, ...]:
        """The field's own; of a complete list, to keep it or to take one out."""
        field = self._field(at)
        if field:
            return field[1].choices(self._within(at))
        entries = self._entries(at)
        drops = (
            Choice(line("flow.drop", item=Line(self.item, dict(one))), f"{_REMOVE}{n}") for n, one in enumerate(entries)
        )
        return (Choice(line("flow.keep"), DONE), *drops)

    def accept(self, said: Said, at: At) -> Understood:
        """Fill in the field that is asked for, and see whether the list is whole."""
        field = self._field(at)
        if field is None:
            return self._kept_or_shortened(said, at)
        name, kind = field
        answer = kind.accept(said, self._within(at))
        if not isinstance(answer, Accepted):
            return answer
        entries, begun = self._entries(at), {**self._begun(at), name: answer.value}
        if len(begun) < len(self.fields):
            return Growing([*entries, begun])
        if len(entries) + 1 == self.most and not self.whole([*entries, begun]):
            return Refused("too_many", {"most": self.most})
        return Accepted([*entries, begun]) if self.whole([*entries, begun]) else Growing([*entries, begun])

    def read_back(self, value: Any, at: At) -> Line | str | tuple[Line, ...]:
        """Every entry on a line of its own."""
        return tuple(line("flow.item", value=Line(self.item, dict(entry))) for entry in value)

    def _kept_or_shortened(self, said: Said, at: At) -> Understood:
        found = pick(said.text, self.choices(at)) if said.value is None else None
        value, entries = said.value or (found.action if found else ""), self._entries(at)
        if value == DONE:
            return Accepted(entries)
        kept = [entry for n, entry in enumerate(entries) if value != f"{_REMOVE}{n}"]
        return Growing(kept) if len(kept) < len(entries) else NotAnAnswer()

    def _entries(self, at: At) -> list[dict[str, Any]]:
        return [dict(one) for one in at.so_far or () if len(one) == len(self.fields)]

    def _begun(self, at: At) -> dict[str, Any]:
        return next((dict(one) for one in at.so_far or () if len(one) < len(self.fields)), {})

    def _field(self, at: At) -> tuple[str, Kind] | None:
        begun = self._begun(at)
        if not begun and at.so_far and self.whole(self._entries(at)):
            return None
        return next(field for field in self.fields if field[0] not in begun)

    def _within(self, at: At) -> At:
        return At({**at.answers, **self._begun(at), "entries": self._entries(at)}, at.facts, page=at.page)


def size_line(size: int | None) -> Line:
    """A size in bytes as people say it; None: not known yet."""
    if size is None:
        return line("size.unknown")
    kilobytes = -(-size // _KILO)
    return line("size.kb", n=kilobytes) if kilobytes < _KILO else line("size.mb", n=round(kilobytes / _KILO))


_PLACE = re.compile(r"[0-9]+")
_PLACES = re.compile(r"[\s,;.-]*(?:[0-9]{1,3}(?:[\s,;.-]+|$))+")
"""numbers alone, as a new order is typed"""


def _new_order(typed: str, many: int) -> list[int] | None:
    """Places in their new order; None where that is not what was typed."""
    numbers = [int(one) - 1 for one in _PLACE.findall(typed)] if _PLACES.fullmatch(typed) else []
    return numbers if many > 1 and sorted(numbers) == list(range(many)) else None


@dataclass(frozen=True, slots=True)
class Files(Plain):
    """Files, one or several, in any order. One on its way has no "sha256" yet; it is waited for before going on.

    What `Said.file` carries: "id" of the message it came with, "name", "size"; then the same with "sha256" and
    "media_type" once it is stored, or with "refused" once it is known that it cannot be kept. One that was taken out
    while it was on its way, or that was sent for another form, stays out when it is stored; one with "uploaded" was
    never on its way. `ordered`: their order counts, and can be typed anew ("2 1 3").
    """

    most: int = 10
    optional: bool = True
    ordered: bool = False

    def typing(self, at: At) -> Typing:
        """There is nothing to type but a choice."""
        return Typing.CHOICE

    def shown(self, at: At) -> tuple[Line, ...]:
        """The files so far, those on their way marked; of ordered ones which to send again, and how to change the order."""
        there = self._so_far(at)
        lines = tuple(self._told(n, one) for n, one in enumerate(there, start=1))
        if not self.ordered or any("sha256" not in one for one in there):
            return lines
        flawed = [str(n) for n, one in enumerate(there, start=1) if one.get("flaw")]
        again = (line("flow.files_again", numbers=", ".join(flawed)),) if flawed else ()
        turned = " ".join(str(n) for n in (len(there), *range(1, len(there))))
        return (*lines, *again, *((line("flow.files_order", example=turned),) if len(there) > 1 else ()))

    def choices(self, at: At) -> tuple[Choice, ...]:
        """Done or none, and each file to be taken out again."""
        there = self._so_far(at)
        if not there:
            return (Choice(line("flow.skip"), SKIP),) if self.optional else ()
        drops = (Choice(line("flow.drop", item=one["name"]), f"{_REMOVE}{n}") for n, one in enumerate(there))
        return (Choice(line("flow.done"), DONE), *drops)

    def accept(self, said: Said, at: At) -> Understood:
        """Takes files, and then that this was all."""
        there = self._so_far(at)
        if said.file is not None:
            return self._taken(dict(said.file), there)
        value = said.value or self._meant(said.text, at)
        if value in {SKIP, DONE} and not there:
            return Accepted([]) if self.optional else Refused("no_file")
        if value == DONE:
            return self._finished(there)
        if self.ordered and (order := _new_order(said.text, len(there))):
            return Growing([there[n] for n in order])
        kept = [one for n, one in enumerate(there) if value != f"{_REMOVE}{n}"]
        return Growing(kept) if len(kept) < len(there) else NotAnAnswer()

    def _meant(self, typed: str, at: At) -> str:
        """What was typed; that it is done, or that there is nothing, is understood before there is any file too."""
        found = pick(typed, self.choices(at) if self._so_far(at) else (Choice(line("flow.done"), DONE), skip()))
        return found.action if found else ""

    def read_back(self, value: Any, at: At) -> Line | str | tuple[Line, ...]:
        """Every file with its size."""
        told = (line("flow.attached", file=self._told(n, one)) for n, one in enumerate(value, start=1))
        return tuple(told) or line("flow.nothing")

    def _told(self, number: int, file: dict[str, Any]) -> Line:
        if "sha256" not in file:
            return line("flow.file_coming", name=file["name"], size=size_line(file["size"]))
        pages = line("flow.file_pages", n=file["pages"]) if (file.get("pages") or 0) > 1 else ""
        flaw = line(f"flow.file_flaw.{file['flaw']}") if file.get("flaw") else ""
        beside = line("flow.file_caption", caption=file["caption"]) if file.get("caption") else ""
        shown = {"name": file["name"], "size": size_line(file["size"]), "pages": pages, "caption": beside, "flaw": flaw}
        return line("flow.file_numbered", n=number, **shown) if self.ordered else line("flow.file", **shown)

    def _taken(self, file: dict[str, Any], there: list[dict[str, Any]]) -> Understood:
        others = [one for one in there if one["id"] != file["id"]]
        awaited = len(others) < len(there)
        twice = "sha256" in file and any(one.get("sha256") == file["sha256"] for one in others)
        if "refused" in file or twice or ("sha256" in file and not (awaited or "uploaded" in file)):
            return Growing(others)
        if len(others) == self.most:
            return Refused("too_many", {"most": self.most})
        place = next((n for n, one in enumerate(there) if one["id"] == file["id"]), len(there))
        return Growing([*there[:place], file, *there[place + 1 :]])

    def _finished(self, there: list[dict[str, Any]]) -> Understood:
        coming = [one["name"] for one in there if "sha256" not in one]
        return Refused("still_coming", {"name": coming[0]}) if coming else Accepted(there)

    def _so_far(self, at: At) -> list[dict[str, Any]]:
        return [dict(one) for one in at.so_far or ()]
