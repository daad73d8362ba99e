"""The files of a dossier: which there are in a version, and how each comes to whoever may see it, in the chat or by a link.

Every file that goes out is a line of the audit trail, about the dossier's number.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.lists import size_line
from handlers.dossiers import refused, seen
from handlers.file_links import LASTS, PATH, FileLink, token_of
from handlers.here import Here, Reply, local, number_in, reply, to_menu
from storage import dossier_files
from texts.message import Attachment, Choice, Line, line, say

if TYPE_CHECKING:
    from storage.dossier_files import HandedFile, VersionFiles
    from storage.dossiers import Dossier

_ENDINGS = {
    "application/pdf": (".pdf",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/heic": (".heic", ".heif"),
}
KINDS = frozenset(_ENDINGS)
"""Media types under which files are handed out; none of them is ever shown in place or runs."""


def name_of(file: HandedFile, number: str, version: int) -> str:
    """What a file is called where it is saved: as it was sent, with the ending of what it is."""
    name, endings = file.name or f"{number}-{version}", _ENDINGS.get(file.media_type, ())
    return name if not endings or name.lower().endswith(endings) else f"{name}{endings[0]}"


async def listed(here: Here, number: str = "", version: str = "", *_: str) -> Reply:
    """The files of a version, of the latest unless one is named; each leads to its ways out."""
    found = await seen(here, number)
    handed = await _handed(here, found, version)
    if found is None or handed is None:
        return await refused(here)
    head = line("files_of.head", number=found.number, version=handed.version, at=local(handed.filed_at))
    lines = [head, *(_told(one) for one in handed.files)] if handed.files else [head, line("files_of.none")]
    ways = [Choice(_label(one), _way("file", found, handed, one)) for one in handed.files if one.kept]
    if handed.version > 1:
        before = handed.version - 1
        ways.append(Choice(line("files_of.earlier", version=before), f"files/{found.number}/{before}"))
    ways.append(Choice(line("dossier.back"), f"dossier/{found.number}"))
    return reply(here, say(*lines, choices=(*ways, *to_menu()), replaces=True))


async def one(here: Here, number: str = "", version: str = "", place: str = "", *_: str) -> Reply:
    """One file: a link to it for a browser, and that it can be sent here, where the messenger takes its size."""
    found, handed, file = await _named(here, number, version, place)
    if found is None or handed is None or file is None:
        return await refused(here)
    ends_at = here.at + LASTS
    token = token_of(FileLink(here.member.id, found.number, handed.version, file.place, ends_at), here.site.secret)
    url = f"{here.site.public_url}{PATH}/{token}?lang={here.member.language}"
    lines = [_told(file), line("files_of.link", until=local(ends_at)), line("files_of.url", url=url)]
    fits = here.site.sends(here.channel, file.size)
    ways = [Choice(line("files_of.send"), _way("send_file", found, handed, file))] if fits else []
    lines += [] if fits else [line("files_of.not_here")]
    back = Choice(line("files_of.back"), f"files/{found.number}/{handed.version}")
    return reply(here, say(*lines, choices=(*ways, back, *to_menu())))


async def send(here: Here, number: str = "", version: str = "", place: str = "", *_: str) -> Reply:
    """The file itself, in the chat."""
    found, handed, file = await _named(here, number, version, place)
    if found is None or handed is None or file is None or not here.site.sends(here.channel, file.size):
        return await refused(here)
    await dossier_files.seen(here.tx, found.number, file, here.member.id, "chat", here.at)
    name = name_of(file, found.number, handed.version)
    # a messenger that knows it for a picture would squeeze it, or show it in place
    media_type = "application/octet-stream" if file.media_type.startswith("image/") else file.media_type
    attach = Attachment("stored", {"sha256": file.sha256, "name": name, "media_type": media_type})
    back = Choice(line("files_of.back"), f"files/{found.number}/{handed.version}")
    answered = reply(here, say(_told(file), choices=(back, *to_menu())))
    return replace(answered, messages=(replace(answered.messages[0], attach=attach),))


async def _handed(here: Here, found: Dossier | None, version: str) -> VersionFiles | None:
    if found is None:
        return None
    return await dossier_files.of_version(here.tx, found.number, number_in(version) or found.version)


async def _named(
    here: Here, number: str, version: str, place: str
) -> tuple[Dossier | None, VersionFiles | None, HandedFile | None]:
    """What a button names, as far as this person may see it and it is still kept."""
    found = await seen(here, number)
    handed, which = await _handed(here, found, version), number_in(place)
    file = handed.at(which) if handed and which is not None else None
    return found, handed, file if file and file.kept else None


def _way(screen: str, found: Dossier, handed: VersionFiles, file: HandedFile) -> str:
    return f"{screen}/{found.number}/{handed.version}/{file.place}"


def _told(file: HandedFile) -> Line:
    """A file as a line: its name, size and pages, and what there is to know about its content."""
    pages = line("flow.file_pages", n=file.pages) if (file.pages or 0) > 1 else ""
    state = line("files_of.gone") if not file.kept else line("files_of.unscanned") if file.unscanned else ""
    return line("files_of.one", what=_label(file), size=size_line(file.size), pages=pages, state=state)


def _label(file: HandedFile) -> Line:
    if file.name is None:
        return line("files_of.together")
    return line("files_of.numbered", n=file.place, name=file.name)
