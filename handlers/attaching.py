"""Files that people send: taken up by the question that waits for them, or read as a workbook that comes back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from domain.people import Act, may
from flows.flow import Said
from handlers import converse, importing, pages, unasked, uploading
from handlers.here import Here, Reply, SentFile
from handlers.interrupted import beside
from storage import upload_links, work
from texts.message import Line, from_json, line, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.session import OpenFlow

KIND = "fetch_file"
_PARTS = ("id", "name", "size", "sent_at", "caption", "uploaded")
"""what an answer keeps of how a file was sent"""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def sent(here: Here, file: SentFile | None, caption: str) -> Reply:
    """Somebody sent a file. It is fetched beside the turns; what it comes to is told by `fetched`.

    Of who belongs to no unit nothing is fetched: anybody can be as many visitors as they like. Of several on their way at once the first alone is answered: the list that follows the last shows them all.
    """
    wanted = uploading.files_asked(here.session.flow) is not None
    if file is None or here.home is None or not (wanted or may(Act.FILE_FOR_OTHERS, here.role)):
        return await converse.not_taken(here, "file")
    alone = not await work.others(here.tx, here.member.id, KIND, here.row)
    coming = _coming(here, file, caption)
    if wanted:
        return await _answers(here, file, coming)
    await _fetch(here, file, coming, wanted=False)
    if not alone:
        return Reply((), here.session)
    guess = () if file.name.lower().endswith(".xlsx") else await unasked.guess(here, file.name)
    return await beside(here, line("attaching.coming", name=file.name), *guess, *_tip(here, file))


def _coming(here: Here, file: SentFile, caption: str) -> dict[str, Any]:
    """What an answer knows of a file on its way."""
    told = {"name": file.name, "size": file.size, "caption": caption or None}
    return {"id": here.row, **told, "sent_at": here.filed_at}


async def _answers(here: Here, file: SentFile, coming: Mapping[str, Any]) -> Reply:
    """A file for the open question, which may have no room for it."""
    answered = await converse.answer(here, Said(file=coming))
    opened = answered.session.flow
    if uploading.files_asked(opened) and coming["id"] not in _ids(opened):
        return answered
    await _fetch(here, file, coming, wanted=True)
    return Reply((), answered.session) if _waits(here.session.flow) else _with(_tip(here, file), answered)


def _tip(here: Here, file: SentFile) -> tuple[Line, ...]:
    """How pages are best photographed and sent; what a messenger makes smaller on its way is a photograph."""
    return pages.hint(here.session.flow, {"squeezed": file.squeezed}, {"media_type": "image/jpeg"})


def _with(remarks: tuple[Line, ...], answered: Reply) -> Reply:
    """Remarks above what is answered."""
    first, *more = answered.messages
    return replace(answered, messages=(replace(first, lines=(*remarks, *first.lines)), *more))


async def _fetch(here: Here, file: SentFile, coming: Mapping[str, Any], *, wanted: bool) -> None:
    asked = {"question": uploading.question_of(here.session.flow)} if wanted and here.session.flow else {}
    params = {**coming, **asked, "channel": here.channel, "ref": file.ref, "squeezed": file.squeezed, "wanted": wanted}
    await work.ask(here.tx, key=f"fetch:{here.row}", kind=KIND, member=here.member.id, channel=here.channel,
                   address=here.address, params=params, now=here.at)  # fmt: skip


def _so_far(opened: OpenFlow | None) -> list[dict[str, Any]]:
    """The files that the open question has, those on their way among them."""
    return list(opened.so_far or ()) if opened and uploading.files_asked(opened) else []


def _ids(opened: OpenFlow | None) -> set[Any]:
    return {one["id"] for one in _so_far(opened)}


def _waits(opened: OpenFlow | None) -> bool:
    """Whether a file is on its way for the open question."""
    return any("sha256" not in one for one in _so_far(opened))


async def fetched(here: Here, params: Mapping[str, Any], result: Mapping[str, Any]) -> Reply:
    """A file is there, or cannot be kept; the reason is said, and the question that waits for it goes on."""
    file, known = result.get("file"), {part: params[part] for part in _PARTS if part in params}
    if file is None and "link" in params:
        await upload_links.place_back(here.tx, params["link"])
    remarks = _remarks(here, params, result)
    if params["wanted"] and uploading.still_asked(here.session.flow, params):
        return await _listed(here, {**known, **(file or {"refused": True})}, remarks)
    if file is None:
        return await beside(here, *remarks)
    if file["media_type"] == XLSX and not params["wanted"]:
        return await importing.came_back(here, known | file)
    more = await work.others(here.tx, here.member.id, KIND, here.row)
    strange = here.session.flow is not None and not uploading.belongs(here.session.flow, params)
    return await unasked.taken_up(here, known | file, more=more, strange=strange)


async def _listed(here: Here, file: Mapping[str, Any], remarks: tuple[Line, ...]) -> Reply:
    """The question that waits for the file goes on with it; while others are on their way, only remarks are told."""
    answered = await converse.answer(here, Said(file=file))
    if _waits(answered.session.flow) or await work.others(here.tx, here.member.id, KIND, here.row):
        return Reply((say(*remarks),) if remarks else (), answered.session)
    return _with(remarks, answered)


def _remarks(here: Here, params: Mapping[str, Any], result: Mapping[str, Any]) -> tuple[Line, ...]:
    """What is to be said of a file beside the list: why it is not taken."""
    name = params["name"]
    if "refused" in result:
        return (line("attaching.refused", name=name), *from_json(result["refused"]).lines)
    if "failed" in result:
        return (line("attaching.failed", name=name),)
    there = (one for one in _so_far(here.session.flow) if one["id"] != params["id"])
    same = next((one["name"] for one in there if one.get("sha256") == result["file"]["sha256"]), None)
    if not same or not params["wanted"]:
        return ()
    return (line("attaching.again", name=name) if same == name else line("attaching.twice", name=name, same=same),)
