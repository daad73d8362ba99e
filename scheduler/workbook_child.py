"""Workbooks made and read in a child process with bounds; run by `scheduler/bounded.py`, and slim, because it is read there."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

from documents.registration_workbook import (
    Form,
    Outcome,
    Refusal,
    Row,
    copy_with_numbers,
    copy_with_reasons,
    outcome_line,
    read_registrations,
    template,
)
from domain.registration import TitleRegistration, as_data
from texts.message import say, to_json

if TYPE_CHECKING:
    from texts.compose import Language

MADE_FOR_ANOTHER = frozenset({"workbook.refused.other_campaign", "workbook.refused.other_unit"})
Packed = tuple[str, dict[str, Any], str | None]
"""A row as plain data: key, registration, number of its dossier."""


def empty_form(form: Form, known: list[Packed], language: Language) -> bytes:
    """The workbook to be filled in, with what is registered already."""
    return template(form, [_row(one) for one in known], language=language)


def read_back(path: str, forms: list[Form], language: Language) -> dict[str, Any]:
    """The rows of a workbook made for one of these forms: `form` (its place), `rows`, `wrong` (how many), `copy`.

    Or `refused`: a packed message. `copy`, in base64: the same workbook with the reasons, where anything is wrong.
    """
    content = Path(path).read_bytes()
    refusals = []
    for place, form in enumerate(forms):
        read = read_registrations(content, form)
        if isinstance(read, Refusal):
            refusals.append(read)
            continue
        copy = copy_with_reasons(form, content, read, language) if read.wrong else b""
        return {
            "form": place, "rows": [(row.key, as_data(row.registration)) for row in read.good], "wrong": len(read.wrong),
            "copy": base64.b64encode(copy).decode() if isinstance(copy, bytes) else "",
        }  # fmt: skip
    # the reason of the form it was made for tells more than that it was made for no other
    nearest = next((one for one in refusals if one.reason.key not in MADE_FOR_ANOTHER), refusals[0])
    return {"refused": to_json(say(nearest.reason))}


def with_numbers(form: Form, rows: list[tuple[Packed, str]], language: Language) -> bytes:
    """The registered rows with their numbers and what became of each."""
    return copy_with_numbers(form, [(_row(row), outcome_line(Outcome(what))) for row, what in rows], language)


def _row(packed: Packed) -> Row:
    key, registration, number = packed
    return Row(key, TitleRegistration.model_validate(registration), number)
