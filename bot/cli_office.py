"""The office's commands: content, invites, the flows drawn. `cli_import` and `cli_keep` hold the rest of them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

import typer

from bot import cli_import, cli_keep
from bot.cli_run import WRONG_USE, add, carried, fail, settings
from bot.control import carry_out
from domain.people import Role
from flows.catalogue import FLOWS
from flows.diagram import diagram
from handlers.here import ZONE


def add_commands(app: typer.Typer) -> None:
    """Add every command of the office to `thidua`."""
    add(app, "seed", seed, "load plans, units and calendar")
    add(app, "invite", invite, "code and links for somebody to join")
    add(app, "flows", flows, "guided conversations as flowcharts", "\n\nExit codes: 0 done, 2 no such flow.")
    cli_import.add_commands(app)
    cli_keep.add_commands(app)


def seed(
    confirmed: Annotated[
        bool | None,
        typer.Option("--confirmed/--unconfirmed", help="whether due dates count as confirmed [default: in demo only]"),
    ] = None,
) -> None:
    """Load the five plans, their boards' units and the working calendar; what is there is brought up to date.

    Nobody is reminded of a due date before an officer has confirmed it: in production dates come unconfirmed.
    """
    known = settings()
    sure = known.env == "demo" if confirmed is None else confirmed
    _print_counts(carried(carry_out(known, "seed", {"confirmed": sure})))


def invite(
    unit: Annotated[str | None, typer.Option(help="slug of the unit to invite somebody into")] = None,
    role: Annotated[Role | None, typer.Option(help="what they will be to the unit")] = None,
    name: Annotated[str | None, typer.Option(help="their name, if known; it is suggested to them")] = None,
    board: Annotated[str | None, typer.Option(help="slug of the board the unit must belong to")] = None,
    member: Annotated[
        str | None, typer.Option(help="instead: id or name of a member who has lost their sign-in link")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Issue an invite into a unit, or a new sign-in link for a member: prints code, links and when they run out."""
    if member is not None:
        payload = {"member": member, "unit": unit}
        issued = carried(carry_out(settings(), "sign_in", payload))
    elif unit is None or role is None:
        fail("say --unit and --role (or --member for a lost sign-in link)", WRONG_USE)
    else:
        payload = {"unit": unit, "role": role.value, "name": name, "board": board}
        issued = carried(carry_out(settings(), "invite", payload))
    expires = datetime.fromtimestamp(issued.pop("expires_at") / 1_000_000, ZONE)
    if as_json:
        print(json.dumps({**issued, "expires": expires.isoformat(timespec="minutes")}, ensure_ascii=False))
    else:
        _print_invite(issued, expires)


def _print_invite(issued: dict[str, Any], expires: datetime) -> None:
    whom = " · ".join(str(issued[key]) for key in ("name", "role", "unit_name") if issued.get(key))
    rows = {"for": whom, "code": issued["code"], **issued["links"], "until": f"{expires:%H:%M %d/%m/%Y}"}
    for label, value in rows.items():
        print(f"{label + ':':<10}{value}")


def flows(name: Annotated[str | None, typer.Argument(help="only this one")] = None) -> None:
    """Print each guided conversation as a Mermaid flowchart; what is asked only sometimes hangs on dotted lines."""
    if name is not None and name not in FLOWS:
        fail(f"no flow is called {name}; there are {', '.join(FLOWS)}", WRONG_USE)
    for flow in FLOWS.values() if name is None else (FLOWS[name],):
        print(f"%% {flow.name}")
        print(diagram(flow))


def _print_counts(counts: dict[str, Any]) -> None:
    for what, number in counts.items():
        print(f"{number:>8} {what.replace('_', ' ')}")
