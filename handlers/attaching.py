"""Files that people send: taken up by the question that waits for them, or read as a workbook that comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.people import Act, may
from flows.flow import Said
from flows.session import OpenFlow
from handlers import converse, importing, reporting, uploading
from handlers.here import Here, Reply, SentFile
from handlers.interrupted import beside
from storage import work
from texts.message import Line, from_json, line, say

if TYPE_CHECKING:
    from collections.abc import Mapping

KIND = "fetch_file"
_PARTS = ("id", "name", "size", "sent_at", "caption", "uploaded")
"""what an answer keeps of how a file was sent"""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def sent(here: Here, file: SentFile | None, caption: str) -> Reply:
    """Somebody sent a file. It is fetched beside the turns; what it comes to is told by `fetched`.

    Of several on their way at once the first alone is answered: the list that follows the last shows them all.
    """
    wanted = uploading.files_asked(here.session.flow) is not None
    if file is None or not (wanted or may(Act.FILE_FOR_OTHERS, here.role)):
        return await converse.not_taken(here, "file")
    coming = {
        "id": here.row,
        "name": file.name,
        "size": file.size,
        "sent_at": here.filed_at,
        "caption": caption or None,
    }
    params = {**coming, "channel": here.channel, "ref": file.ref, "squeezed": file.squeezed, "wanted": wanted}
    await work.ask(here.tx, key=f"fetch:{here.row}", kind=KIND, member=here.member.id, channel=here.channel,
                   address=here.address, params=params, now=here.at)  # fmt: skip
    if wanted:
        answered = await converse.answer(here, Said(file=coming))
        return Reply((), answered.session) if _coming(here.session.flow) else answered
    return await beside(here, line("attaching.coming", name=file.name))


def _coming(opened: OpenFlow | None) -> bool:
    """Whether a file is on its way for the open question."""
    return opened is not None and any("sha256" not in one for one in opened.so_far or () if isinstance(one, dict))


async def fetched(here: Here, params: Mapping[str, Any], result: Mapping[str, Any]) -> Reply:
    """A file is there, or cannot be kept; the reason is said, and the question that waits for it goes on."""
    file, name = result.get("file"), params["name"]
    refusal = _refusal(result, name)
    if params["wanted"] and uploading.still_asked(here.session.flow, params):
        known = {part: params[part] for part in _PARTS if part in params}
        said = Said(file={**known, **file} if file else {**known, "refused": True})
        answered = await converse.answer(here, said)
        if refusal:
            return Reply((say(*refusal), *answered.messages), answered.session)
        return Reply((), answered.session) if _coming(answered.session.flow) else answered
    if refusal:
        return await beside(here, *refusal)
    if file and file["media_type"] == XLSX and not params["wanted"]:
        return await importing.came_back(here, file, params["id"])
    assert file is not None
    return await reporting.taken_up(here, {part: params[part] for part in _PARTS if part in params} | file)


def _refusal(result: Mapping[str, Any], name: str) -> tuple[Line, ...]:
    if "refused" in result:
        return (line("attaching.refused", name=name), *from_json(result["refused"]).lines)
    return (line("attaching.failed", name=name),) if "failed" in result else ()
