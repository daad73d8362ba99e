"""The sheet of invites: every card whole, every value escaped, every QR code the link it stands for."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from documents.invite_sheet import InviteCard, grouped, invite_sheet, qr
from domain.people import Role

LINKS = (("Telegram", "https://t.me/bot?start=K7MP&x=1"), ("Web", "https://example.test/m/K7MP"))


def card(unit: str = "Công ty A", person: str | None = "Lê An", code: str = "K7MPQ2WX") -> InviteCard:
    return InviteCard(unit, person, Role.DELEGATE, code, LINKS, date(2023, 5, 31))


class Tags(HTMLParser):
    """Counts what stands in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def parsed(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    return tags


def test_a_card_says_all_that_is_needed() -> None:
    page = invite_sheet([card(), card("Công ty B", None)], "BQL KKT Hải Phòng").decode()
    assert page.count("<article>") == 2
    for words in ("Công ty A", "Kính gửi anh/chị Lê An (Người đại diện)", "Kính gửi đơn vị", "Dùng đến hết 31/05/2023"):
        assert words in page
    assert "<span>K7MP</span><span>Q2WX</span>" in page
    assert page.count("<svg") == 4
    assert "2 thư mời" in page


def test_english_is_english() -> None:
    page = invite_sheet([card()], "Board", "en").decode()
    assert "For Lê An (Delegate)" in page
    assert 'lang="en"' in page
    assert "Kính gửi" not in page


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs() -> None:
    tags = parsed(invite_sheet([card()], "Ban").decode())
    assert {"script", "link", "img", "iframe"}.isdisjoint(tags.tags)
    assert {"src", "href", "onload"}.isdisjoint(name for name, _ in tags.attributes)
    assert "@import" not in invite_sheet([card()], "Ban").decode()


def test_cards_are_not_cut_by_a_page() -> None:
    page = invite_sheet([card()], "Ban").decode()
    assert "size: A4" in page
    assert re.search(r"article \{[^}]*break-inside: avoid", page)


def test_a_qr_code_is_its_link() -> None:
    page = invite_sheet([card()], "Ban").decode()
    for _, address in LINKS:
        assert qr(address) in page
        assert 'viewBox="0 0' in qr(address)
    assert qr(LINKS[0][1]) != qr(LINKS[1][1])


def test_codes_are_grouped_to_be_read_out() -> None:
    assert grouped("K7MPQ2WX") == ["K7MP", "Q2WX"]
    assert grouped("K7M-PQ2") == ["K7M", "PQ2"]
    assert grouped("ABCDE") == ["ABCD", "E"]


def test_a_name_that_is_html_stays_a_name() -> None:
    page = invite_sheet([card("<script>alert(1)</script> & Con", 'Lê <b onclick="x">An')], "Ban <i>X").decode()
    assert {"script", "b", "i"}.isdisjoint(parsed(page).tags)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Con" in page


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.text(alphabet="<>&\"'{}%a", max_size=40))
def test_names_stay_names(unit: str, person: str) -> None:
    plain_page, page = (invite_sheet([c], "Ban").decode() for c in (card("A", "B"), card(unit, f"x{person}")))
    assert parsed(page).tags == parsed(plain_page).tags
    if "&" not in unit:  # unescaping once more would change what was never escaped
        assert unit in unescape(page)
