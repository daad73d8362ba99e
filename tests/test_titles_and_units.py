"""The title catalogue by period of law, and the boards' units: what is real is told from what is made up."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from campaigns import campaigns, titles, units
from domain.people import UnitKind
from domain.titles import Confidence, Kind, Subject
from tests.plans_read import text

# --- titles --------------------------------------------------------------------------------------------------------


def test_a_registration_in_2020_offers_what_the_law_of_2020_had() -> None:
    then, now = titles().title_on("CSTDCS", date(2020, 4, 1)), titles().title_on("CSTDCS", date(2024, 4, 1))
    assert then
    assert now
    assert (then.law, then.initiative_required) == ("2003", True)
    assert (now.law, now.initiative_required, now.initiative_helps) == ("2022", False, True)


@pytest.mark.parametrize(
    ("day", "law"), [(date(2023, 12, 31), "2003"), (date(2024, 1, 1), "2022"), (date(2026, 7, 1), "2022")]
)
def test_exactly_one_law_holds_on_a_day(day: date, law: str) -> None:
    assert [one.id for one in titles().laws if one.holds(day)] == [law]
    assert {title.law for title in titles().titles_on(day)} == {law}


def test_before_the_first_law_known_nothing_is_offered() -> None:
    assert titles().titles_on(date(1999, 1, 1)) == ()
    assert titles().title_on("LDTT", date(1999, 1, 1)) is None


def test_titles_are_offered_by_subject() -> None:
    day = date(2024, 4, 1)
    people = {t.code for t in titles().titles_on(day, Subject.INDIVIDUAL)}
    groups = {t.code for t in titles().titles_on(day, Subject.COLLECTIVE)}
    assert people == {"LDTT", "CSTDCS", "CSTDT", "CSTDTQ", "GK", "BKT", "BKTTG"}
    assert groups == {"TTLDTT", "TTLDXS", "CTDT", "CTDCP", "GK", "BKT", "BKTTG"}
    assert people | groups == {t.code for t in titles().titles_on(day)}


def test_every_statement_about_a_title_says_how_well_it_is_founded() -> None:
    statements = [s for title in titles().titles for s in (*title.conditions, *title.decided_by)]
    assert all(s.source for s in statements)
    old = [s.confidence for t in titles().titles if t.law == "2003" for s in (*t.conditions, *t.decided_by)]
    assert set(old) == {Confidence.SECONDARY}, "the old law was not read, only known"


def test_commendations_are_told_from_titles() -> None:
    found = {t.code for t in titles().titles if t.kind is Kind.COMMENDATION}
    assert found == {"GK", "BKT", "BKTTG"}


def test_no_title_claims_that_registering_is_a_legal_condition() -> None:
    said = " ".join(c.text for t in titles().titles for c in t.conditions)
    assert "hoàn thành" in said.lower()
    assert "đăng ký" not in said.lower()


# --- units ---------------------------------------------------------------------------------------------------------


def test_every_campaign_has_its_board_with_an_office_and_sample_enterprises() -> None:
    by_slug = {unit.slug: unit for unit in units()}
    assert {c.board for c in campaigns()} == {u.slug for u in units() if u.kind is UnitKind.BOARD}
    for campaign in campaigns():
        own = [u for u in units() if root(by_slug, u.slug) == campaign.board]
        kinds = Counter(unit.kind for unit in own)
        assert kinds[UnitKind.OFFICE] == 1
        assert 3 <= kinds[UnitKind.ENTERPRISE] <= 4


def root(by_slug: dict[str, Any], slug: str) -> str:
    while parent := by_slug[slug].parent:
        slug = parent
    return slug


def test_made_up_units_say_so_in_their_names() -> None:
    assert [u.slug for u in units() if u.sample != u.name.endswith("(mẫu)")] == []
    assert all(u.sample for u in units() if u.kind is UnitKind.ENTERPRISE)


def test_units_that_are_not_samples_are_named_in_the_plan() -> None:
    for campaign in campaigns():
        real = [u for u in units() if u.slug.startswith(f"{campaign.board}-") and not u.sample]
        words = text(campaign.slug).lower()
        named = [u.name.removeprefix("Khu công nghiệp ").lower() for u in real]
        assert [name for name in named if name not in words] == []


def test_a_parent_stands_before_its_children_and_slugs_are_unique() -> None:
    seen: set[str] = set()
    for unit in units():
        assert unit.slug not in seen
        assert unit.parent is None or unit.parent in seen
        assert set(unit.predecessors) <= seen
        seen.add(unit.slug)
