"""Pages that can be read are not found fault with, whatever camera, desk and messenger did; those that cannot are."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from documents.fonts import face
from documents.photo_flaws import SMALLEST, Flaw, flaw_of
from scheduler.look_inside import look_inside
from tests import files
from tests.machine import full_size
from tests.photographed import (
    A4,
    as_sent,
    blurred,
    darker,
    heic,
    noisy,
    on_desk,
    page,
    recoded,
    saved,
    shaded,
    smeared,
    table,
)

PHONE = (1200, 1600)


def half(radius):
    made = page().copy()
    made.paste(blurred(made, radius).crop((0, A4[1] // 2, *A4)), (0, A4[1] // 2))
    return made


def stamped():
    """What a camera writes onto a picture is sharp, whatever the picture is."""
    made = blurred(page(), 4)
    ImageDraw.Draw(made).text((100, 2200), "12:30 24/4/2023", (255, 200, 50), face("Bold", 50))
    return made


READ = {
    "a page": page,
    "in small letters": lambda: page(points=9),
    "in large letters": lambda: page(points=16),
    "of few pixels": lambda: page((707, SMALLEST)),
    "of few pixels, squeezed": lambda: recoded(page((707, SMALLEST)), 60),
    "of many pixels": lambda: page((3000, 4000)),
    "with two lines on it": lambda: page(share=0.05),
    "with nothing on it": lambda: page(share=0),
    "with a shadow on it": lambda: noisy(shaded(page(share=0)), 5),
    "with a small table": table,
    "sent by a messenger": lambda: as_sent(page()),
    "in small letters, by a messenger": lambda: as_sent(page(points=9)),
    "squeezed hard": lambda: as_sent(page(), quality=50),
    "a table by a messenger": lambda: as_sent(table()),
    "on a desk": lambda: noisy(on_desk(shaded(page())), 5),
    "on a desk, by a messenger": lambda: as_sent(noisy(on_desk(shaded(page(points=9))), 4)),
    "a table on a desk": lambda: as_sent(noisy(on_desk(shaded(table())), 4)),
    "two lines on a desk": lambda: as_sent(noisy(on_desk(shaded(page(share=0.05))), 4)),
    "with noise": lambda: noisy(page(), 25),
    "in half the light": lambda: darker(page(), 0.5),
    "in a third of the light": lambda: noisy(darker(page(), 0.4), 5),
    "by pencil": lambda: noisy(page(ink=170, paper=225), 6),
    "slightly soft": lambda: blurred(page(), 2),
    "slightly soft, on a desk": lambda: as_sent(noisy(blurred(on_desk(page()), 2), 4)),
    "by a hand that moved a little": lambda: smeared(page(), 6),
    "the lower third soft": lambda: half(2),
}
NOT = {
    "as soft as letters are wide": (lambda: blurred(page(), 2.7), Flaw.BLURRED),
    "soft": (lambda: blurred(page(), 3.5), Flaw.BLURRED),
    "very soft": (lambda: blurred(page(), 8), Flaw.BLURRED),
    "soft, in large letters": (lambda: blurred(page(points=16), 4), Flaw.BLURRED),
    "soft, with two lines": (lambda: blurred(page(share=0.05), 4), Flaw.BLURRED),
    "soft, a table": (lambda: blurred(table(), 4), Flaw.BLURRED),
    "soft on a desk": (lambda: noisy(blurred(on_desk(shaded(page())), 4), 5), Flaw.BLURRED),
    "soft on a desk, by a messenger": (lambda: as_sent(noisy(blurred(on_desk(page()), 4), 4)), Flaw.BLURRED),
    "soft from the middle on": (lambda: half(5), Flaw.BLURRED),
    "soft, stamped sharply": (stamped, Flaw.BLURRED),
    "soft, by pencil": (lambda: blurred(page(ink=170, paper=225), 4), Flaw.BLURRED),
    "moved across": (lambda: smeared(page(), 16), Flaw.BLURRED),
    "moved down": (lambda: smeared(page(), 16, down=True), Flaw.BLURRED),
    "dark": (lambda: noisy(darker(page(), 0.25), 5), Flaw.DARK),
    "dark, sent by a messenger": (lambda: as_sent(noisy(darker(on_desk(page()), 0.25), 5)), Flaw.DARK),
    "black": (lambda: Image.new("RGB", PHONE), Flaw.DARK),
    "small": (lambda: as_sent(page(), SMALLEST - 1), Flaw.SMALL),
}
FEW_READ = ("of few pixels", "with two lines on it", "with a shadow on it", "a table on a desk", "in a third of the light",
            "on a desk, by a messenger", "slightly soft, on a desk")  # fmt: skip
FEW_NOT = ("as soft as letters are wide", "soft on a desk, by a messenger", "soft, a table", "soft from the middle on", "moved across", "small",
           "dark, sent by a messenger")  # fmt: skip


def flaw(tmp_path, content, media_type="image/jpeg"):
    path = tmp_path / "picture"
    path.write_bytes(content)
    return flaw_of(path, media_type)


@pytest.mark.prove
@pytest.mark.parametrize("what", full_size(FEW_READ, tuple(READ)))
def test_what_can_be_read(tmp_path, what):
    assert flaw(tmp_path, saved(READ[what](), "JPEG", quality=92)) is None


@pytest.mark.prove
@pytest.mark.parametrize("what", full_size(FEW_NOT, tuple(NOT)))
def test_what_cannot(tmp_path, what):
    make, why = NOT[what]
    assert flaw(tmp_path, saved(make(), "JPEG", quality=92)) is why


@pytest.mark.parametrize("radius", [0, 4])
def test_the_format_and_the_way_it_lies_change_nothing(tmp_path, radius):
    picture = blurred(page((750, SMALLEST)), radius)
    layered = picture.convert("RGBA")
    layered.putalpha(255)
    deep = Image.frombytes("I;16", picture.size, b"".join(bytes((v, v)) for v in picture.convert("L").tobytes()))
    exif = Image.Exif()
    exif[0x0112] = 6
    told = {
        flaw(tmp_path, saved(picture, "PNG", compress_level=1), "image/png"),
        flaw(tmp_path, saved(picture.convert("L"), "PNG", compress_level=1), "image/png"),
        flaw(tmp_path, saved(picture.quantize(64, dither=Image.Dither.NONE), "PNG", compress_level=1), "image/png"),
        flaw(tmp_path, saved(layered, "PNG", compress_level=1), "image/png"),
        flaw(tmp_path, saved(deep, "PNG", compress_level=1), "image/png"),
        flaw(tmp_path, saved(picture.rotate(90, expand=True), "JPEG", exif=exif)),
        flaw(tmp_path, heic(picture), "image/heic"),
    }
    assert told == {Flaw.BLURRED if radius else None}


def test_black_letters_on_nothing_are_on_paper(tmp_path):
    drawn = page(PHONE).convert("L")
    made = Image.new("LA", PHONE, (0, 0))
    made.putalpha(drawn.point(lambda value: 255 - value))
    assert flaw(tmp_path, saved(made, "PNG"), "image/png") is None


def test_what_cannot_be_measured_is_not_found_fault_with(tmp_path):
    assert flaw(tmp_path, saved(page(PHONE), "JPEG")[:2000]) is None
    assert flaw(tmp_path, b"") is None


def test_looking_inside_tells_pages_and_flaw(tmp_path):
    path = tmp_path / "x"
    told = []
    for content in (saved(page(PHONE), "JPEG"), files.png(), files.pdf(2), files.docx()):
        path.write_bytes(content)
        told.append({k: v for k, v in look_inside(str(path)).items() if k != "media_type"})
    assert told == [{"pages": 1, "flaw": None}, {"pages": 1, "flaw": "small"}, {"pages": 2}, {"pages": None}]
