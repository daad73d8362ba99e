"""Every screen by its name: what a tapped button, a typed command and a link lead to, in one table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handlers import (
    basics,
    dossier_menu,
    dossiers,
    duties,
    extending,
    files_of,
    giving,
    granting,
    importing,
    joining,
    judging,
    lookup,
    office,
    privacy,
    registering,
    reporting,
    uploading,
)
from handlers.here import Here, Reply

Screen = Callable[..., Awaitable[Reply]]

SCREENS: dict[str, Screen] = {
    "start": basics.start,
    "menu": basics.menu,
    "help": basics.help_,
    "language": basics.language,
    "calendar": basics.calendar,
    "campaigns": lookup.campaigns,
    "campaign": lookup.campaign,
    "part": lookup.part,
    "phases": lookup.phases,
    "phase": lookup.phase,
    "timeline": lookup.timeline,
    "duties": duties.of_campaign,
    "duties_mine": duties.mine,
    "duties_as": duties.look_as,
    "duty": duties.duty,
    "quote": duties.quote,
    "link": joining.link,
    "sign_in": joining.sign_in,
    "link_for": joining.link_for,
    "my_data": privacy.my_data,
    "erase": privacy.erase,
    "register": registering.register,
    "opening": registering.opening,
    "register_one": registering.begin,
    "workbook": importing.workbook,
    "import": importing.confirm,
    "import_no": importing.decline,
    "reports": reporting.due,
    "report": reporting.begin,
    "upload_link": uploading.upload_link,
    "dossiers": dossier_menu.listed,
    "dossier": dossiers.one,
    "edit": dossiers.edit,
    "history": dossiers.history,
    "files": files_of.listed,
    "file": files_of.one,
    "send_file": files_of.send,
    "receipt": dossiers.receipt,
    "withdraw": judging.withdraw,
    "judge": judging.judge,
    "open_by_hand": office.open_by_hand,
    "title_rule": office.title_rule,
    "extensions": extending.extensions_of,
    "ask_extension": extending.ask,
    "extension": granting.one,
    "extension_yes": granting.yes,
    "extension_to": granting.until,
    "extension_no": granting.no,
    "extend": giving.begin,
}

COMMANDS = {
    "start": "start",
    "menu": "menu",
    "phongtrao": "campaigns",
    "campaigns": "campaigns",
    "viec": "duties_mine",
    "duties": "duties_mine",
    "lich": "calendar",
    "calendar": "calendar",
    "dulieu": "my_data",
    "mydata": "my_data",
    "xoadulieu": "erase",
    "erase": "erase",
    "ngonngu": "language",
    "language": "language",
    "lienket": "link",
    "link": "link",
    "dangky": "register",
    "register": "register",
    "baocao": "reports",
    "reports": "reports",
    "tailen": "upload_link",
    "upload": "upload_link",
    "hoso": "dossiers",
    "dossiers": "dossiers",
    "giahan": "extensions",
    "extend": "extensions",
    "modangky": "open_by_hand",
    "open": "open_by_hand",
    "quydinh": "title_rule",
    "rules": "title_rule",
    "trogiup": "help",
    "help": "help",
}
"""What may be typed after a slash, and the screen it opens."""


async def open_screen(here: Here, action: str) -> Reply | None:
    """The screen an action names ("campaign/<slug>"); None if there is no such screen (an old or tampered button)."""
    name, *arguments = action.split("/")
    # what no button carries, a forged one may: PostgreSQL takes no NUL
    screen = SCREENS.get(name) if action.isprintable() else None
    return await screen(here, *arguments) if screen else None
