"""Photographs that were handed in come back as one PDF, beside the conversation, once; and the hint how to send them."""

from __future__ import annotations

import hashlib
import io
from dataclasses import asdict, replace
from types import SimpleNamespace

import pytest
from PIL import Image
from pypdf import PdfReader

from domain.registration import TitleRegistration
from flows.session import OpenFlow
from handlers import pages
from scheduler.photo_pages import KIND, PhotoPages
from storage import dossier_pages, dossiers, files, people
from storage.files import FileStore
from storage.work import Work
from tests import files as made
from tests.app import Phone, running_app
from tests.databases import NOW
from tests.dossiers import NONCE, title, with_ground
from tests.photographed import heic, saved
from tests.registering import ENTERPRISE, WORKS, at_review, files_for, seat, words

CAMPAIGN = "haiphong-2023"
PHOTOS = (("a.jpg", "image/jpeg"), ("b.png", "image/png"), ("c.heic", "image/heic"))


def photo(name, colour="#ffffff"):
    picture = Image.new("RGB", (60, 80), colour)
    return heic(picture) if name.endswith("heic") else saved(picture, "PNG" if name.endswith("png") else "JPEG")


async def one(content):
    yield content


async def handed_in(database, store, *sent, **more):
    """A dossier with these files (name, content, media type); its number."""
    papers = []
    for name, content, media_type in sent:
        kept = await store.keep(one(content), 10_000_000)
        papers.append({"sha256": kept.sha256, "name": name, "size": kept.size, "media_type": media_type})
    new = title(**more)
    new.content["files"] = papers
    return (await database.run(dossiers.file, new, NONCE)).dossier.number


@pytest.fixture
async def doing(database_url, tmp_path):
    async with with_ground(database_url) as database:
        store = FileStore(database, tmp_path / "files", lambda: NOW)

        async def do(number, version=1):
            mine = Work(1, "k", KIND, 1, "phone", "a", {"number": number, "version": version}, 1, "one")
            return await PhotoPages(database, store)(mine, no_report)

        do.database, do.store = database, store
        yield do


async def no_report(message):
    raise AssertionError("nothing to tell meanwhile")


async def test_the_pictures_become_one_pdf_and_nothing_else_does(doing):
    sent = [(name, photo(name), media_type) for name, media_type in PHOTOS]
    sent.insert(1, ("d.pdf", made.pdf(), "application/pdf"))
    number = await handed_in(doing.database, doing.store, *sent)
    result = await doing(number)
    pdf = doing.store.path(result["sha256"]).read_bytes()
    assert hashlib.sha256(pdf).hexdigest() == result["sha256"]
    assert (result["pages"], result["size"]) == (3, len(pdf))
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 3
    assert sent[0][1] in pdf, "as it was sent"
    there = await doing.database.read(dossier_pages.get, number, 1)
    assert asdict(there) == result
    assert await doing.database.read(files.uses, result["sha256"]) == [f"dossier:{number}:1"]
    assert doing.store.listed()[0] == [], "nothing of the making is left"


async def test_done_twice_it_comes_to_the_same(doing):
    number = await handed_in(doing.database, doing.store, *((n, photo(n), t) for n, t in PHOTOS))
    first = await doing(number)
    assert await doing(number) == first
    await doing.database.run(forget, number)
    assert await doing(number) == first, "after a crash between file and row too"


async def forget(tx, number):
    await tx.run("dossier_files.drop_pages", number=number)


async def test_one_picture_or_none_is_nothing_to_put_together(doing):
    alone = await handed_in(doing.database, doing.store, ("a.jpg", photo("a.jpg"), "image/jpeg"))
    assert "failed" in await doing(alone)
    assert "failed" in await doing(alone, 2)
    assert "failed" in await doing("HP-2023-DH-0099-X")


async def test_a_damaged_one_fails_and_leaves_nothing(doing):
    pictures = [("a.jpg", photo("a.jpg"), "image/jpeg"), ("b.jpg", b"\xff\xd8\xff", "image/jpeg")]
    number = await handed_in(doing.database, doing.store, *pictures)
    assert "put together" in (await doing(number))["failed"]
    assert await doing.database.read(dossier_pages.get, number, 1) is None
    assert doing.store.listed()[0] == []


@pytest.fixture
async def app(tmp_path):
    async with running_app(f"sqlite:///{tmp_path}/t.db", [Phone()], start=WORKS) as running:
        await seat(running, "a")
        yield running


async def asked(running, *sent):
    """Hand pictures in behind the conversation's back, and have them put together as it would."""
    store, database = running.app.store, running.app.database
    number = await handed_in(database, store, *sent, unit=ENTERPRISE, campaign=CAMPAIGN)

    async def ask(tx):
        dossier = await dossiers.known(tx, number)
        member = SimpleNamespace(id=await people.at_address(tx, "phone", "a", NOW))
        here = SimpleNamespace(tx=tx, member=member, channel="phone", address="a", at=NOW)
        await pages.ask(here, number, 1, TitleRegistration.model_validate(dossier.content))

    before = len(running.phone.texts("a"))
    await database.run(ask)
    await database.run(ask)
    await running.settled()
    return number, running.phone.texts("a")[before:]


async def test_whoever_handed_in_is_sent_the_pdf_once(app):
    number, said = await asked(app, *((n, photo(n), t) for n, t in PHOTOS))
    assert len(said) == 1
    assert words("pages.made", number=number, pages=3) in said[0]
    (sent,) = files_for(app, "a")
    assert (sent.name, sent.media_type) == (f"{number}-1.pdf", "application/pdf")
    assert len(PdfReader(io.BytesIO(sent.content)).pages) == 3


async def test_an_open_question_stands_and_is_led_back_to(app):
    asked_before = (await at_review(app, "a"))[-1]
    number, said = await asked(app, *((n, photo(n), t) for n, t in PHOTOS))
    assert words("pages.made", number=number, pages=3) in said[0]
    assert await app.say("a", "quay lại") == [asked_before]


async def test_where_it_is_too_large_it_is_told_where_it_is(app):
    app.phone.abilities = replace(app.phone.abilities, files_out=False)
    number, said = await asked(app, *((n, photo(n), t) for n, t in PHOTOS))
    assert words("pages.not_here") in said[0]
    assert files_for(app, "a") == []
    assert (words("dossier.back"), f"dossier/{number}") in app.phone.buttons("a")


async def test_that_it_failed_is_told_and_that_nothing_is_missing(app):
    number, said = await asked(app, ("a.jpg", photo("a.jpg"), "image/jpeg"), ("b.jpg", b"\xff\xd8\xff", "image/jpeg"))
    assert words("pages.failed", number=number) in said[0]


async def test_one_picture_is_not_put_together(app):
    assert (await asked(app, ("a.jpg", photo("a.jpg"), "image/jpeg")))[1] == []
    assert await app.rows("SELECT * FROM work") == []


def test_how_to_send_pages_is_said_once_for_an_answer():
    squeezed, stored = {"squeezed": True}, {"sha256": "x", "media_type": "image/jpeg"}
    fresh = OpenFlow("report", 1, "files", so_far=[{"id": 1}, {"id": 2}])
    later = OpenFlow("report", 1, "files", so_far=[{"id": 1, "sha256": "y"}, {"id": 2}])
    assert [one.key for one in pages.hint(fresh, squeezed, stored)] == ["pages.squeezed"]
    assert [one.key for one in pages.hint(None, squeezed, stored)] == ["pages.squeezed"]
    assert pages.hint(later, squeezed, stored) == ()
    assert pages.hint(fresh, {"squeezed": False}, stored) == ()
    assert pages.hint(fresh, squeezed, {**stored, "media_type": "application/pdf"}) == ()
    assert pages.hint(fresh, squeezed, None) == ()
