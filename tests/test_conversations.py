"""Every transcript of tests/conversations, unchanged, on every messenger; and a player that notices what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.player import CONVERSATIONS, Play, load, messengers, play
from tests.transcript import FormatError, Transcript, read

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


@pytest.mark.parametrize("messenger", ["telegram", "web", "terminal"])
@pytest.mark.parametrize(
    ("wrong", "content"),
    [
        ("a message is missing", f"{HELLO}{CHOICES}Bot: Chào anh/chị!\n"),
        ("a message is too many", "DN: /ngonngu\nDN: /ngonngu\n"),
        ("another word", f"{HELLO}{CHOICES}".replace("chọn", "đổi")),
        ("a line too few", f"{HELLO}{CHOICES}".replace(" Nội dung kế hoạch luôn giữ nguyên văn tiếng Việt.", "")),
        ("a choice is missing", f"{HELLO}{CHOICES}".replace("     [English]\n", "")),
        ("a choice is too many", f"{HELLO}{CHOICES}     [Khác]\n"),
        ("another order", f"{HELLO}     [English]\n     [Tiếng Việt]\n"),
        ("somebody else", f"{HELLO}{CHOICES}".replace("Bot:", "Bot → HOA:")),
        ("a file that did not come", f"{HELLO}     (tệp lich.ics)\n     | Không có gì\n{CHOICES}"),
        ("a name that stands for two things", f"{HELLO}{CHOICES}".replace("chọn ngôn ngữ", "{một} {một} ngữ")),
    ],
)
async def test_a_transcript_that_is_wrong_fails(wrong: str, content: str, messenger: str, tmp_path: Path) -> None:
    await _told(f"{HELLO}{CHOICES}", tmp_path)
    (tmp_path / "test.db").unlink()
    with pytest.raises(AssertionError, match=rf"told\.chat:1 on {messenger}: DN: /ngonngu"):
        await _told(content, tmp_path, messenger)


async def test_the_difference_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(AssertionError) as failed:
        await _told(f"{HELLO}{CHOICES}".replace("chọn", "đổi"), tmp_path)
    lines = str(failed.value).splitlines()
    assert "-Bot: Anh/chị đổi ngôn ngữ. Nội dung kế hoạch luôn giữ nguyên văn tiếng Việt." in lines
    assert "+Bot: Anh/chị chọn ngôn ngữ. Nội dung kế hoạch luôn giữ nguyên văn tiếng Việt." in lines
    assert "      [Tiếng Việt]" in lines


async def test_any_text_and_names_fit_what_they_stand_for(tmp_path: Path) -> None:
    content = f"{HELLO}{CHOICES}".replace("chọn ngôn ngữ", "chọn {một} ngữ").replace("giữ nguyên văn", "…")
    played = await _told(f"{content}DN: {{một}}\nBot: …\n     …\n     [☰ Menu]\n", tmp_path)
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
