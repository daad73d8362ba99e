"""A Bot API on loopback: takes calls over real HTTP, hands updates out by poll or webhook, fails as ordered.

In a test: `async with FakeTelegram() as telegram`, then `telegram.say(42, "chào")`, `telegram.tap(42, "Đợt 1")`,
`telegram.fault("429")`, and read `telegram.sent`. For a bot in a process of its own:
`python -m tests.fakes.telegram --port 8081` (see `telegram_control`).
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Self

from aiohttp import web

from tests.fakes import telegram_rules as rules
from tests.fakes.telegram_rules import FAULTS, RefusalError
from tests.fakes.telegram_updates import Shown, Updates

TOKEN = "123456:for-tests-only"
USERNAME = "thidua_test_bot"
BREAKS = frozenset({"hang", "cut", "half", "hang_after", "cut_after", "garbage", "redirect"})
SENDS = ("sendMessage", "sendPhoto", "sendDocument", "editMessageText")


class FakeTelegram(Updates):
    """The server and everything it has seen."""

    def __init__(self, token: str = TOKEN, *, latency: float = 0.0, limit: int | None = None) -> None:
        super().__init__()
        self.token, self.latency = token, latency
        self.limit = limit
        """messages in any one second; more are answered with 429"""
        self.sent: list[Shown] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answered: list[str] = []
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.refused = 0
        self.place_says: dict[str, Any] = {}
        """what getFile says instead of the truth"""
        self.lengths = True
        """whether a file's length is told before it comes"""
        self._faults: deque[tuple[str, str | None]] = deque()
        self._window: deque[float] = deque()
        self._hanging = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0, extra: list[web.RouteDef] | None = None) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        app.add_routes(extra or [])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        self._hanging.set()
        await self.close_updates()
        await self._runner.cleanup()

    def fault(self, kind: str, method: str | None = None, times: int = 1) -> None:
        """The next `times` calls of `method` (None: any that sends) end like this."""
        if kind not in FAULTS and kind not in BREAKS:
            raise LookupError(f"no fault {kind!r}")
        self._faults.extend([(kind, method)] * times)

    def texts(self, chat: int) -> list[str]:
        return [shown.text for shown in self.sent if shown.chat == chat]

    # the server

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        values, files = await rules.parameters(request)
        self.calls.append((method, values))
        if self.latency and method != "getUpdates":
            await asyncio.sleep(self.latency)
        fault = self._fault(method)
        if fault in {"hang", "cut", "redirect"}:
            return await self._broken(request, fault)
        try:
            self._admit(request, fault)
            result = await self._carry_out(method, values, files)
        except RefusalError as refusal:
            self._notify()
            return web.json_response(refusal.answer, status=refusal.status)
        self._notify()
        if fault:
            return await self._broken(request, fault)
        return web.json_response({"ok": True, "result": result})

    def _admit(self, request: web.Request, fault: str | None) -> None:
        if request.match_info["token"] != self.token:
            raise RefusalError(*FAULTS["401"])
        if fault in FAULTS:
            raise RefusalError(*FAULTS[fault])

    def _fault(self, method: str) -> str | None:
        for place, (kind, wanted) in enumerate(self._faults):
            if method == wanted or (wanted is None and method in SENDS):
                del self._faults[place]
                return kind
        return None

    async def _broken(self, request: web.Request, fault: str) -> web.StreamResponse:
        self._notify()
        if fault == "garbage":
            return web.Response(text="<html>502</html>")
        if fault == "redirect":
            return web.Response(status=302, headers={"Location": "http://127.0.0.1:9/blocked"})
        if fault.startswith("hang"):
            await self._hanging.wait()
        if request.transport:
            request.transport.abort()
        return web.Response()

    async def _carry_out(self, method: str, values: dict[str, Any], files: dict[str, rules.Upload]) -> Any:
        if method in SENDS:
            self._pace()
            return self._show(method, values, files)
        match method:
            case "getMe":
                return {"id": int(self.token.split(":")[0]), "is_bot": True, "first_name": "Bot", "username": USERNAME}
            case "getUpdates":
                return await self.get_updates(values)
            case "setWebhook" | "deleteWebhook":
                self.webhook = values if method == "setWebhook" else {}
                if values.get("drop_pending_updates"):
                    self.drop_updates()
            case "getWebhookInfo":
                return {"url": self.webhook.get("url", ""), "pending_update_count": len(self._pending)}
            case "answerCallbackQuery":
                self.answered.append(values["callback_query_id"])
            case "setMyCommands":
                self.commands[values.get("language_code", "")] = values["commands"]
            case "getFile":
                return self._place(values["file_id"])
            case _:
                raise RefusalError(404, "Not Found")
        return True

    def _pace(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._window and self._window[0] <= now - 1:
            self._window.popleft()
        if self.limit and len(self._window) >= self.limit:
            self.refused += 1
            raise RefusalError(*FAULTS["429"])
        self._window.append(now)

    def _show(self, method: str, values: dict[str, Any], files: dict[str, rules.Upload]) -> dict[str, Any]:
        chat, with_file = int(values["chat_id"]), method in {"sendPhoto", "sendDocument"}
        marked_up = values.get("caption" if with_file else "text", "")
        limit = rules.CAPTION_LIMIT if with_file else rules.TEXT_LIMIT
        text = rules.words(marked_up, values.get("parse_mode"), limit)
        if not text and not with_file:
            raise RefusalError(400, "Bad Request: message text is empty")
        file = files[method.removeprefix("send").lower()] if with_file else None
        number = int(values["message_id"]) if method == "editMessageText" else next(self._message_ids)
        now = asyncio.get_running_loop().time()
        buttons = rules.buttons(values.get("reply_markup"))
        shown = Shown(method, chat, number, text, buttons, now, file, marked_up)
        if method == "editMessageText":
            self._check_edit(shown)
        self.messages[chat, number] = shown
        self.sent.append(shown)
        return {"message_id": number, "chat": {"id": chat, "type": "private"}, "date": 1_700_000_000, "text": text}

    def _check_edit(self, shown: Shown) -> None:
        old = self.messages.get((shown.chat, shown.message_id))
        if old is None:
            raise RefusalError(400, "Bad Request: message to edit not found")
        if old.file:
            raise RefusalError(400, "Bad Request: there is no text in the message to edit")
        if (old.text, old.buttons) == (shown.text, shown.buttons):
            raise RefusalError(*FAULTS["400_unchanged"])

    def _place(self, file_id: str) -> dict[str, Any]:
        if file_id not in self.files:
            raise RefusalError(400, "Bad Request: invalid file_id")
        size = len(self.files[file_id])
        if size > rules.DOWNLOAD_LIMIT:
            raise RefusalError(*FAULTS["400_large"])
        said = {"file_id": file_id, "file_size": size, "file_path": f"documents/{file_id} (1).pdf"}
        return said | self.place_says

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """A file's bytes. Faults of the method "file": a status, `hang`, `cut`, `half` (cut half way), `redirect`."""
        file_id = request.match_info["path"].removeprefix("documents/").removesuffix(" (1).pdf")
        fault = self._fault("file")
        if request.match_info["token"] != self.token or file_id not in self.files:
            return web.Response(status=404)
        if fault in FAULTS:
            return web.Response(status=FAULTS[fault][0])
        if fault and fault != "half":
            return await self._broken(request, fault)
        content = self.files[file_id]
        answer = web.StreamResponse()
        if self.lengths:
            answer.content_length = len(content)
        await answer.prepare(request)
        await answer.write(content[: len(content) // 2])
        if fault:
            return await self._broken(request, "cut")
        await answer.write(content[len(content) // 2 :])
        return answer


if __name__ == "__main__":
    from tests.fakes.telegram_control import main

    main()
