"""Word and Excel files, new and old: what kind they are, and whether they carry anything that acts by itself."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO
from xml.parsers import expat

from documents.archives import MEGABYTE, Fault, Meter, Refusal, UnfitError, parts_of, unpack
from documents.inspect_kind import HEAD, Kind, kind_of
from texts.message import line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zipfile import ZipInfo

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_UNPACKED = 200 * MEGABYTE
"""all parts of a file together with those of the files within it; a long report with a hundred photographs has 50"""
MOST_PARTS = 3000
MOST_LIST = MEGABYTE
"""bytes of one list that is read whole: of the parts, of their relations"""
MOST_WITHIN = 20 * MEGABYTE
"""bytes of one file within the file: the workbook behind a chart, an old table"""
MOST_DEPTH = 2
"""a document in a document in a document is nobody's report"""
_CONTENTS = "[Content_Types].xml"
_MACROS = ("macroenabled", "vbaproject", "macrosheet", "vbadata")
_RUNS = re.compile(r"(^|/)activex\d*/|\.(exe|dll|scr|com|pif|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|msi|jar|lnk|reg)$")
_IMPORTED = re.compile(r"\.(x?html?|mht|mhtml|rtf)$")
"""what Office turns into text of the document when it opens it, with all that such a page or RTF can carry"""
_MACRO_NAME = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml)$|(^|/)(intl)?macrosheets/")
_BRINGS_IN = {"vbaproject": "files.macros", "afchunk": "files.embedded_program"}
"""relations that make a part act: macros, and what is imported, of whatever kind it says it is"""
_PACKED_PICTURES = (".emz", ".wmz", ".svgz")
_NO_PAGES = (".svg", ".xml")
"""may begin like a web page: drawings, and what a company's form keeps in words of its own"""
_FETCHED = {"hyperlink", "image", "externalLinkPath", "audio", "video", "media"}
"""what a document may point to elsewhere: nothing of it runs, and Office asks before it fetches a workbook"""
_HERE = re.compile(r"(file:///)?[a-z]:[\\/]|(?!\w+:|[\\/])", re.IGNORECASE)
"""a path on the writer's own disk, or a plain name: Word notes its template so, and nobody can fetch it"""
_OLD = {
    "EncryptedPackage": "files.office_password",
    "WordDocument": "files.old_word",
    "Workbook": "files.old_excel",
    "Book": "files.old_excel",
    "PowerPoint Document": "files.slides",
}


def judge_office(file: BinaryIO) -> str | Refusal:
    """The media type of a Word or Excel file that is harmless, or why this archive is not kept.

    Harmless things within it (the workbook behind a chart, an old table) are judged by the same rules.
    """
    try:
        return _judged(file, Meter(MOST_UNPACKED, MOST_PARTS), MOST_DEPTH)
    except UnfitError as error:
        if error.fault is Fault.LOCKED:
            return Refusal(line("files.archive_locked"))
        return Refusal(line("files.office_bursts" if error.fault is Fault.BURSTS else "files.office_broken"))
    except (expat.ExpatError, ValueError, LookupError):
        return Refusal(line("files.office_broken"))


def judge_old_office(file: BinaryIO) -> Refusal:
    """Why a file of the old Office formats is not kept: they can hide macros that nothing but Office can see."""
    file.seek(0)
    content = file.read()
    for name, reason in _OLD.items():
        if _entry(name) in content:
            return Refusal(line(reason))
    return Refusal(line("files.unknown"))


def _judged(file: BinaryIO, meter: Meter, depth: int) -> str | Refusal:
    parts = {part.filename: part for part in parts_of(file, meter)}
    if _CONTENTS not in parts:
        return _other_archive(parts)
    found = _main_type(list(_types(_whole(file, parts[_CONTENTS], meter))), parts)
    if isinstance(found, Refusal):
        return found
    for name, part in parts.items():
        if refusal := _refused_part(file, name, part, meter, depth):
            return refusal
    return found


def _other_archive(names: Iterable[str]) -> Refusal:
    if "mimetype" in names and "META-INF/manifest.xml" in names:
        return Refusal(line("files.open_document"))
    return Refusal(line("files.archive"))


def _main_type(types: list[tuple[str, str]], names: Iterable[str]) -> str | Refusal:
    """What the list of parts says the file is; the part that makes it so must be there."""
    said = {kind.lower() for _, kind in types}
    if any("sheet.binary" in kind for kind in said):
        return Refusal(line("files.old_excel"))
    if any(word in kind for kind in said for word in _MACROS):
        return Refusal(line("files.macros"))
    if any("presentationml" in kind and ".main" in kind for kind in said):
        return Refusal(line("files.slides"))
    mains = [media for media in (WORD, EXCEL) for n, k in types if k == media + ".main+xml" and n in names]
    return mains[0] if len(mains) == 1 else Refusal(line("files.office_broken"))


def _refused_part(file: BinaryIO, name: str, part: ZipInfo, meter: Meter, depth: int) -> Refusal | None:
    low = name.lower()
    if _MACRO_NAME.search(low):
        return Refusal(line("files.macros"))
    if _RUNS.search(low) or _IMPORTED.search(low):
        return Refusal(line("files.embedded_program"))
    if low.endswith(".rels"):
        return _refused_relations(_whole(file, part, meter))
    chunks = unpack(file, part, meter)
    first = next(chunks, b"")
    kind = kind_of(first[:HEAD])
    if kind in {Kind.ZIP, Kind.OLD_OFFICE}:
        within = _gathered(first, chunks, MOST_WITHIN)
        return _refused_within(within, meter, depth) if kind is Kind.ZIP else _refused_object(within)
    for _ in chunks:
        pass
    may = {Kind.ARCHIVE: low.endswith(_PACKED_PICTURES), Kind.WEB_PAGE: low.endswith(_NO_PAGES)}
    stays = may.get(kind, kind not in {Kind.PROGRAM, Kind.RICH_TEXT})
    return None if stays else Refusal(line("files.embedded_program"))


def _refused_within(content: bytes, meter: Meter, depth: int) -> Refusal | None:
    """A file within the file: a document with nothing that acts, or it is not kept."""
    if not depth:
        raise UnfitError(Fault.BURSTS)
    found = _judged(BytesIO(content), meter, depth - 1)
    if not isinstance(found, Refusal):
        return None
    return found if found.reason.key == "files.macros" else Refusal(line("files.embedded_program"))


def _refused_object(content: bytes) -> Refusal | None:
    """An object of the old kind: an old table or formula may stay, a packed file or a macro may not."""
    content = content.lower()  # Windows takes no notice of case in these names
    if _entry("_vba_project") in content:
        return Refusal(line("files.macros"))
    packed = any(_entry(name) in content for name in ("\1ole10native", "package", "encryptedpackage"))
    return Refusal(line("files.embedded_program")) if packed else None


def _refused_relations(content: bytes) -> Refusal | None:
    """Templates and objects that are fetched from elsewhere when the document is opened bring in what nobody judged."""
    for name, given in _elements(content):
        kind = given.get("Type", "").rsplit("/", 1)[-1]
        if name == "Relationship" and kind.lower() in _BRINGS_IN:
            return Refusal(line(_BRINGS_IN[kind.lower()]))
        if name != "Relationship" or given.get("TargetMode", "").lower() != "external" or kind in _FETCHED:
            continue
        if not _HERE.match("".join(c for c in given.get("Target", "") if c > " ")):
            return Refusal(line("files.remote_template"))
    return None


def _types(content: bytes) -> Iterator[tuple[str, str]]:
    """Part name (or extension) and what it is said to be."""
    for name, given in _elements(content):
        if name in {"Override", "Default"}:
            yield given.get("PartName", given.get("Extension", "")).removeprefix("/"), given.get("ContentType", "")


def _elements(content: bytes) -> list[tuple[str, dict[str, str]]]:
    """Every element's name without its prefix, and its attributes."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, given: found.append((name.rsplit(" ", 1)[-1], given))
    parser.Parse(content, True)
    return found


def _whole(file: BinaryIO, part: ZipInfo, meter: Meter) -> bytes:
    return _gathered(b"", unpack(file, part, meter), MOST_LIST)


def _gathered(first: bytes, chunks: Iterator[bytes], most: int) -> bytes:
    held = BytesIO()
    held.write(first)
    for chunk in chunks:
        if held.tell() + len(chunk) > most:
            raise UnfitError(Fault.BURSTS)
        held.write(chunk)
    return held.getvalue()


def _entry(name: str) -> bytes:
    """How the directory of an old Office file writes a name: two bytes a letter, ended by a zero."""
    return (name + "\0").encode("utf-16-le")
