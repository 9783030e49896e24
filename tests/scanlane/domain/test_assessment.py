"""How contacts of a whole site are judged."""

import pytest

from scanlane.domain.assessment import SHOWN_FROM, Contact, assess
from scanlane.domain.sightings import ContactKind, Method, Sighting

OWN = ["harbour-bakery.example"]
HOME = "https://harbour-bakery.example/"


def email(value: str, method: Method = Method.TEXT, *, hidden: bool = False, obfuscated: bool = False) -> Sighting:
    return Sighting(ContactKind.EMAIL, value, method, "context", hidden=hidden, obfuscated=obfuscated)


def judged(*sightings: Sighting, own: list[str] = OWN) -> dict[str, Contact]:
    return {contact.value: contact for contact in assess([(HOME, sighting) for sighting in sightings], own)}


class TestScore:
    @pytest.mark.parametrize("value", ["info@harbour-bakery.example", "info@other-bakery.de", "baker@gmail.com"])
    @pytest.mark.parametrize("method", [Method.MAILTO, Method.TEXT, Method.CLOUDFLARE, Method.AT_WORDS, Method.JSON_LD])
    def test_an_ordinary_address_is_shown(self, value: str, method: Method) -> None:
        assert judged(email(value, method))[value].score >= SHOWN_FROM

    @pytest.mark.parametrize(
        "sighting",
        [
            email("info@harbour-bakery.example", hidden=True),
            email("info@harbour-bakery.example", Method.MAILTO, hidden=True),
            email("author@library.de", Method.COMMENT),
            email("author@library.de", Method.SCRIPT),
            email("infoNOSPAM@harbour-bakery.example"),
        ],
    )
    def test_decoys_and_comments_are_not(self, sighting: Sighting) -> None:
        assert judged(sighting)[sighting.value].score < SHOWN_FROM

    @pytest.mark.parametrize(
        "value",
        [
            "info@yourdomain.com", "user@domain.com", "someone@example.com", "info@other-bakery.example",
            "baker@shutterstock.com", "vorname.nachname@harbour-bakery.example",
        ],
    )  # fmt: skip
    def test_an_address_that_nobody_has_is_no_contact(self, value: str) -> None:
        assert judged(email(value, Method.MAILTO)) == {}

    def test_data_that_calls_it_an_email_counts_for_more(self) -> None:
        sighting = Sighting(ContactKind.EMAIL, "info@other-bakery.de", Method.SCRIPT, '"email":"info@other-bakery.de"')

        assert judged(sighting)["info@other-bakery.de"].score >= SHOWN_FROM

    def test_a_word_between_the_sign_and_the_own_host_is_a_trap(self) -> None:
        found = judged(email("info@trapharbour-bakery.example"), email("info@harbour-bakery.example", Method.SCRIPT))

        assert list(found) == ["info@harbour-bakery.example"]

    def test_another_persons_place_on_the_map_is_not_shown(self) -> None:
        url = "https://google.com/maps/place/Market+Hall"
        place = Sighting(ContactKind.SOCIAL, url, Method.LINK, network="google-maps")

        assert judged(place)[url].score < SHOWN_FROM

    def test_a_reserved_domain_counts_when_the_site_declares_it(self) -> None:
        found = judged(email("info@example.org", Method.MAILTO), own=["www.example.org"])

        assert found["info@example.org"].score >= SHOWN_FROM

    def test_a_visible_sighting_outweighs_a_hidden_one(self) -> None:
        found = judged(email("info@other-bakery.de", hidden=True), email("info@other-bakery.de"))

        assert found["info@other-bakery.de"].score >= SHOWN_FROM

    def test_an_address_with_a_stray_neighbour_gives_way_to_the_clean_one(self) -> None:
        found = judged(
            email("info@other-bakery.com"), email("info@other-bakery.company"), email("42info@other-bakery.com")
        )

        assert [contact.value for contact in found.values() if contact.score >= SHOWN_FROM] == ["info@other-bakery.com"]

    def test_one_letter_more_in_the_suffix_is_another_address(self) -> None:
        found = judged(email("info@other-bakery.com"), email("info@other-bakery.co"))

        assert all(contact.score >= SHOWN_FROM for contact in found.values())

    def test_every_score_is_explained_and_within_its_limits(self) -> None:
        contacts = judged(email("info@harbour-bakery.example", Method.MAILTO), email("noreply@harbour-bakery.example"))

        assert all(0 <= contact.score <= 100 and contact.reasons for contact in contacts.values())

    def test_the_best_comes_first(self) -> None:
        seen = [
            (HOME, email("author@library.de", Method.COMMENT)),
            (HOME, email("info@harbour-bakery.example", Method.MAILTO)),
        ]

        scores = [contact.score for contact in assess(seen, OWN)]

        assert scores == sorted(scores, reverse=True)


class TestRelation:
    @pytest.mark.parametrize(
        ("value", "relation"),
        [
            ("info@harbour-bakery.example", "own"),
            ("info@mail.harbour-bakery.example", "own"),
            ("info@harbourbakery.co.uk", "sibling"),
            ("harbourbakery@gmail.com", "webmail"),
            ("info@other-bakery.de", "third-party"),
        ],
    )
    def test_the_host_tells_whose_address_it_is(self, value: str, relation: str) -> None:
        assert judged(email(value))[value].relation == relation

    def test_own_hosts_may_come_with_a_port(self) -> None:
        found = judged(email("info@other-bakery.de"), own=["shop.other-bakery.de:8080", "127.0.0.1:9100"])

        assert found["info@other-bakery.de"].relation == "own"


class TestOtherAlphabets:
    """Hosts in other alphabets have two spellings: that of people, and that of the DNS."""

    @pytest.mark.parametrize("own", ["bäckerei-fixture.de", "xn--bckerei-fixture-0kb.de", "www.BÄCKEREI-fixture.de"])
    @pytest.mark.parametrize("host", ["bäckerei-fixture.de", "xn--bckerei-fixture-0kb.de", "post.bäckerei-fixture.de"])
    def test_a_site_knows_its_own_addresses_in_both(self, own: str, host: str) -> None:
        assert judged(email(f"info@{host}"), own=[own])[f"info@{host}"].relation == "own"

    def test_both_spellings_of_an_address_are_one_contact_shown_as_first_written(self) -> None:
        found = judged(email("info@bäckerei-fixture.de"), email("Info@xn--bckerei-fixture-0kb.de"))

        assert list(found) == ["info@bäckerei-fixture.de"]

    @pytest.mark.parametrize(
        "path", ["kontakt", "контакты", "%D0%BA%D0%BE%D0%BD%D1%82%D0%B0%D0%BA%D1%82%D1%8B", "联系我们"]
    )
    def test_contact_pages_are_known_in_their_languages(self, path: str) -> None:
        (contact,) = assess([(HOME + path, email("info@other-bakery.de"))], OWN)

        assert "contact page +4" in contact.reasons

    @pytest.mark.parametrize("path", ["", "bread", "privacy", "contactless-payment"])
    def test_other_pages_are_none(self, path: str) -> None:
        (contact,) = assess([(HOME + path, email("info@other-bakery.de"))], OWN)

        assert "contact page +4" not in contact.reasons


class TestMerging:
    def test_two_spellings_of_an_address_are_one_contact_with_two_sources(self) -> None:
        contacts = assess(
            [(HOME, email("Info@other-bakery.de")), (HOME + "contact", email("info@other-bakery.de", Method.MAILTO))],
            OWN,
        )

        assert [len(contact.sources) for contact in contacts] == [2]

    def test_it_is_obfuscated_only_if_it_never_stands_plainly(self) -> None:
        hidden = email("info@other-bakery.de", Method.AT_WORDS, obfuscated=True)

        assert judged(hidden)["info@other-bakery.de"].obfuscated
        assert not judged(hidden, email("info@other-bakery.de"))["info@other-bakery.de"].obfuscated

    def test_a_number_called_fax_everywhere_is_a_fax(self) -> None:
        fax = Sighting(ContactKind.PHONE, "+442079460124", Method.TEXT, "Fax: 020 7946 0124")
        phone = Sighting(ContactKind.PHONE, "+442079460123", Method.TEL, "Call us")

        found = judged(fax, phone)

        assert {contact.type for contact in found.values()} == {"fax", "phone"}
        assert found["+442079460124"].score < found["+442079460123"].score
