"""The fake Bot API as a process, steered over HTTP, for tests that kill the bot and look at what is left.

POST /control/{say,tap,tap_raw,document,photo,membership,raw,fault} with the method's arguments as JSON (`content` as text),
POST /control/set with {"latency": seconds, "limit": messages a second, "retry_seconds": …},
GET /control/sent?since=N: the messages from the Nth on, GET /control/state: counts.
The first line printed is the address.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import asdict
from typing import Any

from aiohttp import web

from tests.fakes.telegram import TOKEN, FakeTelegram

VERBS = ("say", "tap", "tap_raw", "document", "photo", "membership", "raw", "fault")


def control(fake: FakeTelegram) -> list[web.RouteDef]:
    async def order(request: web.Request) -> web.Response:
        verb, values = request.match_info["verb"], await request.json()
        if verb == "set":
            for name, value in values.items():
                setattr(fake, name, value)
            return web.json_response(None)
        if verb not in VERBS:
            raise web.HTTPNotFound
        if "content" in values:
            values["content"] = values["content"].encode()
        try:
            return web.json_response(getattr(fake, verb)(**values))
        except LookupError as error:
            raise web.HTTPConflict(text=str(error)) from None

    async def sent(request: web.Request) -> web.Response:
        return web.json_response([_plain(one) for one in fake.sent[int(request.query.get("since", 0)) :]])

    async def state(_: web.Request) -> web.Response:
        counts = {"sent": len(fake.sent), "waiting": fake.waiting, "calls": len(fake.calls), "refused": fake.refused}
        return web.json_response({**counts, "answered": fake.answered, "webhook": fake.webhook.get("url", "")})

    return [
        web.post("/control/{verb}", order),
        web.get("/control/sent", sent),
        web.get("/control/state", state),
    ]


def _plain(shown: Any) -> dict[str, Any]:
    out = asdict(shown)
    if shown.file:
        out["file"] = {"name": shown.file.name, "media_type": shown.file.media_type, "size": len(shown.file.content)}
    return out


async def serve(port: int, token: str) -> None:
    fake = FakeTelegram(token)
    await fake.start(port, control(fake))
    sys.stdout.write(f"{fake.url}\n")
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await fake.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description="A Bot API on loopback")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    args = parser.parse_args()
    try:
        asyncio.run(serve(args.port, args.token))
    except KeyboardInterrupt:
        return
