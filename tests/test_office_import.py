"""`thidua import`: a board's workbook into the database, once, whoever has it open."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from bot.office_import import AT_ONCE, parts
from bot.settings import Settings
from documents.units_columns import READ, Column, heading
from documents.units_tree import UnitRow
from domain.people import Role, UnitKind
from storage import invites
from tests.app import rows
from tests.office import another_process, at_home, database_of, listening, thidua

BOARD = "kkt-hai-phong"
KINDS = {"zone": "Khu công nghiệp", "enterprise": "Doanh nghiệp"}


@pytest.fixture
def office(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation on either database."""
    return at_home(tmp_path, monkeypatch, database_url)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation's folder, on SQLite."""
    at_home(tmp_path, monkeypatch)
    return tmp_path


def workbook(into: Path, *lines: dict[str, str]) -> Path:
    """A filled template; a line names its columns."""
    with xlsxwriter.Workbook(into) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(({c.value: heading(c, "vi") for c in READ}, *lines)):
            for place, column in enumerate(READ):
                sheet.write_string(number, place, row.get(column.value, ""))
    return into


def enterprise(n: int, person: str = "", **more: str) -> dict[str, str]:
    return {"slug": f"hp-dn-{n}", "name": f"Công ty {n}", "kind": KINDS["enterprise"], "person": person, **more}


def counts(printed: str) -> dict[str, int]:
    """What a run says it did."""
    known = ("units new", "units changed", "units unchanged", "invites issued", "people invited before", "rows refused")
    found = {}
    for line in printed.splitlines():
        number, _, words = line.strip().partition(" ")
        if number.isdigit():
            found[next(k for k in known if words.startswith(k))] = int(number)
    return {words: found[words] for words in known}


async def imported(book: Path, *more: str | Path) -> tuple[int, list[int]]:
    done = await thidua("import", book, "--board", BOARD, *more)
    assert done.exit_code in {0, 1}, done.stderr
    return done.exit_code, list(counts(done.stdout).values())


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside a process"])
async def test_400_enterprises_with_two_delegates_each(office: Settings, tmp_path: Path, beside: bool) -> None:
    names = ("Trần Thị", "Lê Văn")
    filled = [enterprise(n, f"{name} {'ABCDEFGH'[n % 8]}", parent="hp-kcn") for n in range(400) for name in names]
    zone = {"slug": "hp-kcn", "name": "KCN Thử", "kind": KINDS["zone"]}
    book = workbook(tmp_path / "units.xlsx", *filled, zone)
    await thidua("seed")
    async with listening() if beside else nullcontext() as app:
        content = await app.files.world() if app else None
        assert await imported(book) == (0, [401, 0, 0, 800, 0, 0])
        if app and content:
            assert "hp-dn-399" in (await app.files.world()).units.keys() - content.units.keys()
        assert await imported(book) == (0, [0, 0, 401, 0, 800, 0])
    async with database_of(office) as app:
        parents = await rows(app.database, "SELECT DISTINCT parent FROM units WHERE slug LIKE 'hp-dn-%'")
        audited = await rows(app.database, "SELECT act, COUNT(*) AS n FROM audit GROUP BY act ORDER BY act")
    assert parents == [{"parent": "hp-kcn"}]
    assert [(row["act"], row["n"]) for row in audited] == [("invited", 800), ("unit_imported", 401)]


async def test_through_a_real_process(home: Path) -> None:
    await thidua("seed")
    book = workbook(home / "units.xlsx", enterprise(1, "Lê Văn Tám"))
    async with another_process():
        assert await imported(book) == (0, [1, 0, 0, 1, 0, 0])
        assert await imported(book) == (0, [0, 0, 1, 0, 1, 0])


async def test_what_changed_is_changed_and_the_rest_stays(office: Settings, tmp_path: Path) -> None:
    await thidua("seed")
    known = f"{BOARD}-dn-1"
    async with database_of(office) as app:
        (before,) = await rows(app.database, f"SELECT * FROM units WHERE slug = '{known}'")
    renamed = {"slug": known, "name": "Công ty Đổi Tên", "kind": KINDS["enterprise"]}
    first = workbook(tmp_path / "a.xlsx", enterprise(1, "Lê Văn Tám"), enterprise(2), renamed)
    second = workbook(tmp_path / "b.xlsx", enterprise(1, "Lê Thị Chín", tax_code="0101234567"), enterprise(2))
    assert await imported(first) == (0, [2, 1, 0, 1, 0, 0])
    assert await imported(second) == (0, [0, 1, 1, 1, 0, 0])
    async with database_of(office) as app:
        (after,) = await rows(app.database, f"SELECT * FROM units WHERE slug = '{known}'")
    assert after == {**before, "name": "Công ty Đổi Tên"}


async def test_wrong_rows_come_back_and_are_taken_once_corrected(office: Settings, tmp_path: Path) -> None:
    await thidua("seed")
    book = workbook(
        tmp_path / "units.xlsx",
        enterprise(1, "Lê Văn Tám"),
        enterprise(2, kind="Hàng quán"),
        enterprise(3, slug="kkt-gia-lai"),
        enterprise(4, "Trần Thị Năm", parent="hp-dn-2"),
    )
    assert await imported(book) == (1, [1, 0, 0, 1, 0, 3])
    copy = openpyxl.load_workbook(tmp_path / "units-refused.xlsx")
    sheet = copy.worksheets[0]
    reasons = {row[0].row: str(row[len(READ)].value or "") for row in sheet.iter_rows()}
    assert reasons[1] == heading(Column.REASON, "vi")
    assert not reasons[2]
    assert "Hàng quán" in reasons[3]
    assert "kkt-gia-lai" in reasons[4]
    assert "hp-dn-2" in reasons[5]
    sheet["C3"], sheet["A4"] = KINDS["enterprise"], "hp-dn-3"
    copy.save(tmp_path / "corrected.xlsx")
    assert await imported(tmp_path / "corrected.xlsx") == (0, [3, 0, 1, 1, 1, 0])
    async with database_of(office) as app:
        (board,) = await rows(app.database, "SELECT board, name FROM units WHERE slug = 'kkt-gia-lai'")
    assert board["board"] == "kkt-gia-lai"
    assert "Công ty" not in board["name"]


async def test_a_dry_run_stores_nothing(office: Settings, tmp_path: Path) -> None:
    await thidua("seed")
    book = workbook(tmp_path / "units.xlsx", enterprise(1, "Lê Văn Tám"))
    assert await imported(book, "--dry-run") == (0, [1, 0, 0, 1, 0, 0])
    assert await imported(book) == (0, [1, 0, 0, 1, 0, 0])


async def test_who_has_joined_is_not_invited_again_and_an_expired_invite_is_made_anew(
    office: Settings, tmp_path: Path
) -> None:
    await thidua("seed")
    book = workbook(tmp_path / "u.xlsx", enterprise(1, "Lê Văn Tám"), enterprise(1, "Trần Thị Năm"))
    await imported(book)
    async with database_of(office) as app:
        await app.database.run(_joins_as, "Lê Văn Tám", "Le V. Tam")
    assert await imported(book) == (0, [0, 0, 1, 0, 2, 0])
    async with database_of(office) as app:
        await app.database.run(_expires, "Trần Thị Năm")
    assert await imported(book) == (0, [0, 0, 1, 1, 1, 0])
    async with database_of(office) as app:
        await app.database.run(_leaves, "Le V. Tam")
    assert await imported(book) == (0, [0, 0, 1, 1, 1, 0])


async def _invite_of(tx: Any, name: str) -> Any:
    return next(row for row in await tx.all("office.invites", board=BOARD) if row["name"] == name)


async def _joins_as(tx: Any, invited: str, name: str) -> None:
    invite = await _invite_of(tx, invited)
    added = await tx.one("members.add", name=name, shown_name=None, language="vi", now=1)
    await tx.run("invites.use", serial=invite["serial"], member=added["id"], now=1)
    await tx.run("memberships.add", member=added["id"], unit=invite["unit"], role="delegate", position=None, since=1)


async def _leaves(tx: Any, name: str) -> None:
    row = next(row for row in await tx.all("office.people", board="") if row["name"] == name)
    await tx.run("memberships.drop", member=row["id"])


async def _expires(tx: Any, name: str) -> None:
    from storage.units import Query, Want

    invite = await _invite_of(tx, name)
    await Query(f"UPDATE invites SET expires_at = 1 WHERE serial = '{invite['serial']}'", (), Want.COUNT)


async def test_the_sheet_has_every_open_invite_of_the_board(office: Settings, tmp_path: Path) -> None:
    await thidua("seed")
    await thidua("invite", "--unit", f"{BOARD}-dn-1", "--role", "head", "--name", "Người Mời Trước")
    await thidua("invite", "--unit", "kkt-gia-lai-dn-1", "--role", "head", "--name", "Ban Khác")
    book = workbook(tmp_path / "units.xlsx", enterprise(1, "Lê Văn Tám"))
    await imported(book, "--sheet", tmp_path / "sheet.html")
    page = (tmp_path / "sheet.html").read_text()
    assert "Người Mời Trước" in page
    assert "Lê Văn Tám" in page
    assert "Ban Khác" not in page
    async with database_of(office) as app:
        found = await app.database.read(_invite_of, "Lê Văn Tám")
    assert invites.code_of(found["serial"], office.secret) in page, "the link carries the code that was derived anew"


async def test_a_template_goes_out_and_comes_back(home: Path) -> None:
    await thidua("seed")
    made = await thidua("import", "--template", home / "empty.xlsx", "--board", BOARD)
    assert made.exit_code == 0
    book = openpyxl.load_workbook(home / "empty.xlsx")
    book.worksheets[0].append(["", "Công ty Mới", KINDS["enterprise"]])
    book.save(home / "filled.xlsx")
    done = await thidua("import", home / "filled.xlsx")
    assert counts(done.stdout)["units new"] == 1, "the workbook says whose it is"
    other = await thidua("import", home / "filled.xlsx", "--board", "kkt-gia-lai")
    assert other.exit_code == 2


async def test_what_cannot_be_read_says_why(home: Path) -> None:
    (home / "notes.xlsx").write_text("no workbook")
    fine = workbook(home / "fine.xlsx", enterprise(1))
    empty = await thidua("import", fine, "--board", BOARD)
    await thidua("seed")
    asked: list[tuple[str | Path, ...]] = [
        ("notes.xlsx", "--board", BOARD), ("none.xlsx", "--board", BOARD), (fine, "--board", "none"), (fine,), (),
        (fine, "--board", BOARD, "--sheet", "no/such/folder.html"),
    ]  # fmt: skip
    said = [await thidua("import", *one) for one in asked]
    assert [one.exit_code for one in (empty, *said)] == [2] * 7
    told = ("thidua seed", "not an Excel", "none.xlsx", "kkt-gia-lai", "--board", "--template", "no/such/folder")
    assert all(word in one.stderr for word, one in zip(told, (empty, *said), strict=True))


def test_parts_keep_parents_first_and_units_together() -> None:
    def unit(slug: str, parent: str, people: int) -> list[UnitRow]:
        made = [
            UnitRow(n, slug, slug, UnitKind.ENTERPRISE, parent, person=f"p{n}", role=Role.HEAD) for n in range(people)
        ]
        return made or [UnitRow(0, slug, slug, UnitKind.ZONE, parent)]

    given = [row for n in range(400) for row in unit(f"e{n}", f"z{n % 3}", 3)]
    given += [row for n in range(3) for row in unit(f"z{n}", "top", 0)] + unit("top", "board", 0)
    made = parts(given)
    assert all(len(part) <= AT_ONCE for part in made)
    assert sorted(row.slug for part in made for row in part) == sorted(row.slug for row in given)
    flat = [row.slug for part in made for row in part]
    assert all(row.parent == "board" or flat.index(row.parent) < flat.index(row.slug) for row in given[::100])
    homes = [{row.slug for row in part} for part in made]
    assert all(not one & other for n, one in enumerate(homes) for other in homes[n + 1 :])
