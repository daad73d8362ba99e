"""Receipts drawn in a child process; run by `scheduler/bounded.py`.

Each takes a tenth of a second of Python, most of it for the letters: in a thread, everybody's turns would wait for it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from documents.receipt import Receipt, receipt_pdf
from domain.campaign import Asks
from domain.dossier import State, number_of
from texts.message import line

if TYPE_CHECKING:
    from texts.compose import Language


def prepare() -> None:
    """Draw any one: what is read and built for the first is there for all."""
    content = b"{}"
    receipt_pdf(
        Receipt(
            number_of("0", 2000, Asks.REPORT, 1), line("dossier.kind.report"), "0", "0", "0", "0", "0", datetime(2000, 1, 1, tzinfo=UTC), False,
            State.SUBMITTED, 1, sha256(content).hexdigest(), (), "https://localhost", content,
        ),
        "vi",
    )  # fmt: skip


def draw_receipt(receipt: Receipt, language: Language) -> bytes:
    """The receipt as a PDF."""
    return receipt_pdf(receipt, language)
