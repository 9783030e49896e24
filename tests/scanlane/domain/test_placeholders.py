"""Addresses that stand for "an address", in many languages, and real ones that look a little like them."""

import pytest

from scanlane.domain.placeholders import is_name_pattern, is_picture_credit, is_placeholder


class TestIsPlaceholder:
    @pytest.mark.parametrize(
        "value",
        [
            # Sample domains
            "info@yourdomain.com", "user@domain.com", "info@musterfirma.de", "name@domain.de", "info@mysite.com",
            "info@adresse.de", "support@yourstore.com", "hello@your-website.com", "info@website.com", "hi@site.com",
            "an@beispiel.org", "info@company.com", "nome@dominio.it", "navn@firma.no", "navn@domene.no",
            "correo@ejemplo.com", "nombre@dominio.com", "contato@seusite.com.br", "info@tudominio.com",
            "contact@votresite.fr", "naam@bedrijf.nl", "info@jouwbedrijf.nl", "adsoyad@ornek.com",
            "info@twojadomena.pl", "me@you.com", "friend@email.com",
            # Names that say what belongs there
            "your-email@bakery-fixture.de", "votre.email@bakery-fixture.fr", "tucorreo@bakery-fixture.es",
            "seuemail@bakery-fixture.br", "ihr.name@bakery-fixture.de", "youremail@bakery-fixture.com",
            "john.doe@bakery-fixture.de", "max.mustermann@bakery-fixture.de", "someone@bakery-fixture.de",
            # Words that fit such a host only
            "email@email.com", "you@email.com", "ihre@e-mail.com", "tuo@email.it", "votre@email.fr", "vas@email.cz",
            "name@mail.de", "a@b.com", "nombre@gmail.com", "mail@mail.com", "yourname@gmail.com",
        ],
    )  # fmt: skip
    def test_sample_addresses(self, value: str) -> None:
        assert is_placeholder(value)

    @pytest.mark.parametrize(
        "value",
        [
            "info@bakery-fixture.de", "mail@bakery-fixture.de", "bar@bakery-fixture.de", "me@bakery-fixture.de",
            "name@bakery-fixture.de", "abc@bakery-fixture.de", "hello@bakery-fixture.de", "first@bakery-fixture.de",
            "contact@domaine-fixture.fr", "info@firma-fixture.de", "info@mein-hotel-fixture.de", "info@monhotel.fr",
            "info@theshop.de", "service@blog.de", "john.smith@gmail.com", "service@hotel.de",
            "contact@mail.de", "baker@gmail.com",
        ],
    )  # fmt: skip
    def test_real_ones(self, value: str) -> None:
        assert not is_placeholder(value)


class TestIsNamePattern:
    @pytest.mark.parametrize(
        "local",
        [
            "firstname.lastname", "first.last", "f.lastname", "vorname.nachname", "v.nachname", "nachname.vorname",
            "prenom.nom", "nombre.apellido", "nome.cognome", "nome.sobrenome",
            "voornaam.achternaam", "fornavn.etternavn",
            "fornamn.efternamn", "etunimi.sukunimi", "imie.nazwisko", "jmeno.prijmeni",
            "meno.priezvisko", "ime.prezime",
            "vezeteknev.keresztnev", "nume.prenume", "ad.soyad", "eesnimi.perenimi",
            "vards.uzvards", "vardas.pavarde",
            "firstname_lastname", "vorname-nachname", "your.name", "your-email", "votremail",
        ],
    )  # fmt: skip
    def test_it_describes_how_names_are_made(self, local: str) -> None:
        assert is_name_pattern(f"{local}@bakery-fixture.de")

    @pytest.mark.parametrize("local", ["info", "ada.example", "name", "first", "nom", "ime", "mail", "user"])
    def test_a_word_or_a_name_is_none(self, local: str) -> None:
        assert not is_name_pattern(f"{local}@bakery-fixture.de")


class TestIsPictureCredit:
    def test_a_name_at_a_library_of_pictures_is_one(self) -> None:
        assert is_picture_credit("bakerphoto@shutterstock.com")

    @pytest.mark.parametrize("value", ["support@shutterstock.com", "bakerphoto@bakery-fixture.de"])
    def test_the_library_itself_and_others_are_none(self, value: str) -> None:
        assert not is_picture_credit(value)
