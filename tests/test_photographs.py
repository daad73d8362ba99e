"""Photographs become one PDF: a page each, in their order, as they were taken, whatever their format and way of lying."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, ImageStat
from pypdf import PdfReader

from documents.inspect import inspect_file
from documents.photographs import LONG, SHORT, put_together
from scheduler.bounded import ChildFailedError, bounded
from scheduler.photo_pages_child import photo_pages
from tests import hostile as bad
from tests.machine import full_size
from tests.photographed import heic, page, saved

SIZE = (300, 424)
KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "MPO": "image/jpeg"}
TURNS = {
    1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}  # fmt: skip
"""How a picture lies in its file that is upright when it is turned by that note."""


def drawn(size=SIZE):
    """Something in colour that looks different from each side."""
    made = page(size).copy()
    made.paste("#c81e1e", (20, 10, size[0] // 2, 40))
    made.paste("#1e46c8", (0, size[1] - 60, 30, size[1]))
    return made


def deep(picture):
    return Image.frombytes("I;16", picture.size, b"".join(bytes((v, v)) for v in picture.convert("L").tobytes()))


def layered(picture, mode="RGBA"):
    made = picture.convert("RGBA")
    made.putalpha(Image.linear_gradient("L").resize(made.size))
    return made.convert(mode)


def together(folder, *contents):
    """The PDF of these pictures: (content, media type) each."""
    given_ = []
    for number, (content, media_type) in enumerate(contents):
        path = folder / f"in{number}"
        path.write_bytes(content)
        given_.append((str(path), media_type))
    out = folder / "out.pdf"
    assert put_together(given_, str(out)) == len(contents)
    return out.read_bytes()


def shown(pdf, number=0):
    """What stands on a page: the picture as it lies in the file, turned by the page's own drawing; and the page's size."""
    found = PdfReader(io.BytesIO(pdf)).pages[number]
    picture = found.images[0].image
    a, b, c, d, *_ = (float(one) for one in found.get_contents().get_data().split()[1:7])
    turned = picture.transpose(Image.Transpose.TRANSPOSE) if abs(b) > abs(a) else picture
    across, up = (-c, -b) if abs(b) > abs(a) else (a, d)
    turned = turned.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if across < 0 else turned
    turned = turned.transpose(Image.Transpose.FLIP_TOP_BOTTOM) if up < 0 else turned
    return turned, (float(found.mediabox.width), float(found.mediabox.height))


def stream(pdf, number=0):
    """The bytes of the picture on a page, as they stand in the PDF."""
    return PdfReader(io.BytesIO(pdf)).pages[number]["/Resources"]["/XObject"]["/Page"].get_object()._data


def unpacked(pdf):
    """The picture of the first page, read as a PNG, which is packed the same way; pypdf misreads fewer than 8 bits."""
    image = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/XObject"]["/Page"].get_object()
    space, rows, depth = image["/ColorSpace"], image["/DecodeParms"], image["/BitsPerComponent"]
    assert (rows["/Predictor"], rows["/Columns"], rows["/BitsPerComponent"]) == (15, image["/Width"], depth)
    listed = space[3].original_bytes if space[0] == "/Indexed" else b""
    colour = 3 if listed else {1: 0, 3: 2}[rows["/Colors"]]
    head = struct.pack(">IIBBBBB", image["/Width"], image["/Height"], depth, colour, 0, 0, 0)
    palette = [(b"PLTE", listed)] if listed else []
    return Image.open(io.BytesIO(as_png((b"IHDR", head), *palette, (b"IDAT", image._data))))


def as_png(*parts):
    ended = (*parts, (b"IEND", b""))
    packed = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in ended)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def far(one, other):
    """How far two pictures are apart: 0 to 255, on average."""
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


def test_a_jpeg_goes_in_as_it_is(tmp_path):
    content = saved(drawn(), "JPEG", quality=90)
    pdf = together(tmp_path, (content, "image/jpeg"), (content + bad.MOVIE, "image/jpeg"))
    assert [stream(pdf, n) for n in (0, 1)] == [content, content]
    assert inspect_file(str(tmp_path / "out.pdf")).pages == 2


@pytest.mark.parametrize("upright", TURNS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_whichever_way_it_lies_it_stands_upright(tmp_path, upright, kind):
    lying = drawn().transpose(TURNS[upright]) if upright > 1 else drawn()
    exif = Image.Exif()
    exif[0x0112] = upright
    picture, paper = shown(together(tmp_path, (saved(lying, kind, exif=exif, quality=95), KINDS[kind])))
    assert picture.size == SIZE
    assert far(picture, drawn()) < 3
    assert paper == (SHORT, LONG)


@pytest.mark.parametrize("noted", [0, 9, 700])
def test_a_note_that_makes_no_sense_turns_nothing(tmp_path, noted):
    exif = Image.Exif()
    exif[0x0112] = noted
    assert far(shown(together(tmp_path, (saved(drawn(), "JPEG", exif=exif, quality=95), "image/jpeg")))[0], drawn()) < 3


def test_a_wide_one_is_on_a_wide_page(tmp_path):
    _, paper = shown(together(tmp_path, (saved(drawn((424, 300)), "JPEG"), "image/jpeg")))
    assert paper == (LONG, SHORT)


EXACT = {
    "colours": lambda: saved(drawn(), "PNG"),
    "grey": lambda: saved(drawn().convert("L"), "PNG"),
    "black and white": lambda: saved(drawn().convert("1"), "PNG"),
    "listed colours": lambda: saved(drawn().quantize(16), "PNG"),
    "two of a list": lambda: saved(drawn().quantize(2), "PNG", bits=1),
    "opaque layers": lambda: saved(drawn().convert("RGBA"), "PNG"),
    "listed with a profile": lambda: saved(drawn().quantize(16), "PNG", icc_profile=srgb()),
    "a moving one": lambda: saved(drawn(), "PNG", save_all=True, append_images=[Image.new("RGB", SIZE)]),
    "a false profile": lambda: saved(drawn(), "PNG", icc_profile=b"no profile at all" * 20),
    "a profile": lambda: saved(drawn(), "PNG", icc_profile=srgb()),
    "in passes": lambda: in_passes(drawn()),
}


@pytest.mark.parametrize("what", EXACT)
def test_a_png_loses_nothing(tmp_path, what):
    content = EXACT[what]()
    found = unpacked(together(tmp_path, (content, "image/png")))
    assert found.size == SIZE
    assert far(found, Image.open(io.BytesIO(content))) == 0


def test_sixteen_bits_stay_sixteen(tmp_path):
    pdf = together(tmp_path, (saved(deep(drawn()), "PNG"), "image/png"))
    image = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/XObject"]["/Page"]
    assert image["/BitsPerComponent"] == 16
    assert image.get_object().get_data() == deep(drawn()).tobytes()


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_shows_through_is_white(tmp_path, mode):
    picture = layered(drawn(), mode)
    white = Image.new("RGBA", SIZE, "white")
    white.alpha_composite(picture.convert("RGBA"))
    found = shown(together(tmp_path, (saved(picture, "PNG"), "image/png")))[0]
    assert far(found, white) < 0.5


def test_a_colour_that_shows_through_is_white(tmp_path):
    picture = Image.new("RGB", SIZE, "red")
    picture.paste("blue", (0, 0, 100, 100))
    found = shown(together(tmp_path, (saved(picture, "PNG", transparency=(255, 0, 0)), "image/png")))[0]
    assert [found.getpixel(at) for at in ((50, 50), (200, 200))] == [(0, 0, 255), (255, 255, 255)]


def test_an_iphones_is_hardly_changed(tmp_path):
    content = heic(drawn((600, 848)))
    assert far(shown(together(tmp_path, (content, "image/heic")))[0], drawn((600, 848))) < 3
    turned = Image.Exif()
    turned[0x0112] = 6
    content = heic(drawn((424, 300)), exif=turned.tobytes())
    assert far(shown(together(tmp_path, (content, "image/heic")))[0], drawn((424, 300)).rotate(-90, expand=True)) < 6


def test_colours_for_print_are_the_right_way_round(tmp_path):
    content = saved(drawn().convert("CMYK"), "JPEG", quality=95)
    pdf = together(tmp_path, (content, "image/jpeg"))
    assert stream(pdf) == content
    image = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/XObject"]["/Page"]
    assert (image["/ColorSpace"], list(image["/Decode"])) == ("/DeviceCMYK", [1, 0] * 4)


def test_of_several_in_one_file_the_first_is_the_page(tmp_path):
    content = saved(drawn(), "MPO", quality=95, save_all=True, append_images=[Image.new("RGB", SIZE)])
    pdf = together(tmp_path, (content, "image/jpeg"))
    assert far(shown(pdf)[0], drawn()) < 3
    assert len(pdf) < len(content)


def test_the_same_pictures_make_the_same_bytes(tmp_path):
    contents = [(saved(drawn(), "JPEG"), "image/jpeg"), (saved(layered(drawn()), "PNG"), "image/png"),
                (heic(drawn()), "image/heic")]  # fmt: skip
    first = together(tmp_path, *contents)
    assert together(tmp_path, *contents) == first
    assert together(tmp_path, *contents[::-1]) != first
    assert b"/CreationDate" not in first


@settings(max_examples=full_size(15, 300), deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["JPEG", "PNG", "HEIC"]), st.integers(0, 7)), min_size=1, max_size=8))
def test_there_is_a_page_for_each_in_their_order(tmp_path_factory, chosen):
    colours = ["#000000", "#ff0000", "#00ff00", "#0000ff", "#ffff00", "#ff00ff", "#00ffff", "#ffffff"]
    pictures = [(kind, Image.new("RGB", (64, 64), colours[n])) for kind, n in chosen]
    contents = [
        (heic(one), "image/heic") if kind == "HEIC" else (saved(one, kind), KINDS[kind]) for kind, one in pictures
    ]
    pdf = together(tmp_path_factory.mktemp("photos"), *contents)
    assert len(PdfReader(io.BytesIO(pdf), strict=True).pages) == len(chosen)
    assert max(far(shown(pdf, n)[0], one) for n, (_, one) in enumerate(pictures)) < 6


def test_a_damaged_one_makes_no_pdf(tmp_path):
    for name, content in (("cut", saved(drawn(), "PNG")[:60]), ("none", b""), ("other", b"GIF89a" + bytes(20))):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises((OSError, ValueError)):
            put_together([(str(path), "image/png")], str(tmp_path / "out"))
    with pytest.raises(ValueError, match="no picture"):
        put_together([], str(tmp_path / "out"))


async def test_in_the_child_a_damaged_one_is_a_failure_with_its_reason(tmp_path):
    (tmp_path / "x").write_bytes(b"\xff\xd8\xff nothing more")
    with pytest.raises(ChildFailedError, match="UnidentifiedImageError"):
        await bounded(photo_pages, [(str(tmp_path / "x"), "image/jpeg")], str(tmp_path / "out"))


@pytest.mark.parametrize("content", [bad.claims(10_000, 10_000), saved(Image.new("L", (8, 8)), "GIF")])
def test_what_never_comes_here(tmp_path, content):
    """A hundred megapixels, a GIF: refused before they are stored as anything."""
    (tmp_path / "x").write_bytes(content)
    assert inspect_file(str(tmp_path / "x")).reason.key in {"files.picture_too_large", "files.other_picture"}


@pytest.mark.prove
async def test_memory_holds_one_picture_at_a_time(tmp_path):
    """The bound is far below what they weigh together; a file may be as large as the bound, so the pieces are few."""
    path, many, megabytes = tmp_path / "large.jpg", full_size(8, 30), full_size(100, 300)
    path.write_bytes(saved(Image.effect_noise((4000, 3000), 60).convert("RGB"), "JPEG", quality=92))
    out = tmp_path / "out.pdf"
    pages = await bounded(photo_pages, [(str(path), "image/jpeg")] * many, str(out), seconds=120, megabytes=megabytes)
    assert pages == many
    assert out.stat().st_size > many * 9_000_000


def srgb():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def in_passes(picture):
    """A PNG that loads in seven passes (Adam7); Pillow writes none."""
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    rows, (width, height) = b"", picture.size
    for left, top, across, down in passes:
        for y in range(top, height, down):
            rows += b"\0" + b"".join(bytes(picture.getpixel((x, y))) for x in range(left, width, across))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1)
    return as_png((b"IHDR", head), (b"IDAT", zlib.compress(rows)))
