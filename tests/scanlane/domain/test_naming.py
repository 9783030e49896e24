"""Whose a contact is when a whole site has its say."""

import pytest

from scanlane.domain.assessment import Contact, assess
from scanlane.domain.sightings import ContactKind, Holder, Method, NamedBy, Sighting

HOME = "https://harbour-bakery.example"
HOST = "harbour-bakery.example"


def named(name: str | None, by: NamedBy = NamedBy.CARD, **more: str) -> Holder:
    return Holder(named_by=by, name=name, **more)  # type: ignore[arg-type]


def contact(value: str, *holders: Holder | None) -> Contact:
    """The contact of a site each page of which names one of the holders."""
    seen = [
        (f"{HOME}/{place}", Sighting(ContactKind.EMAIL, value, Method.MAILTO, holder=holder))
        for place, holder in enumerate(holders)
    ]
    (found,) = assess(seen, [HOST])
    return found


def name_of(value: str, *holders: Holder | None) -> str | None:
    found = contact(value, *holders).holder
    return found.name if found else None


class TestNames:
    def test_a_contact_that_no_page_names_has_no_holder(self) -> None:
        found = contact(f"ada@{HOST}", None, None)

        assert (found.holder, found.naming) == (None, ())

    def test_one_page_that_names_it_is_enough_and_the_reasons_say_so(self) -> None:
        found = contact(f"ada.example@{HOST}", None, named("Ada Example", position="Baker"))

        assert found.holder is not None
        assert (found.holder.name, found.holder.position) == ("Ada Example", "Baker")
        assert found.naming == ("name: card", "the address spells the name")

    def test_pages_that_agree_are_counted(self) -> None:
        assert "named on 2 pages" in contact(f"x7@{HOST}", named("Ada Example"), named("ADA Example")).naming

    def test_of_several_names_the_one_that_the_address_spells_counts(self) -> None:
        bobs = [named("Bob Sample", NamedBy.JSON_LD)] * 3

        assert name_of(f"ada.example@{HOST}", *bobs, named("Ada Example")) == "Ada Example"

    def test_else_the_one_on_most_pages(self) -> None:
        assert name_of(f"x7@{HOST}", named("Bob Sample"), named("Ada Example"), named("Ada Example")) == "Ada Example"

    @pytest.mark.parametrize("value", [f"x7@{HOST}", f"secretary@{HOST}"])
    def test_between_equals_nobody_is_named(self, value: str) -> None:
        assert name_of(value, named("Bob Sample"), named("Ada Example")) is None

    def test_the_organisation_stays_when_the_person_is_doubtful(self) -> None:
        holders = [named("Bob Sample", organisation="Harbour Bakery"), named("Ada Example")]

        found = contact(f"x7@{HOST}", *holders).holder

        assert found is not None
        assert (found.name, found.organisation) == (None, "Harbour Bakery")

    def test_what_is_said_of_one_person_on_several_pages_comes_together(self) -> None:
        found = contact(
            f"ada@{HOST}",
            named("Ada Example", NamedBy.LINK),
            named("Ada Example", NamedBy.JSON_LD, organisation="Harbour Bakery"),
            named("Ada Example", NamedBy.CARD, position="Head Baker", title="Dr."),
        ).holder

        assert found == named(
            "Ada Example", NamedBy.JSON_LD, organisation="Harbour Bakery", position="Head Baker", title="Dr."
        )
