"""Having one's data erased (Law 91/2025/QH15): nothing to ask, everything to confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.commands import EraseMe
from flows.flow import Flow

if TYPE_CHECKING:
    from flows.flow import Answers, Facts


def _kept(_answers: Answers, facts: Facts) -> dict[str, Any]:
    return {"kept": facts["kept"]}


ERASE = Flow("erase", version=1, needs=("kept",), steps=(), done=lambda _answers, _facts: EraseMe(), about=_kept)
