"""Photographed pages, made here: a page of Vietnamese text as a phone's camera, a desk and a messenger leave it.

Pictures are 1654 pixels wide (200 dpi), so a radius in these is 0.68 of one where flaws are measured.
"""

from __future__ import annotations

import io
import random
from functools import cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter
from pillow_heif import from_pillow

from documents.fonts import face

A4 = (1654, 2339)
INK, PAPER = 20, 245
_SENTENCE = (
    "Báo cáo kết quả thực hiện phong trào thi đua sáu tháng đầu năm của đơn vị, số sáng kiến được công nhận, "
    "tổng giá trị làm lợi, các tập thể và cá nhân được đề nghị khen thưởng theo quy định của Chính phủ"
)
WORDS = _SENTENCE.split()


@cache
def page(size=A4, share=1.0, points=12.0, ink=INK, paper=PAPER):
    """A page of text, not to be drawn on; `share`: how much of it is written on."""
    made = Image.new("L", size, paper)
    pen, dice, unit = ImageDraw.Draw(made), random.Random(3), size[1] / 842
    font = face("Regular", round(points * unit))
    for y in range(size[1] // 12, size[1] // 12 + round(size[1] * 0.83 * share), round(points * 1.45 * unit)):
        x = size[0] / 10
        while x < size[0] * 0.85:
            word = dice.choice(WORDS)
            pen.text((x, y), word, ink, font)
            x += font.getlength(f"{word} ")
    return made.convert("RGB")


def table(size=A4):
    """A page with one small table on it."""
    made = Image.new("L", size, PAPER)
    pen, font = ImageDraw.Draw(made), face("Regular", round(size[1] / 70))
    for row in range(4):
        for column in range(3):
            x, y = size[0] // 4 + column * size[0] // 6, size[1] // 3 + row * 60
            pen.rectangle((x, y, x + size[0] // 6, y + 60), outline=INK, width=3)
            pen.text((x + 8, y + 10), WORDS[row * 3 + column], INK, font)
    return made.convert("RGB")


def blurred(picture, radius):
    return picture.filter(ImageFilter.GaussianBlur(radius))


def smeared(picture, length, *, down=False):
    """As a hand that moves leaves it."""
    made = picture
    for step in range(1, length):
        moved = ImageChops.offset(picture, 0 if down else step, step if down else 0)
        made = Image.blend(made, moved, 1 / (step + 1))
    return made


def noisy(picture, sigma):
    return ImageChops.add(picture, Image.effect_noise(picture.size, sigma).convert("RGB"), 1, -128)


def darker(picture, share):
    return picture.point(lambda value: int(value * share))


def shaded(picture):
    """A shadow from the top."""
    shadow = Image.linear_gradient("L").resize(picture.size).point(lambda value: 90 + value * 165 // 255)
    return ImageChops.multiply(picture, shadow.convert("RGB"))


def on_desk(picture, share=0.8):
    """The page tilted on a dark desk."""
    size = (int(picture.width / share), int(picture.height / share))
    desk = Image.effect_noise(size, 20).point(lambda value: max(0, value - 88)).convert("RGB")
    desk.paste(picture, ((size[0] - picture.width) // 2, (size[1] - picture.height) // 2))
    return desk.rotate(4, Image.Resampling.BICUBIC, expand=True, fillcolor=(70, 60, 50))


def as_sent(picture, side=1280, quality=80):
    """As a messenger makes it smaller."""
    made = picture.copy()
    made.thumbnail((side, side))
    return recoded(made, quality)


def recoded(picture, quality):
    return Image.open(io.BytesIO(saved(picture, "JPEG", quality=quality))).convert("RGB")


def saved(picture, kind, **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def heic(picture, **options):
    out = io.BytesIO()
    from_pillow(picture).save(out, quality=90, **options)
    return out.getvalue()
