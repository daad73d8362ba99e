"""A flow as a Mermaid flowchart, drawn from its declaration: what is asked, what may be skipped, how it ends."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from flows.flow import Step

if TYPE_CHECKING:
    from flows.flow import Flow

_ALWAYS = next(field.default for field in fields(Step) if field.name == "when")


def diagram(flow: Flow) -> str:
    """Mermaid text. Before a step that is asked only sometimes stands its condition; "no" leads past it."""
    lines = ["flowchart TD", f'  start(["{flow.name}, version {flow.version}"])']
    ends = [("start", "")]
    """nodes from which the next question comes, each with the label of its way there"""
    for step in flow.steps:
        if step.when is _ALWAYS:
            lines += [_way(end, _node(step), label) for end, label in ends]
            ends = []
        else:
            condition = f"when_{step.name}"
            lines += [_way(end, condition, label) for end, label in ends]
            lines += [f'  {condition}{{"{_name(step.when)}?"}}', _way(condition, _node(step), "yes")]
            ends = [(condition, "no")]
        lines.append(f'  {_node(step)}["{step.name}<br/>{type(step.kind).__name__}"]')
        if step.ends is not None:
            lines.append(_way(_node(step), "left", _name(step.ends)))
        ends.insert(0, (_node(step), ""))
    lines += [_way(end, "review", label) for end, label in ends]
    lines += ['  review{{"review"}}', _way("review", "done", "confirm"), '  done(["command"])']
    if any(step.reviewed for step in flow.steps):
        lines.append('  review -.->|"correct an answer"| review')
    if any(step.ends is not None for step in flow.steps):
        lines.append('  left(["left early"])')
    return "\n".join(lines) + "\n"


def _node(step: Step) -> str:
    """Words such as "end" mean something to Mermaid; no node of ours is called that."""
    return f"step_{step.name}"


def _name(condition: object) -> str:
    name = getattr(condition, "__name__", "")
    return name.strip("_").replace("_", " ") if name.isidentifier() else "sometimes"


def _way(start: str, end: str, label: str = "") -> str:
    said = f'|"{label}"|' if label else ""
    return f"  {start} -->{said} {end}"
