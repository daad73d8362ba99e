"""What a page may send us, checked: a text or a tap, with an id the page has made up for it."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

TEXT_LIMIT = 20_000
"""characters a person's message may hold; with JSON escapes it still fits BODY_LIMIT"""
BODY_LIMIT = 256 * 1024
"""bytes of a request we read"""
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


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Said(_Strict):
    """A text, or a tap (`action`) on the message `on`."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
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


class Seen(_Strict):
    """The page has shown everything up to this entry."""

    upto: Number
