"""The chat page in a real browser: the door for one-time codes, and the panel of the demo."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from playwright.async_api import expect
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.chromium import DESK, chromium
from tests.fakes.site import Site, site
from tests.fakes.visitor import visit, words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser
    from starlette.requests import Request


pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chrome() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def there() -> AsyncIterator[Site]:
    async with site() as running:
        yield running


# --- the door and the demo -----------------------------------------------------------------------------------------


async def test_a_sign_in_link_leads_into_the_chat(chrome: Browser, there: Site) -> None:
    async with visit(chrome, there) as lan:
        await lan.page.goto(there.channel.sign_in_link("good-code"))
        await lan.page.get_by_role("button", name=words("door.enter")).click()
        await lan.ready()
        assert there.sign_in.owners == {await lan.address(): "chị Lan"}


class DemoServer:
    """Plays the demo's side: a state, and every act it was asked for."""

    def __init__(self) -> None:
        self.acts: list[dict[str, Any]] = []
        self.sent = asyncio.Event()
        roles = ("visitor", "staff", "enterprise", "officer")
        self.state: dict[str, Any] = {
            "run": "first",
            "now": "2023-04-24T08:00:00+07:00",
            "now_text": "Thứ Hai, 24/4/2023, 08:00",
            "persona": "hp-staff",
            "boards": [{"slug": "hp", "name": "KKT Hải Phòng"}, {"slug": "gl", "name": "KKT Gia Lai"}],
            "personas": [
                {"id": f"{b}-{r}", "board": b, "role": r, "label": f"{b} {r}"} for b in ("hp", "gl") for r in roles
            ],
            "presets": [
                {"id": f"p{n}", "label": f"Kế hoạch {n}", "now": "2023-01-01T08:00:00+07:00"} for n in range(5)
            ],
            "next": None,
        }
        self.state["personas"].pop()
        self.routes = [Route("/demo/state", self.show), Route("/demo/act", self.act, methods=["POST"])]

    async def show(self, request: Request) -> JSONResponse:
        return JSONResponse(self.state)

    async def act(self, request: Request) -> JSONResponse:
        asked = await request.json()
        self.acts.append(asked)
        if asked["do"] == "to" and asked["to"] < self.state["now"] and not asked.get("over"):
            return JSONResponse({"message": "Ngày này đã qua."}, 409)
        if asked["do"] == "preset" and not asked.get("over"):
            return JSONResponse({"message": "Bắt đầu lại là xoá."}, 409)
        if asked.get("over"):
            self.state["run"] = "second"
            return JSONResponse({"restarting": True, "run": "first"})
        if asked["do"] == "persona":
            self.state["persona"] = asked["persona"]
        if asked["do"] == "day":
            await self.sent.wait()
            self.state |= {"now": "2023-04-25T08:00:00+07:00", "now_text": "Thứ Ba, 25/4/2023, 08:00"}
        return JSONResponse(self.state)


async def test_the_demo_panel_turns_the_clock_and_changes_the_person(chrome: Browser) -> None:
    demo = DemoServer()
    async with site(demo=True, more=demo.routes) as there, visit(chrome, there, size=DESK) as lan:
        panel = lan.page.locator("#demo")
        await expect(lan.page.locator("#demo-now")).to_have_text("Thứ Hai, 24/4/2023, 08:00")
        await expect(panel.get_by_role("button", name=words("demo.next"))).to_be_disabled()
        await expect(panel.get_by_label(words("demo.staff"))).to_be_checked()
        await lan.hears("hôm nay của trình diễn")
        await expect(lan.page.locator(".day")).to_have_text(words("day.today"))
        day = panel.get_by_role("button", name=words("demo.day"))
        await day.click()
        await expect(day).to_be_disabled()
        demo.sent.set()
        await expect(lan.page.locator("#demo-now")).to_have_text("Thứ Ba, 25/4/2023, 08:00")
        await expect(day).to_be_focused()
        await expect(panel.get_by_role("button", name=words("demo.next"))).to_be_disabled()
        await expect(lan.page.locator(".day")).to_have_text(words("day.yesterday"))
        await panel.get_by_label(words("demo.to")).fill("2023-05-02")
        demo.state |= {"now": "2023-04-25T08:12:00+07:00", "now_text": "Thứ Ba, 25/4/2023, 08:12"}
        await lan.page.evaluate("window.dispatchEvent(new Event('focus'))")
        await expect(lan.page.locator("#demo-now")).to_have_text("Thứ Ba, 25/4/2023, 08:12")
        await expect(panel.get_by_label(words("demo.to"))).to_have_value("2023-05-02")
        await panel.get_by_label(words("demo.board")).select_option("gl")
        await expect(lan.page.locator("#demo-persona")).to_have_text("gl staff")
        await lan.ready()
        await expect(panel.get_by_label(words("demo.officer"))).to_be_disabled()
        await panel.locator("label", has_text=words("demo.enterprise")).click()
        await expect(lan.page.locator("#demo-persona")).to_have_text("gl enterprise")
        await lan.ready()
        await panel.get_by_role("button", name="Kế hoạch 3").click()
        await expect(lan.page.locator("dialog")).to_contain_text("Bắt đầu lại là xoá.")
        async with lan.page.expect_navigation():
            await lan.page.locator("dialog").get_by_role("button", name=words("demo.over")).click()
        await lan.ready()
        assert demo.acts == [
            {"do": "day"},
            {"do": "persona", "persona": "gl-staff"},
            {"do": "persona", "persona": "gl-enterprise"},
            {"do": "preset", "preset": "p3"},
            {"do": "preset", "preset": "p3", "over": True},
        ]


async def test_going_back_in_the_demo_is_asked_first(chrome: Browser) -> None:
    demo = DemoServer()
    async with site(demo=True, more=demo.routes) as there, visit(chrome, there) as lan:
        await lan.page.get_by_role("button", name=words("demo.open")).click()
        panel, dialog = lan.page.locator("#demo"), lan.page.locator("dialog")
        await panel.get_by_label(words("demo.to")).fill("2023-01-02")
        await panel.get_by_role("button", name=words("demo.go")).click()
        await expect(dialog).to_contain_text("Ngày này đã qua.")
        await dialog.get_by_role("button", name=words("demo.keep")).click()
        await expect(panel.get_by_label(words("demo.to"))).to_have_value("2023-04-24")
        await panel.get_by_label(words("demo.to")).fill("2023-01-02")
        await panel.get_by_role("button", name=words("demo.go")).click()
        async with lan.page.expect_navigation():
            await dialog.get_by_role("button", name=words("demo.over")).click()
        back = {"do": "to", "to": "2023-01-02T08:00:00+07:00"}
        assert demo.acts == [back, back, {**back, "over": True}]
        await lan.ready()
        await lan.page.get_by_role("button", name=words("demo.open")).click()
        await lan.page.keyboard.press("Escape")
        await expect(lan.page.get_by_role("button", name=words("demo.open"))).to_be_focused()
