"""The public page that checks a receipt, over HTTP and in a real browser: what it shows, and what it never does."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.check_page import check_url
from documents.receipt import receipt_pdf
from domain.campaign import Asks
from domain.dossier import State
from domain.registration import canonical
from storage import dossiers
from storage.dossiers import New
from tests.app import running_app
from tests.check_pages import (
    CONTENT,
    FIRST,
    MATCH,
    NUMBER,
    PROOF,
    SECOND,
    Checks,
    choose,
    instant,
    opened,
    receipt,
    served,
    words,
)  # fmt: skip
from tests.chromium import DESK, PHONE, chromium
from tests.storing import CONTENT as STORED
from tests.storing import SHA, chunks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def there() -> AsyncIterator[Checks]:
    async with served() as checks:
        yield checks


# --- what it shows -------------------------------------------------------------------------------------------------


async def test_number_times_state_and_hashes_stand_there(there: Checks) -> None:
    answer, page = await there.get(f"/kiem-tra/{NUMBER}")
    assert answer.status == 200
    for shown in (
        NUMBER, "Yêu cầu bổ sung", "Nộp lúc 08:01:07 ngày 24/04/2023", "Nộp lúc 23:01:07 ngày 29/04/2023", FIRST, SECOND,
        "Tra cứu lúc 09:30:01 ngày 02/05/2023", words("check.kind.title"),
    ):  # fmt: skip
        assert shown in page
    latest, first = page.split('<li data-sha256="')[1:]
    assert words("check.late") in latest
    assert words("check.late") not in first
    assert words("check.not_late") in first


@pytest.mark.parametrize("kind", Asks)
@pytest.mark.parametrize("state", State)
async def test_every_kind_and_state_has_its_words(there: Checks, kind: Asks, state: State) -> None:
    there.proofs[NUMBER] = replace(PROOF, kind=kind, state=state)
    _, page = await there.get(f"/kiem-tra/{NUMBER}")
    assert words(f"check.kind.{kind.value}") in page
    assert words(f"state.{state.value}") in page


async def test_nothing_is_kept_found_or_let_in(there: Checks) -> None:
    for path in (f"/kiem-tra/{NUMBER}", "/kiem-tra", "/kiem-tra/nothing"):
        answer, _ = await there.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "typed", [NUMBER.lower(), NUMBER.replace("-", " "), f"  {NUMBER.lower().replace('-', '  ')} ", NUMBER + " "]
)
async def test_a_number_is_found_however_it_is_typed(there: Checks, typed: str) -> None:
    answer, page = await there.get(f"/kiem-tra/{typed}")
    assert (answer.status, SECOND in page) == (200, True)
    answer, page = await there.get(f"/kiem-tra?number={typed}&lang=en")
    assert (answer.status, answer.url.path) == (200, f"/kiem-tra/{NUMBER}")
    assert "Returned for changes" in page
    assert set(there.asked) == {NUMBER}


async def test_a_field_asks_for_a_number(there: Checks) -> None:
    for path in ("/kiem-tra", "/kiem-tra?number=", "/kiem-tra?number=%20"):
        answer, page = await there.get(path)
        assert answer.status == 200
        assert words("check.explain") in page
        assert 'role="alert"' not in page
    assert there.asked == []


async def test_a_slip_is_said_to_be_one_until_it_is_mended(there: Checks) -> None:
    wrong = NUMBER[:-1] + ("X" if NUMBER[-1] != "X" else "Y")
    for path in (f"/kiem-tra/{wrong}", f"/kiem-tra?number={wrong}", "/kiem-tra/00042", f"/kiem-tra/{NUMBER[1:]}"):
        answer, page = await there.get(path)
        assert answer.status == 400
        assert words("check.mistyped_title") in page
        assert FIRST not in page
    assert there.asked == []
    answer, _ = await there.get(f"/kiem-tra?number={NUMBER}")
    assert answer.status == 200


async def test_an_unknown_number_is_a_kind_404(there: Checks) -> None:
    del there.proofs[NUMBER]
    answer, page = await there.get(f"/kiem-tra/{NUMBER}")
    assert answer.status == 404
    assert words("check.unknown_title") in page
    assert 'name="number"' in page


async def test_while_the_database_is_away_it_says_so_and_then_works_again(there: Checks) -> None:
    there.away = True
    answer, page = await there.get(f"/kiem-tra/{NUMBER}")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert words("check.away_title") in page
    there.away = False
    answer, _ = await there.get(f"/kiem-tra/{NUMBER}")
    assert answer.status == 200


async def test_the_language_is_the_browsers_or_the_one_asked_for(there: Checks) -> None:
    path = f"/kiem-tra/{NUMBER}"
    for accepted, lang, expected in (
        ("vi-VN,vi;q=0.9,en;q=0.8", "", "vi"), ("en-GB,en;q=0.9,vi;q=0.1", "", "en"), ("ko-KR,en;q=0.5", "", "en"),
        ("ja", "", "vi"), ("", "", "vi"), ("vi", "?lang=en", "en"), ("en", "?lang=vi", "vi"), ("en", "?lang=xx", "en"),
    ):  # fmt: skip
        answer, page = await there.get(path + lang, accepted)
        assert (accepted, lang, answer.headers["Content-Language"]) == (accepted, lang, expected)
        assert words("state.returned", expected) in page
        other = "en" if expected == "vi" else "vi"
        assert f'href="{path}?lang={other}"' in page


@pytest.mark.parametrize("bad", ["<script>alert(1)</script>", '"><img src=x>', "%00\u202e", "x" * 3000, "{{7*7}}"])
async def test_what_was_typed_is_never_markup(there: Checks, bad: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{there.url}/kiem-tra", params={"number": bad}) as answer:
        raw = await answer.text()
        assert answer.status == 400
    assert bad not in raw or not re.search(r"[<>]", bad)
    assert "49" not in raw.split("<main>")[1]
    assert len(raw) < 8000


async def test_style_and_script_are_served_and_nothing_else(there: Checks) -> None:
    _, page = await there.get(f"/kiem-tra/{NUMBER}")
    for name, kind in (("check.css", "text/css"), ("check.js", "text/javascript")):
        path = re.search(rf'"(/kiem-tra/[^"]+/{re.escape(name)})"', page)
        assert path
        answer, _ = await there.get(path[1])
        assert answer.content_type == kind
        assert "immutable" in answer.headers["Cache-Control"]
        old, _ = await there.get(f"/kiem-tra/other/{name}")
        assert (old.status, old.headers["Cache-Control"]) == (200, "no-store")
    for name in ("check.html", "..%2Fhttp.py", "x.js"):
        assert (await there.get(f"/kiem-tra/v/{name}"))[0].status == 404


async def test_the_app_serves_what_stands_in_its_database(database_url: str) -> None:
    content = {"kind": "title", "subject": "individual", "name": "Lê Thị Bưởi", "titles": ["LDTT"],
               "files": [{"sha256": SHA, "name": "Lê Thị Bưởi.pdf", "size": len(STORED), "media_type": "x/y"}]}  # fmt: skip
    new = New(
        "kkt-hai-phong", "haiphong-2023", 2023, Asks.TITLE, "kkt-hai-phong-dn-1", "individual:x", "Lê Thị Bưởi", content,
        1, instant(24, 8), False,
    )  # fmt: skip
    async with running_app(database_url) as running, aiohttp.ClientSession() as http:
        await running.say("u1", "/start")
        await running.app.store.keep(chunks(STORED), len(STORED))
        filed = (await running.app.database.run(dossiers.file, new, "ab" * 16)).dossier
        async with http.get(check_url(running.address, filed.number)) as answer:
            page = await answer.text()
            assert answer.status == 200
        async with http.get(check_url(running.address, NUMBER)) as answer:
            assert answer.status == 404
    assert filed.sha256 in page
    assert SHA in page
    assert "Lê Thị Bưởi" not in page
    assert new.unit not in page


async def test_the_qr_code_leads_here(there: Checks) -> None:
    address = check_url(there.url, NUMBER)
    assert (await there.get(address.removeprefix(there.url)))[0].status == 200


# --- in a real browser ---------------------------------------------------------------------------------------------


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chrome() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.mark.chromium
async def test_a_file_is_compared_in_the_browser_and_sent_nowhere(chrome: Browser, there: Checks) -> None:
    async with opened(chrome, f"{there.url}/kiem-tra/{NUMBER}") as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url))
        await choose(page, canonical(CONTENT), "match", "match", **MATCH)
        await expect(page.locator("#content pre")).to_contain_text("Nguyễn Thị Phượng <b>x</b>")
        await expect(page.locator(".found")).to_have_count(1)
        await choose(page, canonical(CONTENT) + b" ", "none", "none")
        await expect(page.locator("#content")).to_be_hidden()
        await expect(page.locator(".found")).to_have_count(0)
        await choose(page, b"", "none", "none")
        assert sent == []


@pytest.mark.chromium
async def test_the_receipt_itself_can_be_chosen(chrome: Browser, there: Checks) -> None:
    pdf = receipt_pdf(receipt(), "vi")
    async with opened(chrome, f"{there.url}/kiem-tra/{NUMBER}") as page:
        await choose(page, pdf, "match", "match", **MATCH)
        await choose(page, pdf.replace(b'"title"', b'"totle"'), "none", "none")
        await choose(page, b"%PDF-1.7\nprinted anew", "emptyPdf", "empty_pdf")
        await choose(page, pdf, "match", "match", **MATCH)


@pytest.mark.chromium
async def test_a_file_can_be_dropped(chrome: Browser, there: Checks) -> None:
    async with opened(chrome, f"{there.url}/kiem-tra/{NUMBER}") as page:
        transfer = await page.evaluate_handle(
            """(text) => {
                const transfer = new DataTransfer();
                transfer.items.add(new File([text], "noi-dung.json"));
                return transfer;
            }""",
            canonical(CONTENT).decode(),
        )
        await page.dispatch_event("#drop", "dragover", {"dataTransfer": transfer})
        await expect(page.locator("#drop.over")).to_be_visible()
        await page.dispatch_event("#drop", "drop", {"dataTransfer": transfer})
        await expect(page.locator('#result[data-ends="match"]')).to_contain_text(words("file.match", **MATCH))
        await expect(page.locator("#drop.over")).to_have_count(0)


@pytest.mark.chromium
async def test_a_browser_that_cannot_hash_says_so(chrome: Browser, there: Checks) -> None:
    async with opened(chrome, f"{there.url}/kiem-tra/{NUMBER}") as page:
        await page.evaluate("Object.defineProperty(globalThis, 'crypto', { value: {} })")
        await choose(page, canonical(CONTENT), "cannot", "cannot")


@pytest.mark.chromium
async def test_without_scripts_all_but_the_comparison_stands(chrome: Browser, there: Checks) -> None:
    async with opened(chrome, f"{there.url}/kiem-tra/{NUMBER}", java_script_enabled=False) as page:
        await expect(page.get_by_text(words("file.no_script"))).to_be_visible()
        await expect(page.locator("#drop")).to_be_hidden()
        await page.locator("#number").fill(NUMBER.lower())
        await page.get_by_role("button", name=words("check.look")).click()
        await expect(page.locator(".state")).to_have_text("Yêu cầu bổ sung")


@pytest.mark.chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK, (320, 568)])
async def test_it_fits_every_screen(chrome: Browser, there: Checks, size: tuple[int, int], scheme: str) -> None:
    screen = {"viewport": {"width": size[0], "height": size[1]}, "color_scheme": scheme}
    async with opened(chrome, f"{there.url}/kiem-tra/{NUMBER}", **screen) as page:
        await choose(page, canonical(CONTENT), "match", "match", **MATCH)
        assert await page.evaluate("document.documentElement.scrollWidth") <= size[0]
        short = await page.eval_on_selector_all(
            "button, label.main, a, input:not(.unseen):not([type=hidden])",
            "all => all.filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML)",
        )
        assert short == []


@pytest.mark.chromium
async def test_printed_it_is_black_on_white_and_only_what_it_proves(chrome: Browser, there: Checks) -> None:
    async with opened(chrome, f"{there.url}/kiem-tra/{NUMBER}", color_scheme="dark") as page:
        await expect(page.locator("form")).to_be_visible()
        await page.emulate_media(media="print")
        await expect(page.locator("form")).to_be_hidden()
        await expect(page.locator("#drop")).to_be_hidden()
        await expect(page.locator(".sha").first).to_be_visible()
        colours = "one => [getComputedStyle(one).color, getComputedStyle(document.body).backgroundColor]"
        assert await page.locator(".state").evaluate(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
