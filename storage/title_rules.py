"""The boards' own settings for titles."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from domain.title_rules import Need, TitleRule
from storage import content, people

if TYPE_CHECKING:
    from storage.units import Tx


async def rules(tx: Tx) -> dict[tuple[str, str], TitleRule]:
    """Every rule, by board and code of the title."""
    return {
        (row["board"], row["code"]): TitleRule(
            row["code"], row["ratio"], frozenset(map(Need, json.loads(row["needs"])))
        )
        for row in await tx.all("title_rules.all")
    }


async def put(tx: Tx, board: str, rule: TitleRule, now: int, by: int | None) -> None:
    """Set a board's rule for a title; `by` is the officer. Every process hears of it."""
    needs = sorted(rule.needs)
    await tx.run("title_rules.put", board=board, code=rule.code, ratio=rule.ratio, needs=json.dumps(needs), now=now,
                 by=by)  # fmt: skip
    await people.audit(tx, now, by, "title_rule.set", f"{board}/{rule.code}", ratio=rule.ratio, needs=needs)
    await content.changed(tx)
