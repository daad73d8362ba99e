"""A file that goes out to many: as a file where messengers carry it, as a link where they would keep it in each message."""

from __future__ import annotations

from dataclasses import replace

import aiohttp
import pytest

from handlers.shared_links import PATH, SharedFile, file_in, token_of
from tests.app import Phone, running_app
from tests.files import jpeg, pdf, png
from tests.launching import ENTERPRISES, TEXT, everybody
from tests.registering import all_said, files_for, send_file, words

SECRET = "x" * 32
CONTENT = pdf()
FILE = SharedFile("a" * 64, "application/pdf", "Giấy mời “12/5”.pdf")


def test_a_link_names_its_file_and_no_other_key_makes_one():
    token = token_of(FILE, SECRET)
    assert file_in(token, SECRET) == FILE
    assert file_in(token, "y" * 32) is None
    for forged in ("", ".", token[:-1], token[1:], token.replace(".", "x."), f"{token}0", "é" * 70):
        assert file_in(forged, SECRET) is None


@pytest.mark.parametrize("keeps", [False, True])
async def test_it_comes_as_a_file_or_as_a_link_to_the_very_same(tmp_path, keeps):
    phone = Phone()
    phone.abilities = replace(phone.abilities, keeps_files=keeps)
    async with running_app(f"sqlite:///{tmp_path}/t.db", [phone]) as app:
        await everybody(app)
        await app.tap("o", "broadcast_new")
        await app.say("o", TEXT)
        await send_file(app, "o", CONTENT, FILE.name)
        await all_said(app, "o", "xong", "1", ENTERPRISES, words("flow.done"))
        told = await app.say("o", words("broadcast.review.test"))
        sent = [one.content for one in files_for(app, "o")]
        assert sent == ([] if keeps else [CONTENT])
        links = [word for text in told for word in text.split() if PATH in word]
        assert len(links) == keeps
        for url in links:
            status, content, headers = await fetched(url.replace(app.app.settings.base_url, app.address))
            assert (status, content) == (200, CONTENT)
            assert headers["Content-Disposition"].startswith("attachment")
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert (await fetched(f"{url[:-1].replace(app.app.settings.base_url, app.address)}x"))[0] == 404


@pytest.mark.parametrize(("content", "shown"), [(png(), True), (jpeg(), True), (CONTENT, False)])
async def test_a_page_is_told_of_a_picture_by_what_it_holds(tmp_path, content, shown):
    phone = Phone()
    phone.abilities = replace(phone.abilities, keeps_files=True)
    async with running_app(f"sqlite:///{tmp_path}/t.db", [phone]) as app:
        await everybody(app)
        await app.tap("o", "broadcast_new")
        await app.say("o", TEXT)
        await send_file(app, "o", content, "to-gap.png")
        await all_said(app, "o", "xong", "1", ENTERPRISES, words("flow.done"))
        await app.say("o", words("broadcast.review.test"))
        told = [one.picture for one in app.phone.sent if one.picture]
        assert [one.name for one in told] == ["to-gap.png"] * shown
        for one in told:
            assert (await fetched(one.url.replace(app.app.settings.base_url, app.address)))[1] == content


async def test_a_link_to_what_is_not_kept_says_so(tmp_path):
    async with running_app(f"sqlite:///{tmp_path}/t.db", [Phone()]) as app:
        token = token_of(FILE, app.app.settings.secret)
        status, content, _ = await fetched(f"{app.address}{PATH}/{token}")
        assert status == 404
        assert words("broadcast.no_file_title") in content.decode()


async def fetched(url):
    async with aiohttp.ClientSession() as browser, browser.get(url) as response:
        return response.status, await response.read(), response.headers
