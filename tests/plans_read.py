"""The plan texts and their careful readings, for tests: one normalisation for text copies, one way to the truth files."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "plans"
STEMS = {
    "bacninh-2024": "000_e2df88224c7449dd",
    "bacgiang-2020": "001_57d679f88841e669",
    "gialai-2023": "002_44668950db2da263",
    "tpbacninh-2022": "003_f6e5486bc0831989",
    "haiphong-2023": "004_9d38da238c41a2ba",
}
SLUGS = tuple(STEMS)


def lines(slug: str) -> list[str]:
    """The plan's lines without marks of the copy: bookmarks, emphasis, bullets, initials read as text, runs of blanks."""
    return [line for line in map(cleaned, (HERE / f"{STEMS[slug]}.txt").read_text("utf-8").splitlines()) if line]


def cleaned(line: str) -> str:
    line = re.sub(r"\[bookmark:[^\]]*\]", "", line).replace("*et*", "").replace("*", "")
    line = re.sub(r"\s+", " ", line).strip()
    return re.sub(r"^(- \+|-|\+) ", "", line).removesuffix(" /").strip()


@cache
def text(slug: str) -> str:
    """The whole plan as one line, so that page breaks do not matter."""
    return " ".join(lines(slug))


@cache
def truth(slug: str) -> dict[str, Any]:
    """How a careful civil servant reads the plan."""
    return json.loads((HERE / "truth" / f"{STEMS[slug]}.json").read_text("utf-8"))
