"""Every transcript of tests/conversations, unchanged, on every messenger; and a player that notices what is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.messengers import Shown
from tests.player import CONVERSATIONS, MESSENGERS, Play, load, messengers, play
from tests.transcript import FormatError, Transcript, fits, read, written

if TYPE_CHECKING:
    from pathlib import Path

TRANSCRIPTS = [load(path) for path in sorted(CONVERSATIONS.glob("*.chat"))]
EVERYWHERE = [
    pytest.param(one, messenger, id=f"{one.name}-{messenger}") for one in TRANSCRIPTS for messenger in messengers(one)
]
ON_POSTGRES = ("02-", "11-", "14-")
"""Joining, two devices and drafts: what writes most."""
HELLO = "DN: /ngonngu\nBot: Anh/chị chọn ngôn ngữ. Nội dung kế hoạch luôn giữ nguyên văn tiếng Việt.\n"
CHOICES = "     [Tiếng Việt]\n     [English]\n"


@pytest.mark.parametrize(("transcript", "messenger"), EVERYWHERE)
async def test_conversation(transcript: Transcript, messenger: str, tmp_path: Path) -> None:
    await play(transcript, messenger, f"sqlite:///{tmp_path}/test.db")


@pytest.mark.postgres
@pytest.mark.parametrize(
    "transcript", [pytest.param(one, id=one.name) for one in TRANSCRIPTS if one.name.startswith(ON_POSTGRES)]
)
async def test_conversation_on_postgres(transcript: Transcript, postgres_url: str) -> None:
    await play(transcript, "web", postgres_url)


async def _told(content: str, tmp_path: Path, messenger: str = "web") -> Play:
    return await play(read("told.chat", content), messenger, f"sqlite:///{tmp_path}/test.db")


@pytest.mark.parametrize("messenger", MESSENGERS)
@pytest.mark.parametrize(
    "wrong",
    [
        f"{HELLO}{CHOICES}Bot: Chào anh/chị!\n",
        "DN: /ngonngu\nDN: /trogiup\n",
        f"{HELLO}{CHOICES}".replace("chọn", "đổi"),
        f"{HELLO}     [English]\n     [Tiếng Việt]\n",
    ],
    ids=["a message missing", "a message too many", "another word", "another order"],
)
async def test_a_transcript_that_is_wrong_fails(wrong: str, messenger: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=rf"told\.chat:1 on {messenger}: DN: /ngonngu"):
        await _told(wrong, tmp_path, messenger)


SHOWN = Shown("DN", "Dòng một\ndòng hai", (("Có", "yes"), ("Không", "no")), "lich.ics")
RIGHT = "Bot: Dòng một\n     dòng hai\n     (tệp lich.ics)\n     | 01/5 họp\n     [Có]\n     [Không]\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("một", "hai"),
        ("     dòng hai\n", ""),
        ("dòng hai", "dòng hai nữa"),
        ("     [Không]\n", ""),
        ("[Không]", "[Không]\n     [Khác]"),
        ("     (tệp lich.ics)\n", ""),
        ("lich.ics", "anh.png"),
        ("Bot:", "Bot → HOA:"),
        ("Dòng một", "{từ} {từ}"),
        ("một", "{biết rồi}"),
    ],
)
def test_a_message_fits_or_it_does_not(before: str, after: str) -> None:
    names = {"biết rồi": "ba"}
    assert _fits(RIGHT, SHOWN, names, files=True)
    assert RIGHT.replace(before, after) != RIGHT
    assert not _fits(RIGHT.replace(before, after), SHOWN, names, files=True)
    assert names == {"biết rồi": "ba"}


def test_text_stands_for_a_file_where_none_is_taken() -> None:
    text_only = replace(SHOWN, text=f"{SHOWN.text}\n01/5 họp", file=None)
    assert _fits(RIGHT, text_only, {}, files=False)
    assert not _fits(RIGHT, replace(text_only, text=SHOWN.text), {}, files=False)


def _fits(bot: str, shown: Shown, names: dict[str, str], *, files: bool) -> bool:
    return fits(read("one.chat", f"DN: chào\n{bot}").steps[0].blocks[0], shown, "DN", names, files=files)


def test_what_was_said_is_written_as_it_is_read() -> None:
    for shown in (
        SHOWN,
        replace(SHOWN, text="", choices=()),
        replace(SHOWN, text="a\n\nb", file=None),
        Shown("HOA", "x"),
    ):
        assert _fits("\n".join(written(shown, "DN", ["01/5 họp"] if shown.file else ())), shown, {}, files=True)


async def test_the_difference_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(AssertionError) as failed:
        await _told(f"{HELLO}{CHOICES}".replace("chọn", "đổi"), tmp_path)
    lines = str(failed.value).splitlines()
    assert "-Bot: Anh/chị đổi ngôn ngữ. Nội dung kế hoạch luôn giữ nguyên văn tiếng Việt." in lines
    assert "+Bot: Anh/chị chọn ngôn ngữ. Nội dung kế hoạch luôn giữ nguyên văn tiếng Việt." in lines
    assert "      [Tiếng Việt]" in lines


async def test_any_text_and_names_fit_what_they_stand_for(tmp_path: Path) -> None:
    content = f"{HELLO}{CHOICES}".replace("chọn ngôn ngữ", "chọn {một} ngữ").replace("giữ nguyên văn", "…")
    played = await _told(f"{content}DN: {{một}}\nBot: …\n     …\n", tmp_path)
    said = [shown.text for _, heard in played.told for shown in heard]
    assert len(said) == 2


async def test_a_restart_keeps_what_a_transcript_goes_on_with(tmp_path: Path) -> None:
    await _told(
        f"{HELLO}{CHOICES}-- khởi động lại --\nDN: 2\nBot: From now on I answer in English.\n     [☰ Menu]\n", tmp_path
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("DN chào em\n", r"told\.chat:1: 'DN chào em' is neither"),
        ("-- ngủ một lát --\n", "knows no order 'ngủ một lát'"),
        ("-- người: DN = Hoa, giám đốc của kkt-hai-phong-dn-1 --\n", "no role 'giám đốc'"),
        ("-- người: DN = Hoa, thành viên của Phòng Nào --\n", "0 units are called 'Phòng Nào'"),
    ],
)
async def test_what_nobody_can_read_is_said(content: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=why):
        await _told(content, tmp_path)
