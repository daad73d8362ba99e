"""What kind of file this is and whether it may be kept: every refusal for its reason, and no bytes upset it."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf.generic import NameObject, TextStringObject

from documents.archives import CHUNK
from documents.inspect import MOST_BYTES, Inspected, Refusal, inspect_file
from documents.inspect_pdf import MOST_OBJECTS, MOST_PAGES
from tests import files
from tests import hostile as bad
from tests.machine import full_size
from texts.compose import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOOK = "spreadsheetml.sheet.main+xml"
MACRO_BOOK = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main",
    "application/vnd.ms-excel.sheet",
)
FREE = {"Subtype": NameObject("/FreeText"), "Contents": TextStringObject("/JavaScript /Launch")}

KEPT: dict[str, tuple[bad.Maker, str, int | None]] = {
    "a PDF of three pages": (lambda: files.pdf(3), "application/pdf", 3),
    "a PDF with a blank line before it": (lambda: b"\r\n" + files.pdf(), "application/pdf", 1),
    "a PDF with padding behind it": (lambda: files.pdf() + bytes(200), "application/pdf", 1),
    "a PDF that opens at a page": (bad.opens_at_a_page, "application/pdf", 2),
    "a PDF with a link": (bad.annotated(Subtype=NameObject("/Link"), A=bad.link("/URI")), "application/pdf", 2),
    "a PDF that speaks of scripts": (bad.annotated(**FREE), "application/pdf", 2),
    "a PDF that may not be copied": (bad.encrypted(""), "application/pdf", 2),
    "a PDF with a PDF attached": (bad.attached("phu-luc.pdf", files.pdf()), "application/pdf", 2),
    "a PDF with a workbook attached": (bad.attached("so-lieu.xlsx", files.xlsx()), "application/pdf", 2),
    "a PDF with slips in its table": (lambda: bad.misplaced(30), "application/pdf", 1),
    "a PDF in packed objects": (lambda: bad.hidden(b"[3 0 R /Fit]"), "application/pdf", 1),
    "a Word file": (files.docx, WORD, None),
    "a workbook": (files.xlsx, EXCEL, None),
    "a Word file with folders of their own": (lambda: bad.office({"word/": b""}), WORD, None),
    "a chart with its workbook": (lambda: bad.office({"word/embeddings/b.xlsx": files.xlsx()}), WORD, None),
    "an old table": (lambda: bad.office({"word/embeddings/o.bin": bad.ole("Workbook")}), WORD, None),
    "a packed drawing": (lambda: bad.office({"word/media/i.emz": b"\x1f\x8b\x08" + bytes(50)}), WORD, None),
    "a drawing of our days": (lambda: bad.office({"word/media/i.svg": b"<svg/>"}), WORD, None),
    "a form's own words": (lambda: bad.office({"customXml/item1.xml": b"<body/>"}), WORD, None),
    "a template on the own disk": (lambda: bad.relation("attachedTemplate", r"file:///C:\M\a.dotx"), WORD, None),
    "a link to a page": (lambda: bad.relation("hyperlink", "https://example.org"), WORD, None),
    "a photograph": (lambda: bad.picture("JPEG"), "image/jpeg", None),
    "one that loads in steps": (lambda: bad.picture("JPEG", progressive=True), "image/jpeg", None),
    "one with an end within a note": (
        lambda: bad.picture("JPEG", comment=b"\xff\xd9" + bad.PROGRAM),
        "image/jpeg",
        None,
    ),
    "one with a moving picture behind": (lambda: bad.picture("JPEG") + bad.MOVIE, "image/jpeg", None),
    "two in a row, as phones write them": (lambda: bad.picture("JPEG") * 2, "image/jpeg", None),
    "a screen": (lambda: bad.picture("PNG"), "image/png", None),
    "an iPhone's photograph": (files.heic, "image/heic", None),
}

REFUSED: dict[str, tuple[bad.Maker, str]] = {
    "nothing": (bytes, "empty"),
    "a program named .pdf": (lambda: bad.PROGRAM, "program"),
    "a Linux program": (lambda: b"\x7fELF\x02\x01\x01" + bytes(99), "program"),
    "a Mac program": (lambda: b"\xcf\xfa\xed\xfe" + bytes(99), "program"),
    "a script": (lambda: b"#!/bin/sh\nls\n", "program"),
    "a batch file": (lambda: b"@echo off\r\ndel x\r\n", "program"),
    "a zip": (lambda: bad.zipped({"a.pdf": files.pdf()}), "archive"),
    "an empty zip": (lambda: bad.zipped({}), "archive"),
    "a rar": (lambda: bad.RAR, "archive"),
    "a 7z": (lambda: b"7z\xbc\xaf\x27\x1c" + bytes(60), "archive"),
    "a text": (files.text, "plain_text"),
    "a list with commas": (lambda: "STT,Họ tên\r\n1,Lê An\r\n".encode("utf-16"), "plain_text"),
    "an old page": (lambda: b"<!-- x -->\n<HTML><body>x", "web_page"),
    "a page of comments": (lambda: b"<!---->" * 580 + b"<", "plain_text"),
    "a drawing": (lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "web_page"),
    "RTF": (lambda: b"{\\rtf1 x}", "rich_text"),
    "a film": (lambda: bad.MOVIE, "media"),
    "a song": (lambda: b"ID3\x04" + bytes(99), "media"),
    "a wave": (lambda: b"RIFF\0\0\0\0WAVEfmt ", "media"),
    "a GIF": (lambda: bad.picture("GIF"), "other_picture"),
    "a scan as TIFF": (lambda: bad.picture("TIFF"), "other_picture"),
    "WebP": (lambda: bad.picture("WEBP"), "other_picture"),
    "noise": (lambda: bytes(range(7)) * 9, "unknown"),
    "a text in an old coding": (lambda: "Cộng hoà".encode("cp1258", "ignore"), "plain_text"),
    "old Word": (lambda: bad.ole("Root Entry", "WordDocument"), "old_word"),
    "old Excel": (lambda: bad.ole("Root Entry", "Workbook"), "old_excel"),
    "old slides": (lambda: bad.ole("PowerPoint Document"), "slides"),
    "an old something": (lambda: bad.ole("FileHeader"), "unknown"),
    "Word with a password": (lambda: bad.ole("EncryptionInfo", "EncryptedPackage"), "office_password"),
    "new slides": (lambda: bad.typed("wordprocessingml.document", "presentationml.presentation"), "slides"),
    "a binary workbook": (
        lambda: bad.typed(BOOK, "x.sheet.binary.macroEnabled.main", files.xlsx),
        "old_excel",
    ),
    "OpenDocument": (lambda: bad.zipped({"mimetype": b"x", "META-INF/manifest.xml": b"x"}), "open_document"),
    "a document of no kind": (lambda: bad.typed("document.main+xml", "template.main+xml"), "office_broken"),
    "a document without its text": (lambda: bad.typed("/word/document.xml", "/word/other.xml"), "office_broken"),
    "docm renamed": (lambda: bad.typed(f"{WORD}.main", "application/vnd.ms-word.document.macroEnabled.main"), "macros"),
    "xlsm renamed": (
        lambda: bad.typed(f"{MACRO_BOOK[0]}+", f"{MACRO_BOOK[1]}.macroEnabled.main+", files.xlsx),
        "macros",
    ),
    "a macro, not said": (lambda: bad.office({"word/vbaProject.bin": b"x"}), "macros"),
    "a macro elsewhere": (lambda: bad.office({"word/a/VBAPROJECT.BIN": b"x"}), "macros"),
    "a macro by another name": (
        lambda: bad.office(types='<Default Extension="q" ContentType="application/vnd.ms-office.vbaProject"/>'),
        "macros",
    ),
    "a macro by relation": (lambda: bad.relation("vbaProject", "a.q", "Internal"), "macros"),
    "a sheet of macros": (lambda: bad.office({"xl/macrosheets/s.xml": b"<x/>"}, base=files.xlsx), "macros"),
    "a macro within": (
        lambda: bad.office({"word/embeddings/x.xlsx": bad.office({"xl/vbaProject.bin": b"x"}, base=files.xlsx)}),
        "macros",
    ),
    "an old macro within": (lambda: bad.office({"word/embeddings/o.bin": bad.ole("_VBA_PROJECT")}), "macros"),
    "a template from the net": (
        lambda: bad.relation("attachedTemplate", "https://x.example/a.dotm"),
        "remote_template",
    ),
    "one from a share": (lambda: bad.relation("attachedTemplate", r"\\x\a.dotm"), "remote_template"),
    "one from a share, as address": (lambda: bad.relation("attachedTemplate", "file://x/a.dotm"), "remote_template"),
    "one with a tab in it": (lambda: bad.relation("attachedTemplate", "ht&#9;tps://x.example/a"), "remote_template"),
    "an object from the net": (lambda: bad.relation("oleObject", "mhtml:https://x.example/a!x"), "remote_template"),
    "a program within": (lambda: bad.office({"word/embeddings/a.bin": bad.PROGRAM}), "embedded_program"),
    "a program by its name": (lambda: bad.office({"word/a.EXE": b"x"}), "embedded_program"),
    "a packed file within": (
        lambda: bad.office({"word/embeddings/o.bin": bad.ole("\1Ole10Native")}),
        "embedded_program",
    ),
    "a packed file within, in other letters": (
        lambda: bad.office({"word/embeddings/o.bin": bad.ole("\1oLE10nATIVE")}),
        "embedded_program",
    ),
    "an old macro within, in other letters": (
        lambda: bad.office({"word/embeddings/o.bin": bad.ole("_vba_Project")}),
        "macros",
    ),
    "a page that is read in": (lambda: bad.relation("aFChunk", "a.dat", "Internal"), "embedded_program"),
    "a page within": (lambda: bad.office({"word/a.png": b"<html><script>x</script>"}), "embedded_program"),
    "a page by its name": (lambda: bad.office({"word/a.MHT": b"MIME-Version: 1.0"}), "embedded_program"),
    "RTF within": (lambda: bad.office({"word/a.bin": b"{\\rtf1 x}"}), "embedded_program"),
    "a zip within": (lambda: bad.office({"word/a.bin": bad.zipped({"a": b"b"})}), "embedded_program"),
    "a control": (lambda: bad.office({"word/activeX/activeX1.bin": b"x"}), "embedded_program"),
    "a bomb by its ratio": (lambda: bad.office({"word/media/a.bin": bytes(9_000_000)}), "office_bursts"),
    "a bomb by its number": (lambda: bad.office({f"word/{n}": b"x" for n in range(3001)}), "office_bursts"),
    "a bomb by depth": (lambda: bad.nested(4), "office_bursts"),
    "a bomb of bombs": (bad.nested_bomb, "office_bursts"),
    "a forged size": (bad.forged, "office_broken"),
    "a forged size and sum": (lambda: bad.forged(crc=True), "office_broken"),
    "a size forged in one place": (lambda: bad.forged(front=False), "office_broken"),
    "more promised than is there": (lambda: bad.forged(900_001, crc=True), "office_broken"),
    "a false sum": (lambda: bad.false("sum"), "office_broken"),
    "a false size in front": (lambda: bad.false("size"), "office_broken"),
    "a false name in front": (lambda: files.docx().replace(b"word/document", b"word/documenu", 1), "office_broken"),
    "a false length in front": (lambda: bad.false("packed"), "office_broken"),
    "a locked zip": (bad.locked, "archive_locked"),
    "a way out": (lambda: bad.office({"../../x": b"x"}), "office_broken"),
    "a root": (lambda: bad.office({"/etc/x": b"x"}), "office_broken"),
    "a drive": (lambda: bad.office({"C:/x": b"x"}), "office_broken"),
    "two of one name": (bad.twice, "office_broken"),
    "something between": (bad.gap, "office_broken"),
    "something before": (lambda: b"PK\x03\x04" + bytes(30) + files.docx(), "office_broken"),
    "something behind": (lambda: files.docx() + bad.PROGRAM, "office_broken"),
    "half a document": (lambda: files.docx()[: len(files.docx()) // 2], "office_broken"),
    "entities": (lambda: bad.office({"word/x.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), "office_broken"),
    "entities, after 300 kB": (
        lambda: bad.office({"word/x.xml": b"<!--" + bytes(range(32, 127)) * 3000 + b"--><!DOCTYPE a><a/>"}),
        "office_broken",
    ),
    "entities across two pieces": (
        lambda: bad.office({"word/x.xml": b" " * (CHUNK - 4) + b"<!DOCTYPE a><a/>"}),
        "office_broken",
    ),
    "entities in another coding": (
        lambda: bad.office({"word/x.xml": "<!DOCTYPE a><a/>".encode("utf-16")}),
        "office_broken",
    ),
    "a PDF with a password": (bad.encrypted("secret"), "pdf_password"),
    "a PDF enciphered otherwise": (bad.aes, "pdf_locked"),
    "a script on opening": (bad.action("/JavaScript", JS="app.alert(1)"), "pdf_acts"),
    "a launch on opening": (bad.action("/Launch", F="cmd.exe"), "pdf_acts"),
    "a script with a written name": (lambda: bad.hidden(b"<</S/Java#53cript/J#53(x)>>"), "pdf_acts"),
    "a launch in packed objects": (lambda: bad.hidden(b"<</S/Launch/F(cmd.exe)>>"), "pdf_acts"),
    "a kind named elsewhere": (
        lambda: bad.raw_pdf(b"<</Pages 2 0 R/OpenAction<</S 4 0 R>>>>", bad.TREE, bad.PAGE, b"/Launch"),
        "pdf_acts",
    ),
    "a launch that no table names": (lambda: bad.unlisted(b"<</S%x\n/Laun#63h/F(x)>>"), "pdf_acts"),
    "a launch where the table does not say": (lambda: bad.misplaced(1, b"<</S/Launch/F(x)>>"), "pdf_acts"),
    "a packed launch that no table names": (lambda: bad.hidden(b"<</S/Launch>>", listed=False), "pdf_acts"),
    "a whole packed stream that no table names": (lambda: bad.unlisted(bad.packed(b"<</S/Launch>>")), "pdf_acts"),
    "a PDF with too many objects": (lambda: bad.unlisted(bad.packed(*[b"1"] * MOST_OBJECTS)), "pdf_too_large"),
    "a named script": (
        lambda: bad.raw_pdf(
            b"<</Pages 2 0 R/Names<</JavaScript<</Names[(a) 4 0 R]>>>>>>", bad.TREE, bad.PAGE, b"<</a 1>>"
        ),
        "pdf_acts",
    ),
    "a button": (bad.annotated(Subtype=NameObject("/Link"), A=bad.link("/Launch")), "pdf_acts"),
    "a film in a PDF": (bad.annotated(Subtype=NameObject("/RichMedia")), "pdf_media"),
    "a program attached": (bad.attached("bao-cao.pdf", bad.PROGRAM), "pdf_attachment"),
    "a script attached": (bad.attached("a.JS", b"x"), "pdf_attachment"),
    "macros attached": (
        bad.attached("a.docx", bad.office({"word/vbaProject.bin": b"x"})),
        "pdf_attachment",
    ),
    "a script in a PDF in a PDF": (bad.attached("a.pdf", bad.hidden(b"<</S/Launch/F(x)>>")), "pdf_attachment"),
    "no pages": (lambda: bad.raw_pdf(bad.ROOT, b"<</Type/Pages/Kids[]>>"), "pdf_no_pages"),
    "pages in a circle": (bad.page_loop, "pdf_broken"),
    "pages without end": (bad.page_bomb, "pdf_broken"),
    "too many pages": (lambda: bad.many_pages(MOST_PAGES + 1), "pdf_too_large"),
    "half a PDF": (lambda: files.pdf(3)[: len(files.pdf(3)) // 2], "pdf_broken"),
    "a PDF without its end": (lambda: files.pdf()[:-30], "pdf_broken"),
    "a PDF without its last word": (lambda: files.pdf()[:-6], "pdf_broken"),
    "a PDF whose table is elsewhere": (
        lambda: re.sub(rb"startxref\n\d+", b"startxref\n200", bad.raw_pdf(bad.ROOT, bad.TREE, bad.PAGE)),
        "pdf_broken",
    ),
    "a PDF with a hole": (lambda: files.pdf()[:400] + files.pdf()[450:], "pdf_broken"),
    "a header alone": (lambda: b"%PDF-1.7\n", "pdf_broken"),
    "a PDF that is a zip too": (lambda: files.pdf() + bad.zipped({"a": b"b"}), "two_in_one"),
    "a PDF that is a page too": (lambda: files.pdf() + b"<html><script>x</script>", "two_in_one"),
    "a PDF with a program behind": (lambda: files.pdf() + bad.PROGRAM, "two_in_one"),
    "a picture that is a zip too": (lambda: bad.picture("JPEG") + bad.zipped({"a": b"b"}), "two_in_one"),
    "the same, apart": (lambda: bad.picture("JPEG") + b"--" + bad.zipped({"a": b"b"}), "two_in_one"),
    "a picture with a rar behind": (lambda: bad.picture("PNG") + bad.RAR, "two_in_one"),
    "a phone's picture with a program": (lambda: files.heic() + bad.PROGRAM, "two_in_one"),
    "a picture that is a PDF too": (lambda: bad.picture("JPEG", comment=files.pdf()), "two_in_one"),
    "a document that is a PDF too": (
        lambda: bad.zipped({"a": files.pdf(), **bad.unzipped(files.docx())}, zipfile.ZIP_STORED),
        "two_in_one",
    ),
    "half a photograph": (lambda: (p := bad.picture("JPEG"))[: len(p) // 2], "picture_broken"),
    "half of one in steps": (lambda: (p := bad.picture("JPEG", progressive=True))[: len(p) // 2], "picture_broken"),
    "a photograph without its last bytes": (lambda: bad.picture("JPEG")[:-2], "picture_broken"),
    "a screen with a false sum": (lambda: (p := bad.picture("PNG"))[:-16] + b"oops" + p[-12:], "picture_broken"),
    "half a screen": (lambda: (p := bad.picture("PNG"))[: len(p) // 2], "picture_broken"),
    "half an iPhone's": (lambda: (p := files.heic())[: len(p) // 2], "picture_broken"),
    "an iPhone's, its last box cut": (lambda: files.heic() + b"\0\0\1\0free" + bytes(40), "picture_broken"),
    "a screen with a fault": (lambda: (p := bad.picture("PNG"))[:3000] + b"oops" + p[3004:], "picture_broken"),
    "64 megapixels": (lambda: bad.huge("JPEG"), "picture_too_large"),
    "64 megapixels in a few bytes": (lambda: bad.huge("PNG"), "picture_too_large"),
    "a huge claim": (lambda: bad.claims(60_000, 60_000), "picture_too_large"),
    "a claim of all": (lambda: bad.claims(2**31 - 1, 2**31 - 1), "picture_too_large"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where a file is laid to be looked at; its name says nothing."""
    return tmp_path_factory.mktemp("inspect") / "file"


def look(place: Path, content: bytes) -> Inspected | Refusal:
    place.write_bytes(content)
    return inspect_file(str(place))


@pytest.mark.parametrize("name", KEPT)
def test_harmless_files_are_kept(place: Path, name: str) -> None:
    make, media_type, pages = KEPT[name]
    assert look(place, make()) == Inspected(media_type, pages)


@pytest.mark.parametrize("name", REFUSED)
def test_others_are_refused_each_for_its_reason(place: Path, name: str) -> None:
    make, reason = REFUSED[name]
    found = look(place, make())
    assert isinstance(found, Refusal)
    assert found.reason.key == f"files.{reason}"
    assert all(plain(found.reason, language) for language in ("vi", "en"))


def test_a_file_over_the_limit_is_not_read(place: Path) -> None:
    with place.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate(MOST_BYTES + 1)
    found = inspect_file(str(place))
    assert isinstance(found, Refusal)
    assert found.reason.key == "files.too_big"


def test_a_script_in_a_form_is_found(place: Path) -> None:
    """Forms of the kind XFA keep their scripts in a stream of XML, not in names."""

    def form(content: bytes) -> bytes:
        stream = b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content)
        root = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</XFA[(form) 4 0 R]>>>>"
        return bad.raw_pdf(root, bad.TREE, bad.PAGE, stream)

    assert look(place, form(b"<form><field/></form>")) == Inspected("application/pdf", 1)
    found = look(place, form(b"<form><script>x</script></form>"))
    assert isinstance(found, Refusal)
    assert found.reason.key == "files.pdf_acts"


def test_an_attachment_within_an_attachment_is_judged_to_a_depth(place: Path) -> None:
    content = files.pdf()
    for _ in range(3):
        content = bad.attached("a.pdf", content)()
    found = look(place, content)
    assert isinstance(found, Refusal)
    assert found.reason.key == "files.pdf_attachment"


def test_pillow_does_not_learn_heic_for_everybody(place: Path) -> None:
    from PIL import Image, UnidentifiedImageError

    assert look(place, files.heic()) == Inspected("image/heic")
    with pytest.raises(UnidentifiedImageError):
        Image.open(io.BytesIO(files.heic()))


GOOD = [files.pdf(2), files.docx(), files.xlsx(), bad.picture("JPEG", (40, 30)), bad.picture("PNG", (40, 30))]
GOOD += [files.heic((64, 64)), bad.hidden(b"[3 0 R /Fit]"), bad.encrypted("")(), bad.attached("a.docx", files.docx())()]
STARTS = [b"", b"%PDF-1.7\n", b"PK\x03\x04", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x18ftypheic", b"<"]
EXAMPLES = full_size(150, 5000)


@given(st.sampled_from(STARTS), st.binary(max_size=1500))
@settings(max_examples=EXAMPLES)
def test_any_bytes_are_kept_or_refused(place: Path, start: bytes, rest: bytes) -> None:
    assert isinstance(look(place, start + rest), Inspected | Refusal)


@pytest.mark.prove
@given(
    st.sampled_from(GOOD),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6), st.integers(0, 40)), min_size=1, max_size=5),
)
@settings(max_examples=EXAMPLES)
def test_any_change_to_a_good_file_is_kept_or_refused(
    place: Path, good: bytes, changes: list[tuple[float, bytes, int]]
) -> None:
    content = good
    for where, put, cut in changes:
        at = int(where * len(content))
        content = content[:at] + put + content[at + cut :]
    assert isinstance(look(place, content), Inspected | Refusal)


@pytest.mark.prove
@given(st.sampled_from(GOOD), st.floats(0, 0.999))
@settings(max_examples=EXAMPLES)
def test_a_file_cut_short_is_refused(place: Path, good: bytes, where: float) -> None:
    found = look(place, good[: int(where * (len(good) - 16))])
    assert isinstance(found, Refusal)


def test_what_the_tests_above_change_is_good(place: Path) -> None:
    assert all(isinstance(look(place, good), Inspected) for good in GOOD)
