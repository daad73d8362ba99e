"""Registrations of a whole unit by workbook: given out, read back, and sent back with reasons or with numbers.

A delegate who registers two hundred people fills a table in, as they do for the board anyway. Every row carries a
hidden key, so that the same workbook sent again changes only what was changed in it.
"""

from __future__ import annotations

from documents.registration_columns import MOST_ROWS, Column, Form, Row, heading
from documents.registration_copy import Outcome, copy_with_numbers, copy_with_reasons, outcome_line
from documents.registration_read import Read, WrongRow, carried, read_registrations
from documents.registration_template import template
from documents.workbook import Refusal

__all__ = [
    "MOST_ROWS",
    "Column",
    "Form",
    "Outcome",
    "Read",
    "Refusal",
    "Row",
    "WrongRow",
    "carried",
    "copy_with_numbers",
    "copy_with_reasons",
    "heading",
    "outcome_line",
    "read_registrations",
    "template",
]
