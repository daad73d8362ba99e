"""The .chat format (tests/conversations/README.md): read, matched against what was shown, written back."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.messengers import Shown

INDENT = " " * 5
ANY = "…"
_BOT = re.compile(r"Bot(?: → (?P<to>[^:(]+(?: \([^)]+\))?))?(?: \((?P<times>\d+) lần\))?:(?: (?P<text>.*))?")
_PERSON = re.compile(
    r"(?P<who>[^\W\d_][\w ]*?(?: \(máy khác\))?)(?P<verb> bấm cũ| bấm| gửi| sửa| trong nhóm)?"
    r"(?: \((?P<times>\d+) lần\))?: (?P<text>.+)"
)
_ORDER = re.compile(r"-- (?P<text>.+) --")
_FILE = re.compile(r"\(tệp (.+)\)")
_CHOICE = re.compile(r"\[(.+)\]")
_NAME = re.compile(r"\{([\w ]+)\}")


@dataclass
class Block:
    """One message of the bot as the transcript has it."""

    line: int
    to: str | None
    raw: list[str]
    text: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    file: str | None = None
    instead: list[str] = field(default_factory=list)
    """text that stands for the file where a messenger takes none"""


@dataclass
class Step:
    """What somebody does, or an order to the player, and everything the bot says to it."""

    line: int
    raw: list[str]
    verb: str = ""
    """"" for writing, else "bấm", "bấm cũ", "gửi", "sửa", "trong nhóm", or "--" for an order to the player"""
    who: str = ""
    text: str = ""
    times: int = 1
    blocks: list[Block] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    """blank lines and comments that follow"""


@dataclass
class Transcript:
    """A whole file."""

    name: str
    head: list[str]
    steps: list[Step]

    def orders(self, word: str) -> list[str]:
        """What the orders that begin with `word:` say."""
        said = (step.text for step in self.steps if step.verb == "--")
        return [text.removeprefix(f"{word}:").strip() for text in said if text.startswith(f"{word}:")]


class FormatError(ValueError):
    """A line of a transcript that nobody can read; the message names it."""


def read(name: str, content: str) -> Transcript:
    """The transcript a file holds. Raises FormatError."""
    transcript = Transcript(name, [], [])
    for number, raw in _paragraphs(unicodedata.normalize("NFC", content)):
        first = raw[0]
        if not first.strip() or first.startswith("#"):
            (transcript.steps[-1].after if transcript.steps else transcript.head).extend(raw)
        elif (found := _BOT.fullmatch(first)) and transcript.steps:
            step = transcript.steps[-1]
            step.blocks += [_block(number, found, raw)] * int(found["times"] or 1)
            step.after.clear()
        elif found := _ORDER.fullmatch(first):
            transcript.steps.append(Step(number, raw, "--", text=found["text"]))
        elif found := _PERSON.fullmatch(first):
            text = "\n".join([found["text"], *(one.removeprefix(INDENT) for one in raw[1:])])
            transcript.steps.append(
                Step(number, raw, (found["verb"] or "").strip(), found["who"], text, int(found["times"] or 1))
            )
        else:
            raise FormatError(f"{name}:{number}: {first!r} is neither somebody's words nor an order to the player")
    return transcript


def _paragraphs(content: str) -> Iterator[tuple[int, list[str]]]:
    """A line with the indented ones below it; a blank line belongs to them if an indented one follows."""
    lines = content.splitlines()
    place = 0
    while place < len(lines):
        end = place + 1
        while lines[place].strip() and end < len(lines):
            ahead = next((n for n in range(end, len(lines)) if lines[n].strip()), len(lines))
            if ahead == len(lines) or not lines[ahead].startswith(INDENT):
                break
            end = ahead + 1
        yield place + 1, lines[place:end]
        place = end


def _block(number: int, found: re.Match[str], raw: list[str]) -> Block:
    block = Block(number, found["to"], raw)
    lines = [*([found["text"]] if found["text"] is not None else []), *(one.removeprefix(INDENT) for one in raw[1:])]
    while lines and (choice := _CHOICE.fullmatch(lines[-1])):
        block.choices.insert(0, choice[1])
        lines.pop()
    while lines and lines[-1].startswith("|"):
        block.instead.insert(0, lines.pop().removeprefix("|").removeprefix(" "))
    if lines and (file := _FILE.fullmatch(lines[-1])):
        block.file = file[1]
        lines.pop()
    block.text = lines
    return block


def written(shown: Shown, speaker: str, instead: Sequence[str] = ()) -> list[str]:
    """A message as lines of a transcript."""
    lines = shown.text.split("\n") if shown.text else []
    lines += [f"(tệp {shown.file})"] if shown.file else []
    lines += [f"| {one}".rstrip() for one in instead]
    lines += [f"[{label}]" for label, _ in shown.choices]
    to = "Bot" if shown.seat == speaker else f"Bot → {shown.seat}"
    first, *rest = lines or [""]
    if first.startswith(("(tệp ", "[")):
        first, rest = "", lines
    return [f"{to}: {first}".rstrip(), *(f"{INDENT}{one}".rstrip() for one in rest)]


def counted(messages: Sequence[list[str]]) -> list[str]:
    """Messages below one another; the same several times in a row stands once, with how often."""
    out: list[str] = []
    for first, *rest in (list(same) for _, same in groupby([_once(one) for one in messages])):
        times = f"Bot ({len(rest) + 1} lần):" if rest else "Bot:"
        out += [first[0].replace("Bot:", times, 1), *first[1:]]
    return out


def _once(lines: list[str]) -> list[str]:
    return [re.sub(r"^Bot \(\d+ lần\):", "Bot:", lines[0]), *lines[1:]]


def fits(block: Block, shown: Shown, speaker: str, names: dict[str, str], *, files: bool) -> bool:
    """Whether that is the message the block expects; what it names for the first time is added to `names`.

    `files`: whether the messenger takes files; where it takes none, the text instead of the file is expected.
    """
    text = block.text + ([] if files else block.instead)
    expected = [*text, *(f"[{one}]" for one in block.choices)]
    said = [*shown.text.split("\n"), *(f"[{label}]" for label, _ in shown.choices)]
    found = _pattern(expected, names).fullmatch("\n".join(one.rstrip() for one in said).strip())
    if not found or shown.seat != (block.to or speaker) or (files and shown.file != block.file):
        return False
    names |= {_spelled(name): value for name, value in found.groupdict().items()}
    return True


def _pattern(lines: list[str], names: dict[str, str]) -> re.Pattern[str]:
    """The lines as an expression: "…" is any text, {name} what it stood for before, or from now on."""
    out: list[str] = []
    known = dict.fromkeys(names)
    for one in lines:
        parts = []
        for part in re.split(r"(…|\{[\w ]+\})", one.rstrip()):
            named = _NAME.fullmatch(part)
            if part == ANY:
                parts.append(r"[\s\S]*" if one.strip() == ANY else ".*")
            elif named and named[1] in known:
                same = names.get(named[1])
                parts.append(re.escape(same) if same is not None else f"(?P={_group(named[1])})")
            elif named:
                known[named[1]] = None
                parts.append(rf"(?P<{_group(named[1])}>[^\s/=]+)")
            else:
                parts.append(re.escape(part))
        out.append("".join(parts))
    return re.compile("\n".join(out).strip())


def _group(name: str) -> str:
    return "n_" + name.encode().hex()


def _spelled(group: str) -> str:
    return bytes.fromhex(group.removeprefix("n_")).decode()


def filled(text: str, names: dict[str, str]) -> str:
    """The text with {name}s replaced by what they stand for. AssertionError: it stands for nothing yet."""
    unknown = [name for name in _NAME.findall(text) if name not in names]
    assert not unknown, f"nothing is called {unknown} yet: the bot was to name it"
    return _NAME.sub(lambda found: names[found[1]], text)
