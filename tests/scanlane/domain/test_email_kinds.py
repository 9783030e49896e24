"""Role, person, nobody; webmail."""

import pytest

from scanlane.domain.email_kinds import has_words_to_remove, is_webmail, kind_of


class TestKindOf:
    @pytest.mark.parametrize(
        "local", ["info", "kontakt", "sales.uk", "press-office", "bestellung", "segreteria", "shop2"]
    )
    def test_functions_are_roles(self, local: str) -> None:
        assert kind_of(f"{local}@bakery-fixture.de") == "role"

    def test_the_name_of_the_house_is_a_role(self) -> None:
        assert kind_of("bakery-fixture@bakery-fixture.de") == "role"

    @pytest.mark.parametrize(
        "local",
        [
            "noreply", "no-reply", "do_not_reply", "donotreply", "nepasrepondre", "mailer-daemon", "ne-pas-repondre",
            "nao-responda", "no-responder", "non-rispondere", "niet-beantwoorden", "keine-antwort", "nicht_antworten",
            "bitte-nicht-antworten", "ikke-svar", "nie-odpowiadaj", "ada.noreply", "shop-no-reply", "noreply2",
        ],
    )  # fmt: skip
    def test_nobody_reads_these(self, local: str) -> None:
        assert kind_of(f"{local}@bakery-fixture.de") == "no-reply"

    @pytest.mark.parametrize(
        "local", ["direccion", "kundservice", "butikk", "tienda", "loja", "winkel", "sklep", "recepce"]
    )
    def test_functions_are_known_in_many_languages(self, local: str) -> None:
        assert kind_of(f"{local}@bakery-fixture.de") == "role"

    @pytest.mark.parametrize("local", ["first.last", "f.last", "qwertz", "nora.replyson", "anno.rispondi"])
    def test_everything_else_is_a_person(self, local: str) -> None:
        assert kind_of(f"{local}@bakery-fixture.de") == "personal"


class TestIsWebmail:
    @pytest.mark.parametrize("domain", ["gmail.com", "yahoo.co.uk", "hotmail.fr", "gmx.de"])
    def test_anybody_can_have_an_address_there(self, domain: str) -> None:
        assert is_webmail(domain)

    def test_a_company_is_no_webmail(self) -> None:
        assert not is_webmail("bakery-fixture.de")


class TestHasWordsToRemove:
    @pytest.mark.parametrize("value", ["info@NOSPAM.bakery-fixture.de", "infoREMOVETHIS@bakery-fixture.de"])
    def test_the_visitor_is_to_cut_them_out(self, value: str) -> None:
        assert has_words_to_remove(value)
