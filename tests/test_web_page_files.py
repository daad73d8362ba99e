"""Files on the chat page in a real browser: picked, dropped, pasted; on their way, refused, retried, never twice."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from channels.contract import File
from channels.web.said import UPLOAD_LIMIT
from tests import files
from tests.chromium import chromium
from tests.fakes.site import Site, site
from tests.fakes.visitor import Visitor, visit, words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

    from channels.web.ports import Stored

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]
TYPES = {"pdf": "application/pdf", "png": "image/png", "txt": "text/plain"}
HAND_IN = """([kind, name, text, more]) => {
  const data = new DataTransfer();
  if (name) data.items.add(new File([text], name));
  if (more) data.setData("text/plain", more);
  const how = { bubbles: true, cancelable: true };
  for (const step of kind === "paste" ? ["paste"] : ["dragenter", "dragover", "drop"]) {
    const event = kind === "paste"
      ? new ClipboardEvent(step, { ...how, clipboardData: data })
      : new DragEvent(step, { ...how, dataTransfer: data });
    document.querySelector("#scroll").dispatchEvent(event);
    if (step === "dragover") window.told = document.querySelector("#drop").textContent;
  }
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chrome() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def there() -> AsyncIterator[Site]:
    async with site() as running:
        yield running


async def pick(lan: Visitor, *names: str, content: bytes | Path | None = None) -> None:
    """Choose files with the button: each as its name says, or with that content, or the one that lies there."""
    async with lan.page.expect_file_chooser() as chooser:
        await lan.page.get_by_role("button", name=words("composer.attach")).click()
    chosen: Any = (
        content
        if isinstance(content, Path)
        else [
            {"name": name, "mimeType": TYPES[name[-3:]], "buffer": files.named(name) if content is None else content}
            for name in names
        ]
    )
    await (await chooser.value).set_files(chosen)


def card(lan: Visitor, name: str) -> Any:
    return lan.page.locator(".row.own", has=lan.page.locator(".file .name", has_text=name))


def kept(there: Site) -> list[tuple[str, bytes]]:
    """Names and bytes of the files in the inbox."""
    found = [there.channel.read(one.raw).file for one in there.inbox]
    return [(one.name, there.uploads.kept[one.ref]) for one in found if one]


async def test_two_files_go_out_one_after_the_other_and_what_was_typed_after_them_last(
    chrome: Browser, there: Site
) -> None:
    gate = asyncio.Event()
    taking = there.uploads.keep

    async def keep(address: str, size: int, chunks: AsyncIterator[bytes]) -> Stored:
        await gate.wait()
        return await taking(address, size, chunks)

    there.uploads.keep = keep  # type: ignore[method-assign]
    async with visit(chrome, there) as lan:
        await pick(lan, "minh-chung.pdf", "ảnh.png")
        await lan.type("đã gửi đủ")
        for name in ("minh-chung.pdf", "ảnh.png"):
            await expect(card(lan, name)).to_have_attribute("data-state", "sending")
            await expect(card(lan, name).get_by_role("progressbar")).to_be_visible()
            await expect(card(lan, name).locator(".note")).to_contain_text("%")
        await expect(card(lan, "minh-chung.pdf").locator("small")).to_have_text("1 KB")
        await expect(card(lan, "minh-chung.pdf").get_by_role("progressbar")).to_have_js_property("value", 100)
        await expect(card(lan, "ảnh.png").get_by_role("progressbar")).to_have_js_property("value", 0)
        assert there.inbox == []
        gate.set()
        for name in ("minh-chung.pdf", "ảnh.png"):
            await expect(card(lan, name)).to_have_attribute("data-state", "stored")
            await expect(card(lan, name).get_by_role("progressbar")).to_have_count(0)
            await expect(card(lan, name).get_by_role("button")).to_have_count(0)
        await expect(lan.row("đã gửi đủ")).to_have_attribute("data-state", "stored")
        assert [name for name, _ in kept(there)] == ["minh-chung.pdf", "ảnh.png"]
        assert kept(there)[1][1] == files.png()
        assert list(there.said()[2]) == ["text"]
        await lan.reload()
        await expect(lan.page.locator(".row.own .file")).to_have_count(2)
        assert len(there.inbox) == 3


async def test_a_file_that_fails_is_retried_as_the_same_one(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        there.uploads.full = True
        await pick(lan, "minh-chung.pdf")
        row = card(lan, "minh-chung.pdf")
        await expect(row).to_have_attribute("data-state", "failed")
        await expect(row.get_by_role("status")).to_have_text(words("file.full"))
        await lan.type("tin sau vẫn đi")
        await expect(lan.row("tin sau")).to_have_attribute("data-state", "stored")
        there.uploads.full = False
        await row.get_by_role("button", name=words("file.retry")).click()
        await expect(row).to_have_attribute("data-state", "stored")
        await expect(row.get_by_role("status")).to_have_count(0)
        assert kept(there) == [("minh-chung.pdf", there.uploads.kept["upload-0"])]


async def test_whoever_has_sent_too_much_is_told_when_to_go_on_and_the_file_waits(
    chrome: Browser, there: Site, tmp_path: Path
) -> None:
    large = tmp_path / "minh-chung.pdf"
    large.write_bytes(bytes(UPLOAD_LIMIT))
    async with visit(chrome, there) as lan:
        there.uploads.many = True
        await pick(lan, large.name, content=large)
        row = card(lan, "minh-chung.pdf")
        await expect(row).to_have_attribute("data-state", "failed")
        await expect(row.get_by_role("status")).to_have_text(words("file.many"))
        there.uploads.many = False
        await row.get_by_role("button", name=words("file.retry")).click()
        await expect(row).to_have_attribute("data-state", "stored")
        assert len(there.inbox) == 1


async def test_a_visitor_is_told_who_may_send_files_and_goes_on_after_joining(
    chrome: Browser, there: Site, tmp_path: Path
) -> None:
    large = tmp_path / "minh-chung.pdf"
    large.write_bytes(bytes(UPLOAD_LIMIT))
    async with visit(chrome, there) as lan:
        there.uploads.visitor = True
        await pick(lan, large.name, content=large)
        row = card(lan, "minh-chung.pdf")
        await expect(row).to_have_attribute("data-state", "failed")
        await expect(row.get_by_role("status")).to_have_text(words("file.visitor"))
        await lan.type("ABCDE-23456")
        await expect(lan.row("ABCDE")).to_have_attribute("data-state", "stored")
        there.uploads.visitor = False
        await row.get_by_role("button", name=words("file.retry")).click()
        await expect(row).to_have_attribute("data-state", "stored")


async def test_an_answer_lost_on_its_way_makes_no_second_message(chrome: Browser, there: Site) -> None:
    async def stored_but_cut(route: Any) -> None:
        await route.fetch()
        await route.abort()

    async with visit(chrome, there) as lan:
        await lan.page.route("**/chat/upload*", stored_but_cut, times=1)
        await pick(lan, "minh-chung.pdf")
        await expect(card(lan, "minh-chung.pdf")).to_have_attribute("data-state", "stored")
        await lan.type("tiếp")
        await expect(lan.row("tiếp")).to_have_attribute("data-state", "stored")
        assert len(there.inbox) == 2
        await expect(lan.page.locator(".row.own")).to_have_count(2)


async def test_what_never_gets_through_holds_up_nobody_and_can_be_removed(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.page.route("**/chat/upload*", lambda route: route.abort())
        await pick(lan, "minh-chung.pdf")
        await lan.type("tin sau vẫn đi")
        row = card(lan, "minh-chung.pdf")
        await expect(row.get_by_role("status")).to_have_text(words("file.failed"), timeout=15_000)
        await expect(lan.row("tin sau")).to_have_attribute("data-state", "stored")
        await row.get_by_role("button", name=words("file.drop_it")).click()
        await expect(row).to_have_count(0)
        await lan.reload()
        assert await lan.texts() == ["tin sau vẫn đi"]
        await expect(lan.page.locator(".file")).to_have_count(0)


async def test_one_on_its_way_can_be_called_off(chrome: Browser, there: Site) -> None:
    held = asyncio.Event()

    async def hold(route: Any) -> None:
        await held.wait()
        await route.abort()

    async with visit(chrome, there) as lan:
        await lan.page.route("**/chat/upload*", hold, times=1)
        await pick(lan, "nhầm.pdf", "đúng.pdf")
        await card(lan, "nhầm.pdf").get_by_role("button", name=words("file.drop_it")).click()
        await expect(card(lan, "đúng.pdf")).to_have_attribute("data-state", "stored")
        await expect(card(lan, "nhầm.pdf")).to_have_count(0)
        held.set()
        assert [name for name, _ in kept(there)] == ["đúng.pdf"]


async def test_too_large_or_empty_is_said_before_anything_goes_out(
    chrome: Browser, there: Site, tmp_path: Path
) -> None:
    large = tmp_path / "to.pdf"
    with large.open("wb") as out:
        out.truncate(UPLOAD_LIMIT + 1)
    async with visit(chrome, there) as lan:
        await pick(lan, content=large)
        wrong = lan.page.get_by_role("alert")
        await expect(wrong).to_contain_text("to.pdf")
        await expect(wrong).to_contain_text("20 MB")
        await pick(lan, "rỗng.pdf", content=b"")
        await expect(wrong).to_have_text(words("file.empty").format(name="rỗng.pdf"))
        assert there.tries == 0
        await expect(lan.page.locator(".file")).to_have_count(0)
        await lan.type("vẫn nhắn được")
        await expect(lan.row("vẫn nhắn")).to_have_attribute("data-state", "stored")
        await expect(wrong).to_be_empty()
        await pick(lan, "vừa.pdf")
        await expect(card(lan, "vừa.pdf")).to_have_attribute("data-state", "stored")


async def test_files_can_be_dropped_and_pasted_but_pasted_words_stay_words(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.page.evaluate(HAND_IN, ["drop", "thả.pdf", "một", ""])
        await expect(card(lan, "thả.pdf")).to_have_attribute("data-state", "stored")
        assert "20 MB" in await lan.page.evaluate("window.told")
        await expect(lan.page.locator("#drop")).to_be_hidden()
        await lan.page.evaluate(HAND_IN, ["paste", "dán.png", "hai", ""])
        await expect(card(lan, "dán.png")).to_have_attribute("data-state", "stored")
        await lan.page.evaluate(HAND_IN, ["paste", "hình của ô.png", "ba", "Nguyễn Thị Hoa"])
        await lan.type("xong")
        await expect(lan.row("xong")).to_have_attribute("data-state", "stored")
        assert kept(there) == [("thả.pdf", "một".encode()), ("dán.png", b"hai")]


async def test_offline_a_file_waits_and_goes_out_by_itself(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.context.set_offline(True)
        await expect(lan.page.locator("#banner")).to_have_text(words("page.offline"))
        await pick(lan, "minh-chung.pdf")
        row = card(lan, "minh-chung.pdf")
        await expect(row.locator(".note")).to_have_text(words("bubble.again"))
        await lan.context.set_offline(False)
        await expect(row).to_have_attribute("data-state", "stored")
        assert len(kept(there)) == 1


async def test_a_file_lost_with_the_page_is_named(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        there.refusing = True
        await pick(lan, "minh-chung.pdf")
        row = card(lan, "minh-chung.pdf")
        await expect(row.locator(".note")).to_have_text(words("bubble.again"))
        await lan.reload()
        there.refusing = False
        await expect(row.get_by_role("status")).to_have_text(words("file.lost"))
        await expect(row.get_by_role("button", name=words("file.retry"))).to_have_count(0)
        await lan.type("vẫn nhắn được")
        await expect(lan.row("vẫn nhắn")).to_have_attribute("data-state", "stored")
        await row.get_by_role("button", name=words("file.drop_it")).click()
        await lan.reload()
        await expect(lan.page.locator(".file")).to_have_count(0)
        assert len(there.inbox) == 1


async def test_a_hostile_name_is_only_a_name(chrome: Browser, there: Site) -> None:
    name = "<img src=x onerror=alert(1)>.pdf"
    async with visit(chrome, there) as lan:
        await pick(lan, name)
        await expect(card(lan, name)).to_have_attribute("data-state", "stored")
        await lan.hears("", file=File(name, "application/pdf", files.pdf()))
        await expect(lan.page.locator(".row.bot .name")).to_contain_text(name)
        assert await lan.page.locator(".row img").count() == 0


async def test_a_file_of_the_bot_is_a_card_to_save(chrome: Browser, there: Site) -> None:
    content = bytes(3 * 1024 * 1024)
    async with visit(chrome, there) as lan:
        await lan.hears("Tệp mẫu ạ.", file=File("danh-sach.xlsx", "application/octet-stream", content))
        link = lan.page.get_by_role("link", name=words("bubble.file").format(name="danh-sach.xlsx"))
        await expect(link.locator("small")).to_have_text("3 MB")
        async with lan.page.expect_download() as download:
            await link.click()
        got = await download.value
        assert got.suggested_filename == "danh-sach.xlsx"
        assert (await got.path()).read_bytes() == content
