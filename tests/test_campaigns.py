"""The five plans as data: to the letter, nothing lost, nothing invented, and read as a careful civil servant reads them."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from campaigns import calendar, campaigns, read, titles
from domain.campaign import Asks, Campaign, Part
from domain.standing import duty_today
from tests.plans_read import BY_SLUG, KINDS, SLUGS, cleaned, lines, text, the, to_the_letter, truth

TASKS = [(slug, task["id"]) for slug in SLUGS for task in truth(slug)["tasks"]]
PHASES = [(slug, phase["id"]) for slug in SLUGS for phase in truth(slug)["phases"]]
ASKS = {
    ("bacgiang-2020", "t1"): {Asks.TITLE},
    ("bacgiang-2020", "t2"): {Asks.REPORT},
    ("gialai-2023", "1.1"): {Asks.TITLE},
    ("gialai-2023", "2.1"): {Asks.REPORT},
    ("gialai-2023", "2.4"): {Asks.INITIATIVE},
    ("gialai-2023", "4.3"): {Asks.REPORT},
    ("gialai-2023", "4.5"): {Asks.REPORT},
    ("gialai-2023", "V1"): {Asks.TITLE, Asks.INITIATIVE},
    ("tpbacninh-2022", "t3a"): {Asks.REPORT},
    ("tpbacninh-2022", "t3b"): {Asks.REPORT},
    ("haiphong-2023", "r1"): {Asks.REPORT},
    ("haiphong-2023", "r2"): {Asks.REPORT},
    ("haiphong-2023", "r3"): {Asks.REPORT},
    ("haiphong-2023", "g1"): {Asks.WORK},
}


def task(slug: str, task_id: str) -> dict[str, Any]:
    return next(one for one in truth(slug)["tasks"] if one["id"] == task_id)


# --- the data against the text -------------------------------------------------------------------------------------


def test_all_five_plans_are_there() -> None:
    assert set(BY_SLUG) == set(SLUGS)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_quote_is_found_in_the_plan(slug: str) -> None:
    quotes = list(to_the_letter(BY_SLUG[slug]))
    assert len(quotes) > 30
    assert [quote for quote in quotes if quote not in text(slug)] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_no_quote_carries_a_mark_of_the_copy(slug: str) -> None:
    assert [quote for quote in to_the_letter(BY_SLUG[slug]) if quote != cleaned(quote)] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_of_the_plan_is_lost(slug: str) -> None:
    kept = list(to_the_letter(BY_SLUG[slug]))
    body = lines(slug)
    end = body.index("Nơi nhận:") if "Nơi nhận:" in body else len(body)
    lost = [line for line in body[:end] if not any(line in quote for quote in kept)]
    assert [line for line in lost if not is_heading(line)] == []


def is_heading(line: str) -> bool:
    """What stands over a part, says nothing by itself, and comes back as the name of the part."""
    bare = line.rstrip(":").lstrip("IV123. ")
    return bare.isupper() or bare in {
        "Mục đích",
        "Yêu cầu",
        "Đối tượng",
        "Đối tượng thực hiện",
        "Nội dung thi đua",
        "Chỉ tiêu thi đua",
        "Tiêu chuẩn thi đua",
        "Hình thức khen thưởng",
        "Đối với tập thể",
        "Đối với cá nhân",
        "Hình thức",
        "Giai đoạn 1",
        "Giai đoạn 2",
        "Giai đoạn 3",
        "Thời gian thực hiện trong năm 2023, gồm các giai đoạn sau",
    }


# --- the data against the careful reading --------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_the_header_is_read_as_the_truth_reads_it(slug: str) -> None:
    campaign, plan, document = BY_SLUG[slug], BY_SLUG[slug].plan, truth(slug)["document"]
    assert plan.issuer == document["issuing_body"]["name"].split(" (")[0]
    assert plan.issuer_today == document["issuing_body"]["name_today"]
    assert plan.parent == document["issuing_body"]["parent_body"]
    assert (plan.number, plan.symbol) == (document["number"]["value"], document["number"]["symbol"])
    assert plan.number_printed == document["number"]["raw"]
    assert plan.dated.printed == document["date"]["raw"]
    printed = (document["date"]["year"], document["date"]["month"], document["date"]["day"])
    assert (plan.dated.year, plan.dated.month, plan.dated.day) == printed
    assert (plan.title, plan.place) == (document["title"], document["place"])
    assert (campaign.year, campaign.short_name) == (document["year"], document["short_name"]["suggested"])
    signer = truth(slug)["signer"]
    signed = (plan.signer.name, plan.signer.role, plan.signer.signs_for) if plan.signer else (None, None, None)
    assert signed == (signer["name"], signer["role"], signer["signs_for"])
    assert campaign.responsible_office == truth(slug)["responsible_office"]["name"]
    assert len(plan.recipients) == len(truth(slug)["recipients"])


@pytest.mark.parametrize("slug", SLUGS)
def test_the_audience_is_the_one_the_truth_names(slug: str) -> None:
    both = truth(slug)["audience"]["kind"] == "both"
    assert set(BY_SLUG[slug].audience) == ({"staff", "enterprise"} if both else {"staff"})


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("part", ["aims", "requirements", "contents", "targets", "standards"])
def test_every_point_of_the_truth_stands_in_its_part(slug: str, part: str) -> None:
    expected = truth(slug)[part]
    if isinstance(expected, dict):
        expected = [point for name, points in expected.items() if name != "note" for point in points]
    own = "\n".join(one for p in BY_SLUG[slug].parts.get(Part(part), ()) for one in (p.text, *p.points))
    assert [point for point in expected if cleaned(point) not in own] == []
    assert own or BY_SLUG[slug].notes[Part(part)], "an empty part says why it is empty"


@pytest.mark.parametrize("slug", SLUGS)
def test_rewards_are_the_ones_the_truth_names(slug: str) -> None:
    campaign, named = BY_SLUG[slug], truth(slug)["rewards"]["titles_named"]
    assert [r.named for r in campaign.rewards] == [one["name"].split(" (")[0] for one in named]
    known = {title.code for title in titles().titles_on(date(campaign.year, 6, 1))}
    assert {r.code for r in campaign.rewards} <= known


@pytest.mark.parametrize(("slug", "phase_id"), PHASES)
def test_every_phase_of_the_truth_is_there(slug: str, phase_id: str) -> None:
    expected = next(one for one in truth(slug)["phases"] if one["id"] == phase_id)
    phase = BY_SLUG[slug].phase(phase_id)
    assert phase
    assert (phase.start.isoformat(), phase.end.isoformat()) == (expected["start"]["value"], expected["end"]["value"])
    assert phase.name == expected["name"]
    assert cleaned(expected["quote"]).rstrip(".") in phase.quote
    assert phase.reading


@pytest.mark.parametrize(("slug", "task_id"), TASKS)
def test_every_task_of_the_truth_is_there_with_its_dates(slug: str, task_id: str) -> None:
    expected, campaign, duty = task(slug, task_id), BY_SLUG[slug], the(slug, task_id)
    due = expected["due"]
    assert duty.due.kind == KINDS[due["kind"]]
    if due["raw"]:
        assert duty.due.printed == due["raw"]
    window = campaign.window(duty)
    if "stated" in due:
        assert getattr(duty.due, "day", None) == date.fromisoformat(due["stated"])
        assert window
        assert window.last.isoformat() == due["last_safe_day"]
    if "start" in due:
        assert window
        assert window.opens
        assert (window.opens.isoformat(), window.last.isoformat()) == (due["start"], due["end"])
    if "last_working_day" in due:
        today = duty_today(campaign, duty, campaign.days.last, calendar(), confirmed=True)
        assert today.last_working_day
        assert today.last_working_day.isoformat() == due["last_working_day"]
    assert (window is None) == (duty.due.kind in {"none", "recurring", "set_elsewhere"})


@pytest.mark.parametrize(("slug", "task_id"), TASKS)
def test_every_task_keeps_its_sentences_and_its_reading(slug: str, task_id: str) -> None:
    expected, duty = task(slug, task_id), the(slug, task_id)
    said = "\n".join(duty.quotes)
    quotes = expected.get("quotes") or [expected["quote"]]
    assert [quote for quote in quotes if cleaned(quote) not in said] == []
    assert bool(duty.to) == bool(expected["to"])
    assert bool(duty.deliver) == bool(expected["deliver"])
    assert duty.reading
    assert duty.title_en
    assert duty.actors


def test_there_is_no_task_that_the_truth_does_not_know() -> None:
    known = [(campaign.slug, duty.id) for campaign in campaigns() for duty in campaign.duties]
    assert Counter(known) == Counter(TASKS)


def test_each_duty_asks_for_what_its_sentence_asks_for() -> None:
    found = {(c.slug, d.id): set(d.asks) for c in campaigns() for d in c.duties if d.asks}
    assert found == ASKS


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_odd_in_the_copy_is_told_to_officers(slug: str) -> None:
    assert len(BY_SLUG[slug].plan.remarks) >= 9


# --- a campaign file that cannot be right is refused ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"interim_review": "r9"}, "no such duty"),
        ({"colour": "red"}, "Extra inputs"),
        ({"phases": []}, "no such phase"),
        ({"audience": ["everyone"]}, "staff"),
    ],
)
def test_a_campaign_file_that_contradicts_itself_is_refused(change: dict[str, Any], complaint: str) -> None:
    data = read("haiphong-2023.toml")
    Campaign.model_validate(data)
    with pytest.raises(ValidationError, match=complaint):
        Campaign.model_validate(data | change)


def test_a_phase_cannot_end_before_it_starts() -> None:
    data = read("haiphong-2023.toml")
    data["phases"][0]["end"] = date(2022, 1, 1)
    with pytest.raises(ValidationError, match="ends before it starts"):
        Campaign.model_validate(data)
