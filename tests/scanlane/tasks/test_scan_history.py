"""What a second scan makes of the first one's contacts: names kept, and pages that no longer show an address."""

from uuid import UUID

from scanlane.clients.website_errors import DeadlinePassed
from scanlane.stores.contact_lists import ContactFilter, ContactView, list_contacts
from scanlane.tasks.email_scraper import EmailScrape
from scanlane.wiring import Wiring
from tests.scanlane.tasks.test_email_scraper import HOME, TENANT, Website, claimed, find, page, pulse, wiring
from worklane.executor import Executor
from worklane.postgres.pulse import PostgresPulse

__all__ = ["pulse", "wiring"]

TEAM = "https://bakery.test/team"
ABOUT = "https://bakery.test/about"
ADA = "ada@harbour-bakery.example"
CARD = f'<div><h3>Dr. Ada Example</h3><p>Head Baker</p><p><a href="mailto:{ADA}">write</a></p></div>'
BOTH = {
    HOME: page('<a href="/team">Team</a> <a href="/about">About</a>'),
    TEAM: page(CARD),
    ABOUT: page(f"<p>{ADA}</p>"),
}


async def scan(wiring: Wiring, pulse: PostgresPulse, website: Website) -> UUID:
    """Scan the website; the job's id."""
    claim = await claimed(wiring, pulse)
    await Executor(wiring.queue, [EmailScrape(website.fetching)]).execute(claim)
    assert (await find(wiring, claim.row_id)).status == "complete"
    return claim.row_id


async def result(wiring: Wiring, job_id: UUID) -> dict[str, object]:
    """What the job's result says of the one address."""
    found = (await find(wiring, job_id)).result_data
    assert isinstance(found, list)
    (email,) = found
    assert isinstance(email, dict)
    return dict(email)


async def listed(wiring: Wiring, **wanted: bool) -> list[ContactView]:
    """The contacts that their owner lists."""
    async with wiring.sessions() as session:
        found = await list_contacts(session, ContactFilter(**wanted), tenant=TENANT, limit=50, with_sources=True)  # type: ignore[arg-type]
    return list(found.items)


def shown_on(email: dict[str, object]) -> dict[object, object]:
    """Whether each page still shows it."""
    return {one["uri"]: one["still_on_page"] for one in email["sources"]}  # type: ignore[attr-defined]


class TestNames:
    async def test_reach_the_result_and_the_list(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        job_id = await scan(wiring, pulse, Website(BOTH))

        email = await result(wiring, job_id)
        (contact,) = await listed(wiring, has_name=True)

        assert (email["name"], email["first_name"], email["last_name"]) == ("Ada Example", "Ada", "Example")
        assert (email["title"], email["position"]) == ("Dr.", "Head Baker")
        assert (contact.name, contact.title, contact.position) == ("Ada Example", "Dr.", "Head Baker")
        assert set(contact.methods) == {"mailto", "text"}
        assert "name: card" in contact.reasons
        assert await listed(wiring, has_name=False) == []

    async def test_stay_when_a_later_scan_names_nobody(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        await scan(wiring, pulse, Website(BOTH))

        job_id = await scan(wiring, pulse, Website({**BOTH, TEAM: page(f"<p>{ADA}</p>")}))

        assert (await result(wiring, job_id))["name"] is None
        assert [contact.name for contact in await listed(wiring)] == ["Ada Example"]

    async def test_give_way_to_another_as_a_whole(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        await scan(wiring, pulse, Website(BOTH))

        await scan(wiring, pulse, Website({**BOTH, TEAM: page(f'<p><a href="mailto:{ADA}">Ada Sample</a></p>')}))

        assert [(one.name, one.title, one.position) for one in await listed(wiring)] == [("Ada Sample", None, None)]

    async def test_a_name_that_postgresql_cannot_store_is_mended(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        block = f'{{"@type":"Person","name":"Ada Example","jobTitle":"Head\\u0000 Baker\\ud800","email":"{ADA}"}}'
        script = f'<script type="application/ld+json">{block}</script>'

        job_id = await scan(wiring, pulse, Website({HOME: page(script)}))

        assert (await result(wiring, job_id))["name"] == "Ada Example"
        assert [contact.position for contact in await listed(wiring)] == ["Head Baker"]


class TestPresence:
    async def test_a_page_that_shows_it_twice_was_first_and_last_seen_then(
        self, wiring: Wiring, pulse: PostgresPulse
    ) -> None:
        await scan(wiring, pulse, Website(BOTH))
        await scan(wiring, pulse, Website(BOTH))

        (contact,) = await listed(wiring)

        assert {source.url for source in contact.sources} == {TEAM, ABOUT}
        assert all(source.still_on_page and source.extracted_on < source.last_seen_on for source in contact.sources)

    async def test_a_page_that_was_visited_again_and_shows_it_no_longer_says_so(
        self, wiring: Wiring, pulse: PostgresPulse
    ) -> None:
        await scan(wiring, pulse, Website(BOTH))

        job_id = await scan(wiring, pulse, Website({**BOTH, TEAM: page("<p>Nobody here any more.</p>")}))

        assert shown_on(await result(wiring, job_id)) == {ABOUT: True, TEAM: False}
        (contact,) = await listed(wiring)
        assert {source.url: source.still_on_page for source in contact.sources} == {ABOUT: True, TEAM: False}

    async def test_a_page_that_is_gone_shows_nothing(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        await scan(wiring, pulse, Website(BOTH))

        job_id = await scan(wiring, pulse, Website({HOME: BOTH[HOME], ABOUT: BOTH[ABOUT]}))

        assert shown_on(await result(wiring, job_id)) == {ABOUT: True, TEAM: False}

    async def test_a_page_that_was_not_visited_or_did_not_answer_proves_nothing(
        self, wiring: Wiring, pulse: PostgresPulse
    ) -> None:
        await scan(wiring, pulse, Website(BOTH))

        unlinked = await scan(wiring, pulse, Website({HOME: page(f"<p>{ADA}</p>")}))
        silent = await scan(wiring, pulse, Website({**BOTH, TEAM: DeadlinePassed("no answer")}))

        assert shown_on(await result(wiring, unlinked))[ABOUT] is True
        assert shown_on(await result(wiring, silent))[TEAM] is True

    async def test_an_address_of_an_earlier_scan_stays_listed_as_gone(
        self, wiring: Wiring, pulse: PostgresPulse
    ) -> None:
        await scan(wiring, pulse, Website({HOME: page(f"<p>{ADA}</p>")}))
        await scan(wiring, pulse, Website({HOME: page("<p>info@harbour-bakery.example</p>")}))

        told = {one.value: [source.still_on_page for source in one.sources] for one in await listed(wiring)}

        assert told == {ADA: [False], "info@harbour-bakery.example": [True]}
