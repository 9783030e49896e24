"""What a scan's result says of each contact: the words of Hunter's API, beside our own."""

from datetime import UTC, datetime

from scanlane.domain.assessment import assess
from scanlane.domain.contacts import ContactKind, Method, Sighting
from scanlane.domain.sightings import Holder, NamedBy
from scanlane.services.scan_results import Known, documents
from scanlane.stores.presences import Presence

HOME = "https://harbour-bakery.example/"
TEAM = f"{HOME}team"
OLD = f"{HOME}old"
ADA = Holder(named_by=NamedBy.CARD, name="Ada van Example", title="Dr.", position="Head Baker", organisation="Harbour")


def document(
    value: str, known: Known | None = None, *, holder: Holder | None = None, **more: bool
) -> dict[str, object]:
    """The document of an address that one page shows."""
    sighting = Sighting(ContactKind.EMAIL, value, Method.MAILTO, "Write to us", holder=holder, **more)
    (found,) = documents(assess([(TEAM, sighting)], ["harbour-bakery.example"]), ContactKind.EMAIL, known)
    assert isinstance(found, dict)
    return dict(found)


def seen(url: str, *, still: bool, day: int = 2) -> Presence:
    """A page that showed an address since the first of the month."""
    first, last = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, day, tzinfo=UTC)
    return Presence(url=url, methods=("text",), extracted_on=first, last_seen_on=last, still_on_page=still)


class TestADocument:
    def test_says_the_value_the_score_and_how_it_came_about(self) -> None:
        found = document("ada@harbour-bakery.example", holder=ADA)

        assert found["value"] == "ada@harbour-bakery.example"
        assert found["score"] == found["confidence"]
        assert found["score"] in range(101)
        assert {"mailto 80", "own +15", "name: card"} <= set(found["reasons"])  # type: ignore[call-overload]
        assert (found["relation"], found["obfuscated"]) == ("own", False)

    def test_says_whether_it_was_hidden_on_purpose(self) -> None:
        assert document("ada@harbour-bakery.example", obfuscated=True)["obfuscated"] is True

    def test_the_type_is_told_and_whether_it_is_generic_in_hunters_words(self) -> None:
        told = [document(f"{name}@harbour-bakery.example") for name in ("ada.example", "sales", "no-reply")]

        assert [one["type"] for one in told] == ["personal", "role", "no-reply"]
        assert [one["generic"] for one in told] == [False, True, True]
        assert [one["department"] for one in told] == [None, "sales", None]

    def test_names_its_holder(self) -> None:
        found = document("ada@harbour-bakery.example", holder=ADA)

        assert (found["name"], found["title"]) == ("Ada van Example", "Dr.")
        assert (found["first_name"], found["last_name"]) == ("Ada", "van Example")
        assert (found["position"], found["organisation"]) == ("Head Baker", "Harbour")

    def test_nobody_is_named_where_nobody_is_known(self) -> None:
        found = document("ada@harbour-bakery.example")

        assert {found[key] for key in ("name", "first_name", "last_name", "position", "organisation", "title")} == {
            None
        }

    def test_an_address_that_was_not_verified_is_unknown(self) -> None:
        assert document("ada@harbour-bakery.example")["verification"] == {
            "status": "unknown",
            "mx": [],
            "checked_on": None,
        }


class TestItsSources:
    def test_hold_the_page_the_method_the_words_around_and_the_days(self) -> None:
        value = "Ada@harbour-bakery.example"
        known = Known(presences={("email", value.lower()): (seen(TEAM, still=True, day=9),)})

        assert document(value, known)["sources"] == [
            {
                "url": TEAM,
                "uri": TEAM,
                "method": "mailto",
                "context": "Write to us",
                "extracted_on": "2026-11-01",
                "last_seen_on": "2026-11-09",
                "still_on_page": True,
            }
        ]

    def test_pages_of_earlier_scans_follow_and_say_whether_they_still_show_it(self) -> None:
        value = "ada@harbour-bakery.example"
        known = Known(presences={("email", value): (seen(TEAM, still=True), seen(OLD, still=False))})

        found = document(value, known)

        told = [(one["uri"], one["still_on_page"]) for one in found["sources"]]  # type: ignore[index,union-attr,attr-defined]
        assert told == [(TEAM, True), (OLD, False)]
        assert found["source_count"] == 2

    def test_without_a_database_the_days_are_not_known(self) -> None:
        (source,) = document("ada@harbour-bakery.example")["sources"]  # type: ignore[misc]

        assert (source["uri"], source["extracted_on"], source["still_on_page"]) == (TEAM, None, None)
