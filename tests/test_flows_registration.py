"""The conversations in which something is registered, as people hold them: mistakes, corrections, bad input."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.campaign import Asks, Audience
from domain.dossier import After, Change
from domain.registration import Author, Sort
from domain.title_rules import Need, TitleRule
from domain.titles import Subject
from flows import engine
from flows.commands import ChangeDossier, OpenDossier, OpenRegistration, SetTitleRule
from flows.engine import BACK, REVIEW, SAVE
from tests.flows_world import BINH, FACTS, JIG, ME, OPENING, TEAM, Talk, file, stored

ALONE = {"me": {**ME, "for_others": False}}
FOR_BINH = ("Cá nhân", "người khác", "Trần Văn Bình")


def for_another(name="Lê Văn Cường", position="Công nhân", **facts):
    """At the titles, for somebody else of the unit."""
    return Talk("register_title", facts).says_("ca nhan", "2", name, position)


def in_review(**facts):
    talk = for_another(**facts).says_("CSTĐCS").taps("Xong").taps("Chọn tất cả")
    return talk.says_("Bàn nâng khí nén mới").taps("Bỏ qua").taps("Bỏ qua")


def test_a_delegate_registers_somebody_with_mistakes_and_corrections():
    talk = Talk("register_title")
    assert "còn 12 ngày làm việc" in talk.read()
    assert "quay lại" in talk.read()
    talk.says_("ca nhan", "cho nguoi khac trong don vi", "Cường")
    assert "Ví dụ: Nguyễn Thị Hoa" in talk.read()
    talk.says_("Lê Văn Cường", "Công nhân", "lao dong tien tiem")
    assert talk.opened.so_far == ["LDTT"], "a slip is understood"
    talk.says_("1, 2")
    assert "Nguồn: " in talk.read()
    talk.taps("Chọn tất cả", "Bàn nâng khí nén", "Bỏ qua").sends(file(1)).taps("Xong")
    assert "đang nhận" in talk.read()
    talk.sends(stored(1), file(2), stored(2)).taps("Xong")
    assert talk.step == REVIEW
    talk.says_("sua mot muc", "Sửa: Họ và tên", "Lê Văn Cương").taps("Gửi đăng ký")
    told = talk.command.registration
    assert (told.subject, told.name, told.position, told.staff_number) == (
        Subject.INDIVIDUAL, "Lê Văn Cương", "Công nhân", None)  # fmt: skip
    assert (told.titles, told.missing, told.initiative) == (("LDTT", "CSTDCS"), (), "Bàn nâng khí nén")
    assert [one.name for one in told.files] == ["bao-cao-1.pdf", "bao-cao-2.pdf"]
    assert (talk.command.campaign, talk.command.dossier, talk.command.version) == ("kkt-2024", None, None)


def test_who_registers_themselves_is_asked_nothing_that_is_known():
    talk = Talk("register_title", ALONE).taps("Cá nhân")
    assert talk.step == "titles"
    assert talk.opened.answers["name"] == ME["name"]
    assert talk.opened.answers["position"] == ME["position"]
    assert Talk("register_title").taps("Cá nhân", "chính mình").step == "titles"
    unknown = {"me": {**ME, "for_others": False, "name": None, "position": None}}
    assert Talk("register_title", unknown).taps("Cá nhân").says_("Kim Min-jun").step == "position"


def test_registering_oneself_under_another_name_is_warned_of():
    talk = Talk("register_title").taps("Cá nhân", "chính mình").does(BACK).does(BACK).says_("Lê Văn Cường", "GK")
    talk.taps("Xong", "Bỏ qua", "Bỏ qua")
    assert "chọn đăng ký cho chính mình nhưng họ tên ghi là Lê Văn Cường" in talk.read()
    assert "họ tên ghi là" not in in_review().read()


def test_a_namesake_is_asked_about_and_never_merged():
    asked = for_another("tran van binh", "Tổ phó")
    assert asked.step == "alike"
    assert asked.labels() == ["Mở hồ sơ: Trần Văn Bình, Tổ trưởng (Đã gửi)", "Đây là người khác trùng tên"]
    assert asked.taps("Mở hồ sơ").command == OpenDossier(BINH["number"])
    other = for_another("Trần Văn Bình", "Tổ phó").taps("người khác")
    assert other.step == "titles", "the position tells them apart"


def test_a_namesake_in_the_same_position_needs_another_number():
    numbered = {"alike": ({**BINH, "staff_number": "NV 1"},)}
    talk = for_another("Trần Văn Bình", "tổ trưởng", **numbered).taps("người khác")
    assert talk.step == "staff_number"
    assert "đã thuộc về người trùng tên" in talk.says_("nv-1").read()
    talk.says_("🙂")
    assert talk.step == "staff_number"
    talk.says_("0127", "LĐTT").taps("Xong", "Chọn tất cả", "Bỏ qua", "Bỏ qua", "Gửi đăng ký")
    assert talk.command.registration.staff_number == "0127"


def test_a_collective_of_the_same_name_is_opened_or_named_otherwise():
    talk = Talk("register_title").says_("tập thể", "tổ hàn 2")
    assert talk.labels() == [f"Mở hồ sơ: {TEAM['number']} (Đã gửi)", "Đặt tên khác"]
    assert Talk("register_title").says_("tập thể", "tổ hàn 2", "1").command == OpenDossier(TEAM["number"])
    for word in ("2", "dat ten khac", "Đặt tên khác"):
        again = Talk("register_title").says_("tập thể", "tổ hàn 2", word)
        assert again.step == "collective"
        assert again.says_("Tổ hàn 3").step == "titles"


def test_a_changed_subject_asks_for_its_titles_anew():
    talk = in_review().says_("Sửa: Đối tượng", "tập thể", "Tổ hàn 3")
    assert talk.step == "titles"
    assert "Tập thể lao động tiên tiến" in "".join(talk.labels())


def test_conditions_that_are_not_ticked_are_kept_and_warned_of():
    talk = for_another().says_("CSTĐCS").taps("Xong", "Đạt tiêu chuẩn").taps("Xong")
    talk.taps("Bỏ qua", "Bỏ qua", "Bỏ qua")
    missing = FACTS["titles"][1].conditions[1].text
    assert missing in talk.read()
    assert "Còn 1 điều kiện" in talk.read()
    corrected = talk.says_("sửa: điều kiện")
    assert [label for label in corrected.labels() if label.startswith("✅")] == ["✅ Đạt tiêu chuẩn Lao động tiên tiến"]
    assert corrected.taps("Xong").taps("Gửi đăng ký").command.registration.missing == (missing,)


@pytest.mark.parametrize("words", ["không đăng ký thì", "bắt buộc phải đăng ký", "điều kiện để được xét"])
def test_registering_is_never_called_a_condition(words):
    assert words not in in_review().read()


def test_what_warns_keeps_nobody_from_sending():
    opening = {**OPENING, "late": True}
    used = ({"number": "x", "name": "ban nang khi nen moi", "used": 2},)
    counts = {"by_title": {"CSTDCS": 3}, "all": 19}
    talk = in_review(opening=opening, initiatives=used, counts=counts)
    for words in ("nộp muộn", "2 hồ sơ khác", "4 trên 20 người", "mức BQL KKT Hải Phòng đặt ra là 15 %"):
        assert words in talk.read()
    assert "Gửi đăng ký" in talk.labels()
    assert "trên 20 người" not in in_review(counts={"by_title": {"CSTDCS": 2}, "all": 19}).read(), "3 of 20 is 15 %"
    alone = for_another().says_("CSTĐT").taps("Xong", "Chọn tất cả", "Bỏ qua", "Bỏ qua", "Bỏ qua")
    assert "cần có sáng kiến" in alone.read()
    assert alone.taps("Gửi đăng ký").command is not None


def test_the_boards_hard_settings_refuse_and_say_what_to_do():
    rules = {"GK": TitleRule("GK", None, frozenset(Need))}
    talk = for_another(rules=rules).says_("giay khen").taps("Xong", "Bỏ qua", "Bỏ qua", "Bỏ qua")
    assert talk.read().count("⛔") == 2
    assert "Sửa: Minh chứng" in talk.read()
    assert "Gửi đăng ký" not in talk.labels()
    assert talk.says_("gửi đăng ký").command is None
    talk.says_("Sửa: Minh chứng").sends(file(1), stored(1)).taps("Xong").says_("Sửa: Sáng kiến", "Bàn nâng khí nén")
    assert talk.taps("Gửi đăng ký").command.registration.initiative == "Bàn nâng khí nén"


def test_a_title_that_is_no_longer_offered_is_said():
    talk = in_review()
    talk.facts = {**talk.facts, "titles": tuple(t for t in FACTS["titles"] if t.code != "CSTDCS")}
    assert "không có mục CSTDCS" in talk.does(REVIEW).read()
    assert "Gửi đăng ký" not in talk.labels()


def test_an_initiative_with_its_authors():
    talk = Talk("register_initiative").says_("Cải tiến")
    assert "ít nhất 3 từ" in talk.read()
    assert talk.says_("cai tien do ga han").step == "alike"
    talk.taps("Đặt tên khác").says_("Cải tiến đồ gá hàn khung xe", "chuyển đổi số", "1")
    for share, refused in (("0", "0 % không được"), ("101", "101 % không được"), ("nửa", "số nguyên từ 1 đến 100")):
        assert refused in talk.says_(share).read()
    talk.says_("60 %", "Trần Văn Bình", "41")
    assert "từ 1 đến 40" in talk.read()
    assert talk.labels() == ["40"]
    talk.taps("40").says_("Kẹp khí nén thay kẹp tay", "Chuyền hàn số 2")
    for day, refused in (("31/02", "Không có ngày “31/02”"), ("29/2/2023", "Không có ngày"), ("2/29", "Không có ngày"),
                         ("cuối năm", "chưa đọc được ngày"), ("1/1/1990", "không phù hợp")):  # fmt: skip
        assert refused in talk.says_(day).read()
    talk.says_("15/3", "Giảm 30 phút mỗi ca", "khong can").taps("Bỏ qua", "Gửi đăng ký")
    told = talk.command.registration
    assert told.authors == (Author(name=ME["name"], share=60), Author(name="Trần Văn Bình", share=40))
    assert (told.applied_since, told.confidential, told.field) == (date(2024, 3, 15), False, "chuyển đổi số")


def test_one_author_alone_is_two_taps_and_can_be_replaced():
    talk = Talk("register_initiative").says_("Cải tiến đồ gá hàn khung xe").taps("Kỹ thuật", "Nguyễn Thị Hoa", "100")
    assert talk.step == "novelty"
    talk.does(BACK).taps("Bỏ: Nguyễn Thị Hoa").says_("Lê Văn Cường").taps("100")
    assert talk.opened.answers["authors"] == [{"author": "Lê Văn Cường", "share": 100}]


def test_ten_authors_at_most():
    talk = Talk("register_initiative").says_("Cải tiến đồ gá hàn khung xe").taps("Kỹ thuật")
    for _ in range(9):
        talk.says_("Lê Văn Cường", "1")
    assert "tác giả thứ 10" in talk.says_("Trần Văn Bình", "1").read()
    assert talk.taps("91").step == "novelty"


def test_an_initiative_of_the_same_name_is_opened():
    assert Talk("register_initiative").says_(JIG["name"], "1").command == OpenDossier(JIG["number"])


def test_a_work_with_a_target_that_can_be_measured():
    talk = Talk("register_work").says_("mo hinh", "Hàng cây xanh đường số 5", "Trồng cây hai bên đường", "nhiều cây")
    assert "Mục tiêu cần có con số" in talk.read()
    talk.says_("200 cây", "30/2", "30/6").taps("Nguyễn Thị Hoa", "Gửi đăng ký")
    told = talk.command.registration
    assert (told.sort, told.target, told.finish_by) == (Sort.MODEL, "200 cây", date(2024, 6, 30))
    assert told.responsible == ME["name"]


@pytest.mark.parametrize("text", ["a" * 5000, "🙂🙂🙂", "   ", "123456", "\u200b\u202e", "-"])
@pytest.mark.parametrize(
    ("flow", "said"),
    [
        ("register_title", ("cá nhân", "2")),
        ("register_title", ("tập thể",)),
        ("register_title", ("cá nhân", "2", "Lê Văn Cường")),
        ("register_initiative", ()),
        ("register_initiative", ("Cải tiến đồ gá hàn khung xe", "Môi trường")),
        ("register_work", ("mô hình",)),
        ("withdraw", ()),
    ],
    ids=["name", "collective", "position", "initiative", "author", "work", "reason"],
)
def test_what_is_no_name_is_refused_with_an_example_and_nothing_is_lost(flow, said, text):
    talk = Talk(flow).says_(*said)
    before = talk.opened
    talk.says_(text)
    assert replace(talk.opened, numeric=before.numeric, asked=before.asked) == before
    assert "ví dụ" in talk.read().lower()
    if text.startswith("a") and flow != "withdraw":
        assert "5000" in talk.read()
    good = {"collective": "Tổ hàn 3", "position": "Công nhân"}.get(talk.step, "Nguyễn Văn Một Hai")
    assert talk.says_(good).step != before.step or talk.opened.so_far is not None


def test_withdrawing_and_deciding():
    out = Talk("withdraw").says_("nhầm", "Đăng ký nhầm danh hiệu").taps("Rút hồ sơ")
    assert out.command == ChangeDossier(BINH["number"], Change.WITHDRAW, "Đăng ký nhầm danh hiệu")
    assert Talk("judge").says_("duyet", "1").command == ChangeDossier(BINH["number"], Change.ACCEPT, None)
    back = Talk("judge").says_("yêu cầu bổ sung", "Thiếu báo cáo", "1")
    assert back.command == ChangeDossier(BINH["number"], Change.RETURN, "Thiếu báo cáo")
    accepted = Talk("judge", {"dossier": {**FACTS["dossier"], "state": "accepted"}})
    assert accepted.labels() == ["Yêu cầu bổ sung"]


@pytest.mark.parametrize(("flow", "said"), [("withdraw", ["Đăng ký nhầm"]), ("judge", ["duyệt"])])
def test_what_somebody_else_has_changed_meanwhile_cannot_be_confirmed(flow, said):
    talk = Talk(flow).says_(*said)
    talk.facts = {**talk.facts, "dossier": {**FACTS["dossier"], "state": "withdrawn"}}
    assert talk.says_("1").command is None or talk.command.change is not None
    again = Talk(flow).says_(*said)
    again.facts = talk.facts
    again.take(engine.again(again.flow, again.session, again.facts))
    assert "vừa chuyển sang trạng thái “Đã rút”" in again.read()
    assert {"Rút hồ sơ", "Xác nhận"}.isdisjoint(again.labels())


def test_the_office_opens_a_registration():
    talk = Talk("open_registration").says_("1", "sáng kiến", "tất cả").says_("30/6").taps("Không nhận", "Mở đăng ký")
    both = frozenset(Audience)
    assert talk.command == OpenRegistration("kkt-2024", Asks.INITIATIVE, both, "2024-06-30", After.REFUSE)
    free = Talk("open_registration").says_("2", "3", "doanh nghiệp trong khu").taps("Xong", "Bỏ qua", "Mở đăng ký")
    only = frozenset({Audience.ENTERPRISE})
    assert free.command == OpenRegistration("kkt-2023", Asks.WORK, only, None, After.LATE)
    assert "Ngày đó đã qua" in Talk("open_registration").says_("1", "1", "tất cả", "01/01/2024").read()


def test_the_office_sets_a_rule():
    talk = Talk("title_rule").says_("Chiến sĩ thi đua cơ sở")
    assert "15 %" in talk.read()
    assert "từ 1 đến 100" in talk.says_("0").read()
    assert talk.says_("20 %", "2").taps("Xong", "Áp dụng").command == SetTitleRule(
        "CSTDCS", 20, frozenset({Need.EVIDENCE})
    )
    flag = Talk("title_rule").says_("Cờ thi đua của Chính phủ")
    assert flag.step == "needs", "a ratio is one of people"
    assert flag.taps("Không có mục nào", "Áp dụng").command == SetTitleRule("CTDCP", None, frozenset())


def test_an_older_form_begins_again_with_an_apology():
    talk = in_review()
    old = replace(talk.session, flow=replace(talk.opened, version=0))
    again = engine.again(talk.flow, old, talk.facts)
    assert again.says[0].lines[0].key == "flow.changed"
    assert again.session.flow.step == "subject"


def test_it_is_saved_and_gone_on_with():
    talk = for_another()
    left = talk.does(SAVE).turn
    assert left.saved.answers["name"] == "Lê Văn Cường"
    later = Talk("register_title")
    later.session = replace(later.session, flow=left.saved)
    later.take(engine.again(later.flow, later.session, later.facts))
    assert later.step == "titles"
