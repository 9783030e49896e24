"""Addresses that stand for "an address" and belong to nobody: form hints, sample texts, the demo content of themes.

A sample domain is proof enough, and so is a name that spells out what belongs there ("vorname.nachname", "your-email").
A word such as "you", "name" or "email" proves it only at a domain of the same kind, or at a webmail host.
"""

import re

from scanlane.domain.email_kinds import is_role
from scanlane.domain.word_sets import words

_SEPARATOR = "[-._+]?"


def _any_of(*lines: str) -> str:
    """An alternation of the words of the lines, longest first; "-" stands for any separator or none."""
    sorted_words = sorted(words(*lines), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word).replace(r"\-", _SEPARATOR) for word in sorted_words) + ")"


# en, de, fr, es, pt, it, ca, nl, da/no, sv, pl, cs/sk, hr/sl
_YOUR = _any_of(
    "your dein deine ihr ihre votre vos ton tu su seu sua tua tuo suo vostro el-teu jouw uw din ditt dit twoj",
    "twoja twoje",
    "vas vase tvuj tvoj vasa",
)
_MY = _any_of("my mein meine mon mi meu mio mijn min mitt moj moja the some any this our")
_PLACE = _any_of(
    "domain domains domaine dominio domeinnaam domena domene domaene doman domenen site sitio sito stranka strona",
    "website webseite company companyname compania compagnie firma firme empresa entreprise azienda societe bedrijf",
    "foretag yritys business organization organisation mail email e-mail correo name",
)
_BUSINESS = _any_of(
    "brand org store shop tienda boutique negozio school server host isp provider agency agence restaurant",
    "hotel app blog",
    "office practice verein klinik firm web",
)
# Names of domains that nobody uses for anything but samples, whatever their ending.
_SAMPLE_NAME = _any_of(
    "example example1 example2 examples exemple ejemplo exemplo esempio exempel eksempel esimerkki voorbeeld beispiel",
    "przyklad priklad ornek exemplu pelda musterfirma mustermann musterfrau musterdomain musterseite musterunternehmen",
    "musterverein muster-gmbh beispielfirma beispieldomain beispielseite placeholder loremipsum lorem-ipsum samplesite",
    "domain domaine domene domena dominio domainname domain-name sitename site-name hostname companyname",
    "company-name maildomain",
    "emaildomain newdomain olddomain otherdomain companydomain companyemail johndoe janedoe john-doe entreprise",
    "empresa",
    "azienda bedrijf company companyx acmecorp somewhere foobar xxx xxxx xxxxx yyy testdomain test-domain testsite",
    "emailadresse mailadresse emailaddress indirizzo direccion",
)
# Such names that are somebody's under most endings.
_SAMPLE_UNDER_COM = _any_of(
    "sample site website web firm firma business host server mailserver foo bar baz abc abcd test testing demo",
    "demosite",
    "doe address adresse whatever xyz asdf qwerty anywhere nowhere dummy theme themesite brand agency mydom",
)
_ENDING = r"\.[a-z]{2,12}(?:\.[a-z]{2})?\Z"
_SAMPLE_DOMAIN = re.compile(
    rf"(?:(?:{_YOUR}|{_MY}){_SEPARATOR}(?:new{_SEPARATOR})?{_PLACE}{_SEPARATOR}(?:name|here|url)?"
    rf"|{_YOUR}{_SEPARATOR}{_BUSINESS}|{_SAMPLE_NAME}){_ENDING}"
    rf"|{_SAMPLE_UNDER_COM}\.(?:com|net|org|tld)\Z|(?:firma|test|adresse|provider)\.[a-z]{{2}}\Z"
)

_FIRST = _any_of(
    "first firstname vor vorname fore forename given givenname name voornaam fornavn fornamn etunimi prenom",
    "nombre nome",
    "primeironome imie jmeno meno ime keresztnev prenume vardas eesnimi vards ad adiniz имя imya f v initial inicial",
)
_LAST = _any_of(
    "last lastname nach nachname sur surname family familyname achternaam etternavn efternavn efternamn sukunimi nom",
    "apellido apellidos sobrenome cognome apelido nazwisko prijmeni priezvisko priimek prezime vezeteknev",
    "csaladnev nume",
    "pavarde perenimi uzvards soyad soyadi soyadiniz фамилия familiya",
)
_NOBODY = _any_of(
    "john-doe jane-doe joe-doe jon-doe joe-bloggs john-q-public max-mustermann erika-mustermann",
    "max-muster erika-muster mustermann musterfrau fulano",
    "jan-modaal ola-nordmann kari-nordmann matti-meikalainen someone somebody anyone anybody",
    "jemand quelquun alguien alguem qualcuno iemand placeholder example exampleuser ejemplo exemple exemplo esempio",
    "beispiel voorbeeld eksempel exempel przyklad priklad ornek sample sampleuser recipient empfaenger destinatario",
    "destinataire user user1 user123 username usuario utilisateur utente gebruiker benutzer benutzername foo foobar",
    "foo-bar xxx xxxx xxxxx asdf qwerty blabla lorem lorem-ipsum loremipsum test tester testuser test-user testmail",
    "test-mail test-email testemail test1 test123 firstname lastname vorname nachname prenom surname",
)
_MAIL = _any_of(
    "mail email e-mail mailadresse emailadresse mail-address email-address address adresse adresa adres name names",
    "username user nombre nom nome correo courriel naam navn namn nimi imie jmeno id account login emailhere fullname",
    "firstname lastname businessemail workemail email-here contact",
)
_SAMPLE_LOCAL = re.compile(
    rf"{_NOBODY}|(?:{_YOUR}|{_MY}){_SEPARATOR}{_MAIL}|(?:example|sample|enter){_SEPARATOR}{_MAIL}\d?"
    rf"|(?:mail|email|e-mail){_SEPARATOR}(?:address|adresse|here|example|placeholder)"
)
_NAME_PATTERN = re.compile(
    rf"{_FIRST}[-._+]{_LAST}|{_LAST}[-._+](?:{_FIRST}|firstname|vorname)|(?:firstname|vorname|prenom|nombre|voornaam)_?{_LAST}"
    rf"|(?:{_YOUR}|my|mein)[-._+]?(?:name|nombre|nom|nome|naam|navn|namn)|{_YOUR}{_SEPARATOR}{_MAIL}"
)
_HINTS = words(
    "you me name email e-mail mail nom nombre nome naam navn namn nimi ihre ihr dein deine votre tu su seu tuo mon din",
    "friend friends freund amigo amico vriend colleague",
    "jouw uw vas my your yours adresse adress address correo courriel abc bar",
)
_HINT_DOMAINS = re.compile(
    r"(?:email|e-mail|mail|correo|courriel|epost|posta|eposta|xy|xyz|abc|irgendwo|irgendwas|anbieter|mailanbieter)\.[a-z]{2,4}\Z"
    r"|(?:gmail|googlemail|hotmail|outlook|yahoo|gmx|web|icloud|aol|live|libero|orange|wp|seznam)\.[a-z.]{2,6}\Z"
)


# Where pictures come from: "Photo: name@library.com" is their credit, and nobody's address.
_PICTURE_LIBRARIES = words(
    "fotolia.com fotolia.de stock.adobe.com adobestock.com adobe.stock.com shutterstock.com istockphoto.com istock.com",
    "pixabay.com unsplash.com pexels.com 123rf.com 123rf.de depositphotos.com dreamstime.com freepik.com freepik.es",
    "gettyimages.com gettyimages.de photocase.de photocase.com pixelio.de panthermedia.net clipdealer.com flaticon.com",
    "alamy.com bigstockphoto.com thinkstockphotos.com flickr.com envato.com elements.envato.com canva.com rawpixel.com",
)


def is_picture_credit(value: str) -> bool:
    """Whether the address names a picture's author at a library of pictures; functions of the library are not meant."""
    local, _, domain = value.lower().partition("@")
    return domain in _PICTURE_LIBRARIES and not is_role(local)


def is_placeholder(value: str) -> bool:
    """Whether the address stands for "an address" and belongs to nobody. Reserved domains are judged elsewhere."""
    local, _, domain = value.lower().partition("@")
    if len(local) == 1 and domain.find(".") == 1:
        return True
    if _SAMPLE_DOMAIN.match(domain) or _SAMPLE_LOCAL.fullmatch(local) or is_name_pattern(value):
        return True
    return local in _HINTS and (_HINT_DOMAINS.match(domain) is not None or domain.partition(".")[0] in _HINTS)


def is_name_pattern(value: str) -> bool:
    """Whether the name is a pattern of names ("firstname.lastname"): nobody has it, not on its own site either."""
    return _NAME_PATTERN.fullmatch(value.lower().partition("@")[0]) is not None
