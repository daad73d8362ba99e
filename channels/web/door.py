"""The door for one-time sign-in codes. Opening the link only shows a button, so that previews do not burn the code."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from channels.web import pages
from channels.web.asking import body

if TYPE_CHECKING:
    from starlette.requests import Request

    from channels.web.browsers import Browsers
    from channels.web.ports import SignIn


class Door:
    """The page with the button, and what the button does."""

    def __init__(self, browsers: Browsers, sign_in: SignIn) -> None:
        self._browsers = browsers
        self._sign_in = sign_in

    async def show(self, request: Request) -> Response:
        """GET /vao/{code}: one button; the code is not even looked at."""
        address = self._browsers.address(request) or self._browsers.new()
        response = pages.page("door.html", token=self._browsers.token(address), failed=False)
        self._browsers.remember(response, address)
        return response

    async def enter(self, request: Request) -> Response:
        """POST /vao/{code}: redeem it and go to the chat.

        The person gets a fresh address: on a shared computer nobody sees what was said there before.
        """
        address = self._browsers.address(request)
        form = parse_qs((await body(request)).decode("utf-8", "replace"), max_num_fields=10)
        if address is None or not self._browsers.is_token(address, form.get("token", [""])[0]):
            raise HTTPException(403)
        fresh = self._browsers.new()
        if not await self._sign_in.open(request.path_params["code"], fresh):
            return pages.page("door.html", token="", failed=True, status=410)
        response = RedirectResponse("/", 303, headers=pages.HEADERS)
        self._browsers.remember(response, fresh)
        return response
