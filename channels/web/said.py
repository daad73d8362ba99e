"""What a page may send us, checked: a text, a tap or a file, with an id the page has made up for it."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator

from channels.fitting import NAME_LIMIT

TEXT_LIMIT = 20_000
"""characters a person's message may hold; with JSON escapes it still fits BODY_LIMIT"""
BODY_LIMIT = 256 * 1024
"""bytes of a request we read"""
UPLOAD_LIMIT = 20 * 1024 * 1024
"""bytes a file may have"""
ACTION_BYTES = 64
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""control characters but tab and line feed, and those that turn the direction of what follows"""


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text.replace("\r\n", "\n"))).strip()


def _short(action: str) -> str:
    if len(action.encode()) > ACTION_BYTES:
        raise ValueError("longer than any action of ours")
    return action


Number = Annotated[int, Field(ge=0, lt=2**63)]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Said(_Strict):
    """A text, or a tap (`action`) on the message `on`."""

    id: Id
    text: (
        Annotated[
            str, StringConstraints(max_length=TEXT_LIMIT), AfterValidator(_clean), StringConstraints(min_length=1)
        ]
        | None
    ) = None
    action: Annotated[str, StringConstraints(min_length=1), AfterValidator(_short)] | None = None
    on: Number | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.text is None) == (self.action is None):
            raise ValueError("a text or a tap, one of them")
        return self

    def raw(self) -> str:
        """As it is kept for the inbox."""
        return self.model_dump_json(exclude_none=True)

    def echo(self) -> dict[str, Any]:
        """As it stands in the person's own transcript."""
        return {"own": True, **self.model_dump(exclude_none=True)}


class Announced(_Strict):
    """What is said of a file before it comes. `name` is for people only."""

    id: Id
    name: Annotated[str, StringConstraints(min_length=1, max_length=NAME_LIMIT)]
    size: Annotated[int, Field(ge=1, le=UPLOAD_LIMIT)]


class Kept(_Strict):
    """A file that has come: `ref` is what `Uploads` calls it."""

    ref: Annotated[str, StringConstraints(min_length=1)]
    name: str
    size: Number


class Uploaded(_Strict):
    """A file somebody has sent."""

    id: Id
    file: Kept

    def raw(self) -> str:
        """As it is kept for the inbox."""
        return self.model_dump_json()

    def echo(self) -> dict[str, Any]:
        """As it stands in the person's own transcript."""
        return {"own": True, "id": self.id, "file": {"name": self.file.name, "size": self.file.size}}


ANY: TypeAdapter[Said | Uploaded] = TypeAdapter(Said | Uploaded)
"""What stands in the inbox. Only `Said` comes from a page as it is: what a file is called by us, no page can say."""


class Seen(_Strict):
    """The page has shown everything up to this entry."""

    upto: Number
