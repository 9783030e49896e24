"""The pages in a real browser: the way of a newcomer, from the sign-in link to a file on the disk."""

import csv
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from scanlane.demo.server import serve_demo
from tests.scanlane.clients.browsers import chromium_or_skip
from tests.scanlane.web.conftest import Api, sign_in_code

SLOW = 30_000


@pytest.fixture
async def page(working_api: Api) -> AsyncIterator[Page]:
    """A browser at the sign-in link; what its console complains of fails the test."""
    complaints: list[str] = []
    path = chromium_or_skip()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = await browser.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{working_api.url}/sign-in#code={await sign_in_code(working_api)}")
        await page.wait_for_url("**/")
        yield page
        await browser.close()
    assert complaints == []


class TestANewcomer:
    async def test_pastes_a_site_watches_the_scan_filters_and_leaves_with_a_file(
        self, page: Page, tmp_path: Path
    ) -> None:
        async with serve_demo() as demo:
            await page.get_by_label("One on each line").fill(demo.url)
            await page.get_by_role("button", name="Scan").click()
            await page.wait_for_url("**/jobs/*")
            await page.get_by_role("button", name="Scan again").wait_for(timeout=SLOW)
        await page.get_by_role("link", name="Filter and export").click()
        await page.get_by_label("Kind").select_option("email")
        await page.get_by_label("Score from").fill("80")
        await page.get_by_role("button", name="Filter").click()
        shown = await page.locator("tbody tr").count()
        async with page.expect_download() as download:
            await page.get_by_role("link", name="Export as CSV").click()
        file = tmp_path / "contacts.csv"
        await (await download.value).save_as(file)

        rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
        assert "info@harbour-bakery.example" in {row["value"] for row in rows}
        assert {row["kind"] for row in rows} == {"email"}
        assert 0 < len(rows) <= shown
        assert min(int(row["score"]) for row in rows) >= 80

    async def test_drops_a_file_sees_what_it_holds_and_takes_it_in(self, page: Page, tmp_path: Path) -> None:
        file = tmp_path / "sites.csv"
        file.write_text("Company;Website\nHarbour;shop.example\nNobody;not a site\n")

        await page.get_by_label("Choose a file, or drop it here").set_input_files(file)
        await page.get_by_role("button", name="Look at it").click()
        await page.get_by_role("button", name=re.compile("Take in 1 ")).click()

        await expect(page.get_by_role("status")).to_contain_text("were taken in")
        await page.goto(page.url + "domains")
        await expect(page.get_by_role("rowheader", name="shop.example")).to_be_visible()

    async def test_may_use_the_keyboard_alone(self, page: Page) -> None:
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        await page.keyboard.press("Enter")

        await expect(page.locator("main")).to_be_focused()
