"""docs/flows.md shows every conversation as the code declares it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from flows.catalogue import FLOWS
from flows.diagram import diagram
from flows.flow import Flow, Step
from flows.typed import ShortText

PAGE = Path(__file__).parents[1] / "docs" / "flows.md"
_DRAWN = re.compile(r"\n```mermaid\n.*?```\n", re.DOTALL)


def renewed(page: str) -> str:
    """The page with each flow's diagram, as it is now, at the end of its chapter."""
    head, *chapters = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    return head + "\n".join(_chapter(one) for one in chapters)


def _chapter(text: str) -> str:
    name = text.splitlines()[0].removeprefix("## ")
    prose = _DRAWN.sub("", text).rstrip("\n")
    return f"{prose}\n\n```mermaid\n{diagram(FLOWS[name])}```\n" if name in FLOWS else f"{prose}\n"


def test_the_page_shows_every_conversation_as_it_is_declared():
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == list(FLOWS)
    assert page == renewed(page), "renew it: .venv/bin/python -m tests.test_flows_docs"


def test_a_page_that_is_behind_is_told():
    page = PAGE.read_text(encoding="utf-8")
    behind = page.replace("step_reason", "step_why")
    assert behind != page
    assert renewed(behind) == page


def test_every_chapter_says_what_it_is_for():
    chapters = re.split(r"^## .+$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert all(re.match(r"\n\n[A-Z].+\.\n", _DRAWN.sub("", one), re.DOTALL) for one in chapters)


def test_a_step_asked_sometimes_stands_behind_its_condition():
    def is_individual(_answers, _facts):
        return True

    def is_no(answer):
        return answer == "no"

    kind = ShortText()
    steps = (Step("a", kind), Step("b", kind, when=is_individual), Step("c", kind, ends=is_no, reviewed=False))
    drawn = diagram(Flow("f", 1, (), steps, done=lambda *_: None)).splitlines()
    assert drawn.count('  when_b{"is individual?"}') == 1
    for way in ("start --> step_a", "step_a --> when_b", 'when_b -->|"yes"| step_b', "step_b --> step_c",
                'when_b -->|"no"| step_c', 'step_c -->|"is no"| left', "step_c --> review", 'review -->|"confirm"| done'):  # fmt: skip
        assert f"  {way}" in drawn
    assert sum(line.startswith("  step_a -->") for line in drawn) == 1


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE} is renewed\n")
