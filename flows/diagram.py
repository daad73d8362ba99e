"""A flow as a Mermaid flowchart, drawn from its declaration: what is asked, what may be skipped, how it ends."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from flows.flow import Step

if TYPE_CHECKING:
    from flows.flow import Flow

_ALWAYS = next(field.default for field in fields(Step) if field.name == "when")


def diagram(flow: Flow) -> str:
    """Mermaid text. A step that is asked only sometimes has dotted ways to it (labelled with its condition) and past it."""
    lines = ["flowchart TD", f'  start(["{flow.name}, version {flow.version}"])']
    ends = [("start", False)]
    """nodes from which the next question comes, and whether a question was skipped since"""
    for step in flow.steps:
        lines.append(f'  {_node(step)}["{step.name}<br/>{type(step.kind).__name__}"]')
        sometimes = step.when is not _ALWAYS
        for end, skipped in ends:
            lines.append(_way(end, _node(step), _label(step) if sometimes else "", dotted=sometimes or skipped))
        if step.ends is not None:
            lines.append(_way(_node(step), "left", _name(step.ends)))
        ends = [(_node(step), False), *((end, True) for end, _ in ends)] if sometimes else [(_node(step), False)]
    lines.append('  review{{"review"}}')
    lines += [_way(end, "review", dotted=skipped) for end, skipped in ends]
    lines += [_way("review", "done", "confirm"), '  done(["command"])']
    lines += [_way("review", _node(step), "correct", dotted=True) for step in flow.steps if step.reviewed]
    if any(step.ends is not None for step in flow.steps):
        lines.append('  left(["left early"])')
    return "\n".join(lines) + "\n"


def _node(step: Step) -> str:
    """Words such as "end" mean something to Mermaid; no node of ours is called that."""
    return f"step_{step.name}"


def _label(step: Step) -> str:
    return _name(step.when)


def _name(condition: object) -> str:
    name = getattr(condition, "__name__", "")
    return name.strip("_").replace("_", " ") if name.isidentifier() else "sometimes"


def _way(start: str, end: str, label: str = "", *, dotted: bool = False) -> str:
    said = f'|"{label}"|' if label else ""
    return f"  {start} {'-.->' if dotted else '-->'}{said} {end}"
