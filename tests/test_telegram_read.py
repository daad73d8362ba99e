"""What an update is taken for; whatever arrives, its outside can be stored and reading it ends in a value or one error."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Arrived, Kind, UnreadableError
from channels.telegram.read import Me, outside, parse, read, tap_id
from tests.fakes.telegram_updates import person

ME = Me(123456, "thidua_test_bot")
PRIVATE = {"id": 42, "type": "private"}
GROUP = {"id": -100, "type": "supergroup"}


def message(chat=PRIVATE, **content):
    return {"update_id": 7, "message": {"message_id": 5, "from": person(42), "chat": chat, "date": 100, **content}}


def tap(**more):
    what = {"id": "t1", "from": person(42), "message": {"message_id": 5, "chat": PRIVATE, "date": 0}, "data": "menu"}
    return {"update_id": 7, "callback_query": {**what, **more}}


def member(status, chat=PRIVATE, was="member"):
    both = {"old_chat_member": {"status": was}, "new_chat_member": {"status": status}}
    return {"update_id": 7, "my_chat_member": {"chat": chat, "from": person(42), "date": 100, **both}}


def reading(update):
    return read(json.dumps(update), ME)


def test_a_text_with_who_said_it():
    arrived = reading(message(text="/start THIDUA-1"))
    assert arrived == Arrived(Kind.TEXT, "/start THIDUA-1", name="Người 42", language="vi")


def test_a_tap_with_what_it_stood_on():
    assert reading(tap()) == Arrived(Kind.TAP, action="menu", tapped="5", name="Người 42", language="vi")
    assert reading(tap(message=None)) == Arrived(Kind.TAP, action="menu", name="Người 42", language="vi")
    assert reading(tap(data=None)).kind is Kind.IGNORED


@pytest.mark.parametrize(
    ("update", "kind"),
    [
        (message(document={"file_id": "x"}, caption="Báo cáo"), Kind.FILE),
        (message(photo=[{"file_id": "x"}]), Kind.FILE),
        (message(animation={}, document={}), Kind.UNSUPPORTED),
        (message(sticker={}), Kind.UNSUPPORTED),
        (message(voice={}), Kind.UNSUPPORTED),
        (message(location={}), Kind.UNSUPPORTED),
        (message(contact={}), Kind.UNSUPPORTED),
        (message(pinned_message={}), Kind.IGNORED),
        ({"update_id": 7, "edited_message": message(text="a")["message"]}, Kind.EDITED),
        (member("kicked"), Kind.LEFT),
        (member("member", was="kicked"), Kind.BACK),
        (member("member", GROUP, "left"), Kind.GROUP),
        (member("administrator", GROUP), Kind.IGNORED),
        (member("left", GROUP), Kind.LEFT),
        (message(GROUP, text="chào nhau"), Kind.IGNORED),
        (message(GROUP, text="/viec"), Kind.GROUP),
        (message(GROUP, text="/viec@Thidua_Test_Bot"), Kind.GROUP),
        (message(GROUP, text="/viec@other_bot"), Kind.IGNORED),
        (message(GROUP, text="Hỏi @thidua_test_bot, hạn?"), Kind.GROUP),
        (message(GROUP, text="đúng", reply_to_message={"from": {"id": 123456}}), Kind.GROUP),
        (message(GROUP, text="đúng", reply_to_message={"from": {"id": 5}}), Kind.IGNORED),
        (message(GROUP, new_chat_members=[{"id": 123456}]), Kind.IGNORED),
        (tap(message={"message_id": 1, "chat": GROUP}), Kind.IGNORED),
        ({"update_id": 7, "edited_message": message(GROUP, text="/viec")["message"]}, Kind.IGNORED),
        ({"update_id": 7, "poll": {}}, Kind.IGNORED),
        ({"update_id": 7}, Kind.IGNORED),
    ],
)
def test_what_kind_an_update_is(update, kind):
    assert reading(update).kind is kind


@pytest.mark.parametrize(
    "raw",
    [
        "", "{", "[]", "null", "[" * 100_000, '{"update_id": ' + "9" * 5000 + "}",
        '{"update_id": 1, "message": 5}',
        '{"update_id": 1, "message": {"text": "a"}}',
        '{"update_id": 1, "message": {"text": "a", "chat": 5}}',
        '{"update_id": 1, "message": {"text": "a", "chat": {"id": 5, "type": "private"}}}',
        '{"update_id": 1, "callback_query": {"id": "1", "data": "x"}}',
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_one_error(raw):
    with pytest.raises(UnreadableError):
        read(raw, ME)


def test_the_outside_of_an_update():
    envelope = outside(message(text="a"), "raw")
    assert (envelope.channel, envelope.update_id, envelope.address) == ("telegram", "7", "42")
    assert (envelope.stamped_at, envelope.raw) == (100_000_000, "raw")
    assert outside(tap(), "raw").stamped_at is None, "a tap carries no stamp"
    assert outside(tap(message=None), "raw").address == "42"
    assert outside(member("kicked"), "raw").address == "42"


def test_an_edit_counts_from_when_it_was_made():
    update = {"update_id": 7, "edited_message": {**message(text="a")["message"], "edit_date": 900}}
    assert outside(update, "raw").stamped_at == 900_000_000


@pytest.mark.parametrize("number", [None, "7", True, -7, 2**63, 1.5])
def test_without_a_number_of_its_own_an_update_goes_by_its_content(number):
    update = {**message(text="a"), "update_id": number}
    envelope = outside(update, "raw")
    assert envelope.update_id.startswith("sha256:")
    assert envelope.address is None
    assert envelope.update_id == outside(None, "raw").update_id != outside(None, "other").update_id


def test_a_stamp_that_no_row_could_hold_is_none():
    assert [outside(message(date=date), "").stamped_at for date in (-1, 10**11, "1", None)] == [None] * 4


def test_characters_that_no_database_holds_are_replaced():
    assert reading(message(text="a\x00b\ud800c")).text == "ab?c"


def test_only_a_tap_is_answered():
    assert tap_id(tap()) == "t1"
    assert tap_id(message(text="a")) is tap_id(None) is tap_id({"callback_query": 5}) is None


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
FIELDS = st.sampled_from(
    ["update_id", "message", "callback_query", "my_chat_member", "edited_message", "chat", "from", "id", "type",
     "text", "data", "date", "edit_date", "new_chat_member", "old_chat_member", "reply_to_message", "first_name"]
)  # fmt: skip
ANYTHING = st.recursive(
    LEAVES | st.sampled_from(["private", "group"]), lambda inner: st.lists(inner) | st.dictionaries(FIELDS, inner)
)


@given(ANYTHING | st.fixed_dictionaries({"update_id": st.integers(0, 9), "message": ANYTHING}))
def test_whatever_arrives_can_be_stored_and_read_without_harm(update):
    raw = json.dumps(update)
    envelope = outside(parse(raw), raw)
    assert envelope.update_id.encode()
    with contextlib.suppress(UnreadableError):
        assert isinstance(read(raw, ME), Arrived)
