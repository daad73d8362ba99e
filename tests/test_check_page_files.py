"""Files on the page that checks a receipt: shown without names, known by their hash in the browser, large ones too."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import expect

from documents.receipt import receipt_pdf
from storage.dossier_lists import Proof, ProofFile
from tests.check_pages import MATCH, NUMBER, PROOF, Checks, choose, opened, receipt, served, words
from tests.chromium import chromium

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Browser

pytestmark = pytest.mark.asyncio(loop_scope="module")
SCAN = b"\xff\xd8\xff a page " * 5000
LARGE = bytes(50 * 1024 * 1024)
"""as large as a file may be"""
IS_FILE = {"time": "08:01:07", "day": "24/04/2023"}


@pytest_asyncio.fixture(loop_scope="module")
async def there() -> AsyncIterator[Checks]:
    async with served() as checks:
        yield checks


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chrome() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


def with_files(*contents: bytes) -> Proof:
    """Files handed in with version 1, the last one with version 2 too."""
    handed = tuple(ProofFile(hashlib.sha256(one).hexdigest(), len(one)) for one in contents)
    first, second = PROOF.versions
    return replace(PROOF, versions=(replace(first, files=handed), replace(second, files=handed[-1:])))


async def test_of_files_their_hash_and_size_stand_there_and_no_name(there: Checks) -> None:
    there.proofs[NUMBER] = with_files(SCAN, b"%PDF-1.7 report")
    _, page = await there.get(f"/kiem-tra/{NUMBER}")
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    for content in (SCAN, b"%PDF-1.7 report"):
        assert " ".join(re.findall("." * 8, hashlib.sha256(content).hexdigest())) in text
    assert words("check.file", n=1, bytes="55 000") in text
    assert words("check.files", n=2) in text
    assert words("check.files", n=1) in text


@pytest.mark.chromium
async def test_any_file_handed_in_is_known_by_its_hash(chrome: Browser, there: Checks) -> None:
    report = b"%PDF-1.7 report"
    there.proofs[NUMBER] = with_files(SCAN, report)
    async with opened(chrome, f"{there.url}/kiem-tra/{NUMBER}") as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url))
        await choose(page, SCAN, "match", "is_file", n=1, version=1, **IS_FILE)
        await expect(page.locator(".files .found")).to_have_count(1)
        await expect(page.locator("#content")).to_be_hidden()
        await choose(page, report, "match", "is_file", n=2, version=1, **IS_FILE)
        await choose(page, report, "match", "is_file", n=1, version=2, time="23:01:07", day="29/04/2023")
        await expect(page.locator(".files .found")).to_have_count(2)
        await choose(page, SCAN + b" ", "none", "none")
        await choose(page, report + b" ", "emptyPdf", "empty_pdf")
        await choose(page, receipt_pdf(receipt(), "vi"), "match", "match", **MATCH)
        assert sent == []


@pytest.mark.chromium
async def test_large_files_are_hashed_and_of_another_size_not_even_read(
    chrome: Browser, there: Checks, tmp_path: Path
) -> None:
    there.proofs[NUMBER] = with_files(LARGE)
    same, other = tmp_path / "same", tmp_path / "other"
    same.write_bytes(LARGE)
    other.write_bytes(LARGE + b"x")
    async with opened(chrome, f"{there.url}/kiem-tra/{NUMBER}") as page:
        await page.evaluate(
            """() => {
                const decode = TextDecoder.prototype.decode;
                globalThis.largest = 0;
                TextDecoder.prototype.decode = function (bytes) {
                    globalThis.largest = Math.max(globalThis.largest, bytes?.length ?? 0);
                    return Reflect.apply(decode, this, [bytes]);
                };
            }"""
        )
        await page.set_input_files("#file", str(same))
        result = page.locator('#result[data-ends="match"]')
        await expect(result).to_contain_text(words("file.is_file", n=1, version=1, **IS_FILE))
        assert await page.evaluate("largest") <= 5, "what is long would hold the page"
        await page.evaluate("() => { File.prototype.arrayBuffer = () => { throw new Error('read'); }; }")
        await page.set_input_files("#file", str(other))
        await expect(page.locator('#result[data-ends="none"]')).to_contain_text(words("file.none"))
