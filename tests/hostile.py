"""Files that nobody should keep, and odd ones that are harmless, all made here: no binary stands in the repository."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from itertools import accumulate
from typing import Any

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from tests import files

Maker = Callable[[], bytes]
_OPEN = "http://schemas.openxmlformats.org"
_RELATIONS = f"{_OPEN}/officeDocument/2006/relationships"
PROGRAM = b"MZ\x90\0\x03\0\0\0" + bytes(500)
_PART = "word/media/a.bin"
RAR = b"Rar!\x1a\x07\x01\0" + bytes(64)
MOVIE = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\0\x10mdat" + bytes(8)


def zipped(parts: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A plain zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def office(extra: dict[str, bytes] | None = None, *, types: str = "", base: Maker = files.docx) -> bytes:
    """A Word or Excel file with more parts, and more said in its list of parts."""
    parts = unzipped(base())
    contents = parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = contents.replace(b"</Types>", f"{types}</Types>".encode())
    return zipped({**parts, **(extra or {})})


def typed(old: str, new: str, base: Maker = files.docx) -> bytes:
    """The file with another word in its list of parts: a .docm renamed, a .pptx."""
    parts = unzipped(base())
    changed = parts["[Content_Types].xml"].replace(old.encode(), new.encode())
    assert changed != parts["[Content_Types].xml"]
    return zipped({**parts, "[Content_Types].xml": changed})


def relation(kind: str, target: str, mode: str = "External") -> bytes:
    """A document that refers to something: a template, a link, an object."""
    said = f'<Relationship Id="r9" Type="{_RELATIONS}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    whole = f'<Relationships xmlns="{_OPEN}/package/2006/relationships">{said}</Relationships>'
    return office({"word/_rels/settings.xml.rels": whole.encode()})


def updated() -> bytes:
    """A PDF that was added to after it was made, as by a signature: with an end in the middle."""
    writer = PdfWriter(io.BytesIO(files.pdf(2)), incremental=True)
    writer.pages[0][NameObject("/Rotate")] = NumberObject(90)
    out = io.BytesIO()
    writer.write(out)
    assert out.getvalue().count(b"%%EOF") == 2
    return out.getvalue() + b"\r\n"


def closed_again(joined: bytes) -> bytes:
    """A PDF with something joined to it, and its own last words once more behind that."""
    made = files.pdf()
    return made + joined + b"\n" + made[made.rindex(b"startxref") :]


def wide(archive: bytes) -> bytes:
    """The archive with a directory for sizes beyond 4 GB: what stood at its end before, says nothing any more."""
    end = archive.rindex(b"PK\x05\x06")
    entries = int.from_bytes(archive[end + 10 : end + 12], "little")
    size, start = (int.from_bytes(archive[end + n : end + n + 4], "little") for n in (12, 16))
    made = archive[:end] + struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, entries, entries, size, start)
    made += struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    return made + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)


def apart(before: bytes) -> bytes:
    """Something with an archive behind it that counts from the very first byte, its end a little behind its directory."""
    archive = zipped({"a": b"b"})
    end = archive.rindex(b"PK\x05\x06")
    start = len(before) + 2 + archive.index(b"PK\x01\x02")
    last = archive[end : end + 16] + start.to_bytes(4, "little") + bytes(2)
    return before + b"--" + archive[:end] + b"--" + last + b"x"


def ole(*names: str) -> bytes:
    """A file of the old Office kind with these entries in its directory."""
    entries = b"".join((name + "\0").encode("utf-16-le").ljust(128, b"\0") for name in names)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + entries


def nested(depth: int) -> bytes:
    """A document in a document in a document."""
    inner = files.docx()
    for _ in range(depth):
        inner = office({"word/embeddings/more.docx": inner})
    return inner


def nested_bomb() -> bytes:
    """Within bounds one by one, together not: thirty workbooks that unpack to 10 MB each."""
    noise = b"".join(bytes([n % 251]) * 300 for n in range(10_000_000 // 300))
    inner = office({"xl/media/image.bin": noise}, base=files.xlsx)
    return office({f"word/embeddings/{n}.xlsx": inner for n in range(30)})


def patched(content: bytes, name: str, where: str, value: int, *, front: bool = True, behind: bool = True) -> bytes:
    """An archive that says another number of one part: its `sum`, `packed` or unpacked `size`.

    It says so in the part's own header (`front`), in the directory (`behind`), or in both.
    """
    made, at = bytearray(content), {"sum": 14, "packed": 18, "size": 22}[where]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        header = archive.getinfo(name).header_offset
        start = archive.start_dir
    if front:
        made[header + at : header + at + 4] = value.to_bytes(4, "little")
    if behind:
        entry = made.index(name.encode(), start) - 46 + at + 2
        made[entry : entry + 4] = value.to_bytes(4, "little")
    return bytes(made)


def forged(says: int = 10, *, crc: bool = False, front: bool = True) -> bytes:
    """Says of a part of 900,000 bytes that it unpacks to `says`; with `crc` the sum of those is right."""
    content = patched(office({_PART: bytes(900_000)}), _PART, "size", says, front=front)
    return patched(content, _PART, "sum", zlib.crc32(bytes(min(says, 900_000)))) if crc else content


def false(where: str) -> bytes:
    """Says something wrong of a small part: its sum in both places, its packed size in front alone."""
    return patched(office({_PART: b"words"}), _PART, where, 3, behind=where == "sum")


def locked() -> bytes:
    """A zip whose entries say that they are encrypted."""
    content = bytearray(files.docx())
    for signature, at_flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = -1
        while (at := content.find(signature, at + 1)) >= 0:
            content[at + at_flags] |= 1
    return bytes(content)


def twice() -> bytes:
    """Two parts of one name, but for the case."""
    return office({"Word/Document.xml": b"<other/>"})


def gap() -> bytes:
    """A document with something between its last part and its directory that no part claims."""
    content = files.docx()
    start = content.index(b"PK\x01\x02")
    end = content.rindex(b"PK\x05\x06")
    moved = bytearray(content[end:])
    moved[16:20] = (start + 500).to_bytes(4, "little")
    return content[:start] + PROGRAM[:500] + content[start:end] + bytes(moved)


def written(change: Callable[[PdfWriter], Any], base: bytes | None = None) -> bytes:
    """A PDF after a change to it."""
    writer = PdfWriter(clone_from=io.BytesIO(base or files.pdf(2)))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def action(kind: str, **more: str) -> Maker:
    """A PDF that does something when it is opened."""
    entries = {NameObject("/S"): NameObject(kind)}
    entries |= {NameObject(f"/{k}"): TextStringObject(v) for k, v in more.items()}  # type: ignore[misc]
    return lambda: written(lambda w: w.root_object.update({NameObject("/OpenAction"): DictionaryObject(entries)}))


def opens_at_a_page() -> bytes:
    def change(writer: PdfWriter) -> None:
        page = writer.pages[1].indirect_reference
        assert page is not None
        writer.root_object[NameObject("/OpenAction")] = ArrayObject([page, NameObject("/Fit")])

    return written(change)


def annotated(**entries: Any) -> Maker:
    """A PDF with something on its first page."""

    def change(writer: PdfWriter) -> None:
        box = ArrayObject([NumberObject(n) for n in (0, 0, 9, 9)])
        found = DictionaryObject({NameObject("/Type"): NameObject("/Annot"), NameObject("/Rect"): box})
        found.update({NameObject(f"/{k}"): v for k, v in entries.items()})
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(found)])

    return lambda: written(change)


def link(kind: str) -> DictionaryObject:
    where = TextStringObject("https://example.org")
    return DictionaryObject({NameObject("/S"): NameObject(kind), NameObject("/URI"): where})


def attached(name: str, content: bytes) -> Maker:
    return lambda: written(lambda w: w.add_attachment(name, content))


def encrypted(user: str, algorithm: str = "RC4-128") -> Maker:
    return lambda: written(lambda w: w.encrypt(user, "owner", algorithm=algorithm))


def raw_pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1; the first is the root."""
    out, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, len(out))
    return out + head + table + tail


def misplaced(number: int, what: bytes = b"<</A 1>>") -> bytes:
    """A PDF in whose table so many objects stand a little off their places."""
    made = bytearray(raw_pdf(ROOT, TREE, PAGE, what, *[b"<</A 1>>"] * 39))
    for n in range(number):
        row = made.index(b"xref") + len(b"xref\n0 44\n") + 20 * (n + 4)
        made[row : row + 10] = b"%010d" % (int(made[row : row + 10]) + 3)
    return bytes(made)


ROOT = b"<</Type/Catalog/Pages 2 0 R>>"
TREE = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>"


def packed(*objects: bytes) -> bytes:
    """A packed stream of these objects, numbered from 5."""
    places = [0, *accumulate(len(one) + 1 for one in objects[:-1])]
    head = b"".join(b"%d %d " % (n, place) for n, place in enumerate(places, 5))
    inside = zlib.compress(head + b"\n".join(objects))
    said = b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>" % (len(objects), len(head), len(inside))
    return b"%s\nstream\n%s\nendstream" % (said, inside)


def hidden(script: bytes, *, listed: bool = True) -> bytes:
    """The action stands in a packed stream of objects, where a search of the bytes finds nothing."""
    root = b"<</Type/Catalog/Pages 2 0 R/OpenAction 5 0 R>>"
    plain = raw_pdf(root, TREE, PAGE, packed(script))
    places = [plain.index(b"\n%d 0 obj" % n) + 1 for n in range(1, 5)]
    body = plain[: plain.index(b"xref")]
    fifth = (2, 4, 0) if listed else (0, 0, 0)
    rows = [(0, 0, 65535), *((1, place, 0) for place in places), fifth, (1, len(body), 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    said = b"<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Length %d>>" % len(table)
    return b"%s6 0 obj\n%s\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (body, said, table, len(body))


def unlisted(script: bytes) -> bytes:
    """An object that stands in the file, and in no table."""
    return raw_pdf(ROOT, TREE, PAGE + b"\nendobj\n9 0 obj\n" + script)


def aes() -> bytes:
    """Opens without a password, but is enciphered in a way that is not read here."""
    reader = PdfReader(io.BytesIO(encrypted("")()))
    old = reader.trailer["/Encrypt"].get_object()
    assert isinstance(old, DictionaryObject)
    owner, user = (old[key].original_bytes.hex().encode() for key in ("/O", "/U"))
    first = reader.trailer["/ID"][0].original_bytes.hex().encode()
    said = b"<</Filter/Standard/V 4/R 4/Length 128/P %d/O<%s>/U<%s>/StmF/StdCF/StrF/StdCF" % (old["/P"], owner, user)
    said += b"/CF<</StdCF<</CFM/AESV2/Length 16>>>>>>"
    note = b"<</Title<%s>>>" % (b"00" * 32)
    return raw_pdf(ROOT, TREE, PAGE, said, note, trailer=b"/Encrypt 4 0 R/Info 5 0 R/ID[<%s><%s>]" % (first, first))


def page_loop() -> bytes:
    return raw_pdf(ROOT, b"<</Type/Pages/Count 1/Kids[2 0 R 3 0 R]>>", PAGE)


def page_bomb() -> bytes:
    """Each node names the next one ten times: 10 to the 20th pages in a kilobyte."""
    nodes = [b"<</Type/Pages/Kids[%s]>>" % (b"%d 0 R " % (n + 1) * 10) for n in range(2, 22)]
    return raw_pdf(ROOT, *nodes, PAGE)


def many_pages(number: int) -> bytes:
    kids = b"".join(b"%d 0 R " % n for n in range(3, 3 + number))
    return raw_pdf(ROOT, b"<</Type/Pages/Kids[%s]>>" % kids, *[PAGE] * number)


def picture(kind: str, size: tuple[int, int] = (160, 120), **options: Any) -> bytes:
    """A picture with something in it, so that it does not pack to nothing."""
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind, **options)
    return out.getvalue()


def claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""
    content = bytearray(picture("PNG", (8, 8)))
    content[16:24] = struct.pack(">II", width, height)
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


def huge(kind: str) -> bytes:
    """A picture of 64 megapixels in one colour."""
    out = io.BytesIO()
    Image.new("1" if kind == "PNG" else "L", (8000, 8000)).save(out, kind)
    return out.getvalue()
