"""The page behind an upload link in a real browser: how far each file has gone, what is said of it, ended, run out."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from scheduler.fetch_file import MOST_UPLOADED
from tests import files
from tests.app import running_app
from tests.chromium import DESK, PHONE, chromium
from tests.registering import WORKS, seat
from tests.registering import words as said
from tests.uploading import MEGABYTE, link

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Locator, Page

    from tests.app import Running

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]
DROP = """(names) => {
  const data = new DataTransfer();
  for (const name of names) data.items.add(new File([name], name));
  for (const step of ["dragover", "drop"])
    document.querySelector("#drop").dispatchEvent(
      new DragEvent(step, { bubbles: true, cancelable: true, dataTransfer: data }),
    );
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chrome() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def app(tmp_path: Path) -> AsyncIterator[Running]:
    async with running_app(f"sqlite:///{tmp_path}/test.db", start=WORKS) as running:
        await seat(running, "an")
        yield running


@contextlib.asynccontextmanager
async def opened(chrome: Browser, url: str, *, failing: bool = False, **more: Any) -> AsyncIterator[Page]:
    """The page; whatever goes wrong in it, a breach of its policy too, fails the test unless it is meant to."""
    context = await chrome.new_context(locale="vi-VN", **more)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    await page.goto(url)
    yield page
    await context.close()
    assert failing or wrong == []


def words(key: str, **params: Any) -> str:
    return said(f"uploading.{key}", **params)


def word(name: str) -> str:
    return words(f"file.{name}", megabytes=50)


async def pick(page: Page, **named: bytes | Path) -> None:
    """Choose files: their names, with "_" for the dot, and what they hold."""
    chosen: Any = [
        {"name": name.replace("_", "."), "mimeType": "x/y", "buffer": content} for name, content in named.items()
        if isinstance(content, bytes)
    ]  # fmt: skip
    await page.set_input_files("#pick", chosen or list(named.values()))


def row(page: Page, name: str) -> Locator:
    return page.locator("#files li", has=page.locator(".name", has_text=name))


async def test_two_files_go_one_after_the_other_and_the_conversation_goes_on(chrome: Browser, app: Running) -> None:
    gate, taking = asyncio.Event(), app.app.store.keep

    async def keep(chunks: AsyncIterator[bytes], most: int) -> Any:
        kept = await taking(chunks, most)
        await gate.wait()
        return kept

    app.app.store.keep = keep  # type: ignore[method-assign]
    async with opened(chrome, await link(app)) as page:
        await pick(page, một_pdf=files.pdf(2), hai_pdf=files.pdf(3))
        first, second = row(page, "một.pdf"), row(page, "hai.pdf")
        await expect(first.get_by_role("progressbar")).to_have_js_property("value", 100)
        await expect(first.locator(".note")).to_have_text(words("file.going", percent=100))
        await expect(first.locator(".size")).to_have_text("2 KB")
        await expect(second.get_by_role("progressbar")).to_have_js_property("value", 0)
        await expect(second.locator(".note")).to_have_text(word("waiting"))
        await expect(page.locator("#done")).to_be_disabled()
        gate.set()
        for one in (first, second):
            await expect(one.locator(".note")).to_have_text(word("kept"))
            await expect(one.locator("progress")).to_be_hidden()
        await expect(page.locator("#came")).to_have_text("2")
        await app.settled()
        shown = app.phone.texts("an")[-1]
        assert shown.index("1. một.pdf") < shown.index("2. hai.pdf")
        await page.locator("#done").click()
        await expect(page.get_by_role("heading")).to_have_text(words("done.title"))
        await expect(page.locator("b")).to_have_text("2")


async def test_what_cannot_go_is_said_at_once_and_nothing_is_sent(
    chrome: Browser, app: Running, tmp_path: Path
) -> None:
    large = tmp_path / "to.pdf"
    with large.open("wb") as out:
        out.truncate(MOST_UPLOADED + 1)
    async with opened(chrome, await link(app)) as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url))
        await page.set_input_files("#pick", [large])
        await pick(page, rỗng_pdf=b"")
        await expect(row(page, "to.pdf").locator(".note")).to_have_text(word("too_large"))
        await expect(row(page, "rỗng.pdf").locator(".note")).to_have_text(word("empty"))
        assert await page.locator("#files button").count() == 0
        assert sent == []


async def test_a_full_disk_is_said_and_the_same_file_is_tried_again(chrome: Browser, app: Running) -> None:
    folder = app.app.settings.files_dir
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "arriving").write_text("in the way")
    async with opened(chrome, await link(app), failing=True) as page:
        await pick(page, một_pdf=files.pdf(2))
        await expect(row(page, "một.pdf").locator(".note")).to_have_text(word("full"))
        (folder / "arriving").unlink()
        await row(page, "một.pdf").get_by_role("button", name=word("retry")).click()
        await expect(row(page, "một.pdf").locator(".note")).to_have_text(word("kept"))


async def test_an_answer_lost_on_its_way_makes_no_second_file(chrome: Browser, app: Running) -> None:
    async def stored_but_cut(route: Any) -> None:
        await route.fetch()
        await route.abort()

    async with opened(chrome, await link(app), failing=True) as page:
        await page.route("**/file?*", stored_but_cut, times=1)
        await pick(page, một_pdf=files.pdf(2))
        await expect(row(page, "một.pdf").locator(".note")).to_have_text(word("kept"))
    await app.settled()
    assert "2. " not in app.phone.texts("an")[-1]


async def test_files_are_dropped_and_a_hostile_name_is_only_a_name(chrome: Browser, app: Running) -> None:
    async with opened(chrome, await link(app)) as page:
        await page.evaluate(DROP, ["<img src=x onerror=alert(1)>.txt"])
        await expect(row(page, "<img src=x").locator(".note")).to_have_text(word("kept"))
        assert await page.locator("img").count() == 0
    await app.settled()
    assert any(said("files.plain_text") in text for text in app.phone.texts("an"))


async def test_of_two_tabs_one_ends_it_for_the_other(chrome: Browser, app: Running, tmp_path: Path) -> None:
    url, large = await link(app), tmp_path / "ba.pdf"
    large.write_bytes(bytes(20 * MEGABYTE))
    async with opened(chrome, url, failing=True) as one, opened(chrome, url) as other:
        await pick(one, một_pdf=files.pdf(2))
        await pick(other, hai_pdf=files.pdf(3))
        for page in (one, other):
            await expect(page.locator("#files .note")).to_have_text(word("kept"))
        await other.locator("#done").click()
        await expect(other.get_by_role("heading")).to_have_text(words("done.title"))
        await pick(one, ba_pdf=large)
        await expect(row(one, "ba.pdf").locator(".note")).to_have_text(word("dead"))
        assert await one.locator("#files button").count() == 0


async def test_when_its_time_is_over_the_page_says_so_by_itself(chrome: Browser, app: Running) -> None:
    url = await link(app)
    async with opened(chrome, url) as page:
        await expect(page.locator("#left")).to_have_text(words("file.left", minutes=30))
    await app.move_to(WORKS + timedelta(minutes=30) - timedelta(seconds=5))
    async with opened(chrome, url) as page:
        await expect(page.locator("#left")).to_have_text(words("file.left", minutes=1))
        await expect(page.locator("#left")).to_have_text(words("file.over"), timeout=10_000)
        await expect(page.locator("#drop")).to_be_hidden()


async def test_without_scripts_a_form_does_it(chrome: Browser, app: Running) -> None:
    async with opened(chrome, await link(app), java_script_enabled=False) as page:
        await expect(page.locator("#drop")).to_be_hidden()
        await page.set_input_files(
            "#chosen", [{"name": f"{n}.pdf", "mimeType": "x/y", "buffer": files.pdf(n)} for n in (1, 2)]
        )
        await page.get_by_role("button", name=words("page.send")).click()
        await expect(page.locator("#files .note")).to_have_text([word("kept")] * 2)
        await expect(page.locator("#came")).to_have_text("2")
        await page.locator("#done").click()
        await expect(page.get_by_role("heading")).to_have_text(words("done.title"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK, (320, 568)])
async def test_it_fits_every_screen(chrome: Browser, app: Running, size: tuple[int, int], scheme: str) -> None:
    screen: dict[str, Any] = {"viewport": {"width": size[0], "height": size[1]}, "color_scheme": scheme}
    async with opened(chrome, await link(app), has_touch=size != DESK, **screen) as page:
        await pick(page, **{f"{'báo cáo tổng kết phong trào thi đua ' * 3}_pdf": files.pdf(2), "rỗng_pdf": b""})
        await expect(page.locator("#files .note")).to_have_text([word("kept"), word("empty")])
        assert await page.evaluate("document.documentElement.scrollWidth") <= size[0]
        short = await page.eval_on_selector_all(
            "button, label.main, a, input:not(.unseen):not([type=hidden])",
            "all => all.filter(one => one.offsetParent && one.getBoundingClientRect().height < 44)"
            ".map(one => one.outerHTML)",
        )
        assert short == []
