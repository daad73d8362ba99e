"""Can a photographed page be read? Blurred, too dark or too small is said while it can still be taken again.

A hint, never a refusal. Everything is measured on the picture in grey, its long side 1600 pixels, whatever the camera:
so lengths below are shares of a page, in pixels of A4 at 137 dpi, where the small letters of 12 points are 10 high.

**Sharpness** is looked at in squares that have something in them, so that an empty page is not a blurred one. In each,
the steepest edges are compared with themselves after a blur of five pixels along their direction: a sharp edge loses
two thirds of its steepness by that, one that is blurred already hardly any. That does not depend on contrast, on how
much is written, or on moderate noise. A hand that moves blurs in one direction alone: then edges one way are far
steeper than the other way, in squares full of writing (the rim of a sheet goes one way in any case).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

from PIL import Image, ImageFilter, ImageStat

from documents.inspect_pictures import FAULTS
from documents.pictures import on_white, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIDE = 1600
SMALLEST = 1000
"""Pixels of the long side: below, small letters of a full A4 page are less than 6 high, and their accents one or none."""
DARKEST = 80
"""Of 255: how bright the paper is. Letters have less than a third of their contrast then, and print as black on black."""
_PAPER = 0.95
"""so much of a picture is darker than paper is: a sheet fills more of it than that, and a lamp's reflection less"""
SOFT = 0.25
"""The share of its steepness that an edge loses. Pages that can be read, whatever was done to them, lose 0.4 and more; with letters
blurred as wide as their strokes it is 0.2, and accents have gone."""
SMEARED = 0.4
"""Steepness one way as a share of the other way: at 0.5 it can be read, at 0.35 strokes one way run into each other."""
_AT = 0.4
"""so many of the squares are blurred where the page is: an upper half in focus does not help the lower one"""
_SQUARE = 160
_MARGIN = 4
"""pixels that the filters do not reach"""
_SOMETHING, _LEAST_RANGE = 0.25, 15
"""the range of grey of a square with something in it: as a share of the page's, and in any case"""
_WRITTEN, _LEAST_WRITTEN = 3, 6
"""writing: a line through a square goes from dark to light, or back, so often; in so many squares"""
_DARK_TO_INK = 0.005
_STEEPEST = 0.99
_ALONG = 3
"""edges of at least a third of the steepest count"""
_MIDDLE = 128
_ROW = [0] * 10 + [1] * 5 + [0] * 10
_COLUMN = [0, 0, 1, 0, 0] * 5
_DIRECTIONS = (
    (ImageFilter.Kernel((3, 3), (0, 0, 0, -1, 0, 1, 0, 0, 0), 2, _MIDDLE), ImageFilter.Kernel((5, 5), _ROW, 5)),
    (ImageFilter.Kernel((3, 3), (0, -1, 0, 0, 0, 0, 0, 1, 0), 2, _MIDDLE), ImageFilter.Kernel((5, 5), _COLUMN, 5)),
)
"""For each direction: what finds edges across it, and what blurs along it."""
_STEEPNESS = [abs(value - _MIDDLE) for value in range(256)]


class Flaw(StrEnum):
    """Why a photographed page can hardly be read."""

    BLURRED = "blurred"
    DARK = "dark"
    SMALL = "small"


def flaw_of(path: Path, media_type: str) -> Flaw | None:
    """What is wrong with a photograph (JPEG, PNG, HEIC); None: nothing, or nothing that could be told."""
    try:
        with opened(path, media_type) as picture:
            return Flaw.SMALL if max(picture.size) < SMALLEST else _judged(_grey(picture))
    except FAULTS:
        return None  # it was decoded before, and is kept: what cannot be measured is not found fault with


def _grey(picture: Image.Image) -> Image.Image:
    """In grey, the long side `SIDE`; a JPEG is decoded no larger than that needs."""
    scale = SIDE / max(picture.size)
    size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
    picture.draft("L", size)
    return on_white(picture, grey=True).resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC)


def _judged(grey: Image.Image) -> Flaw | None:
    brightness = grey.histogram()
    paper = _percentile(brightness, _PAPER)
    if paper < DARKEST:
        return Flaw.DARK
    squares = list(_squares(grey, max((paper - _percentile(brightness, _DARK_TO_INK)) * _SOMETHING, _LEAST_RANGE)))
    return Flaw.BLURRED if _soft(squares) or _smeared(squares) else None


@dataclass(frozen=True, slots=True)
class _Edges:
    """Edges of one direction in one square: how steep the steepest are, how much of that a blur takes.

    `crossed`: how often a line through the square goes over one, from its darkest to its lightest or back.
    """

    steep: int
    loses: float
    crossed: float


def _soft(squares: list[tuple[_Edges, _Edges]]) -> bool:
    """Whether the edges have been blurred already, in too many of the squares."""
    losses = sorted(
        min(one.loses for one in both if one.steep * _ALONG >= max(e.steep for e in both)) for both in squares
    )
    return bool(losses) and losses[int(len(losses) * _AT)] < SOFT


def _smeared(squares: list[tuple[_Edges, _Edges]]) -> bool:
    """Whether what is written is far steeper one way than the other."""
    written = [both for both in squares if max(one.crossed for one in both) >= _WRITTEN]
    if len(written) < _LEAST_WRITTEN:
        return False
    across, down = (median(both[n].steep for both in written) for n in (0, 1))
    return min(across, down) < SMEARED * max(across, down)


def _squares(grey: Image.Image, least: float) -> Iterator[tuple[_Edges, _Edges]]:
    """The edges of both directions in each square whose range of grey is at least so much."""
    calm = grey
    layers = []
    for finds, blurs in _DIRECTIONS:
        calm = calm.filter(blurs)
        layers.append((grey.filter(finds).point(_STEEPNESS), grey.filter(blurs).filter(finds).point(_STEEPNESS)))
    for top in range(_MARGIN, grey.height - _MARGIN - _SQUARE // 2, _SQUARE):
        for left in range(_MARGIN, grey.width - _MARGIN - _SQUARE // 2, _SQUARE):
            square = (left, top, min(left + _SQUARE, grey.width - _MARGIN), min(top + _SQUARE, grey.height - _MARGIN))
            low, high = ImageStat.Stat(calm.crop(square)).extrema[0]
            if high - low >= least:
                across, down = (_edges(sharp.crop(square), soft.crop(square), high - low) for sharp, soft in layers)
                yield across, down


def _edges(sharp: Image.Image, blurred: Image.Image, height: float) -> _Edges:
    """`height`: how many greys the square has."""
    counts = sharp.histogram()
    steep = _percentile(counts, _STEEPEST)
    counted = sharp.point([255 if value * _ALONG >= max(steep, _ALONG * 2) else 0 for value in range(256)])
    before, after = (ImageStat.Stat(one, counted) for one in (sharp, blurred))
    if not before.count[0]:
        return _Edges(steep, 1.0, 0.0)
    lines = sum(counts) / _SQUARE
    return _Edges(steep, 1 - after.sum[0] / before.sum[0], before.sum[0] / (height * lines))


def _percentile(counts: list[int], share: float) -> int:
    """The value that so much of a histogram does not exceed."""
    left = sum(counts) * share
    for value, count in enumerate(counts):
        left -= count
        if left <= 0:
            return value
    return len(counts) - 1
