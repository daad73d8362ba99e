"""The instructions in the workbook of registrations: what it is for, what each column wants, three examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from documents.registration_columns import LAYOUT, TITLES, Column, Form, heading, subject_label, title_name
from domain.titles import Subject
from texts.compose import Language, plain
from texts.message import Line, line

if TYPE_CHECKING:
    from domain.titles import Title

_STEPS = ("fill", "save", "answer", "again")


def help_rows(form: Form, language: Language) -> list[tuple[str, str]]:
    """The rows of the first sheet: a label and what it says. The first is the title."""
    facts = (
        (line("workbook.help.campaign"), form.campaign_name),
        (line("workbook.help.unit"), form.unit_name),
        (line("workbook.help.board"), form.board_name),
        (line("workbook.help.deadline"), form.deadline or line("workbook.help.no_deadline")),
    )
    steps = [(line("workbook.help.step", number=n), line(f"workbook.step.{s}")) for n, s in enumerate(_STEPS, 1)]
    columns = [(heading(column), line(f"workbook.about.{column}")) for column in LAYOUT if column is not Column.KEY]
    rows: list[tuple[Line, Line | str]] = [*facts, *steps, *columns, *_examples(form, language)]
    title = plain(line("workbook.help.title"), language)
    return [(title, ""), *((plain(label, language), plain(text, language)) for label, text in rows)]


def _examples(form: Form, language: Language) -> list[tuple[Line, Line]]:
    """Up to three, with titles that can be asked for here."""
    people = [t for t in form.titles if t.kind is TITLES[Column.TITLE] and t.open_to(Subject.INDIVIDUAL)]
    told: list[tuple[str, Subject, Title]] = [("person", Subject.INDIVIDUAL, t) for t in people[:1]]
    helped = [t for t in people if t.initiative_required or t.initiative_helps]
    told += [("initiative", Subject.INDIVIDUAL, t) for t in helped[:1]]
    collectives = [t for t in form.titles if t.open_to(Subject.COLLECTIVE)]
    told += [("collective", Subject.COLLECTIVE, t) for t in collectives[:1]]
    return [
        (
            line("workbook.help.example", number=n),
            line(f"workbook.example.{what}", subject=subject_label(subject), title=title_name(title, language)),
        )
        for n, (what, subject, title) in enumerate(told, 1)
    ]
