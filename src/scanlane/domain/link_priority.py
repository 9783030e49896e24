"""Which pages of a site are likely to say how to reach somebody, judged by address and link text, in many languages."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

HOME = 100
CONTACT = 95
PEOPLE = 85
PLACES = 70
PRIVACY = 60
ORDINARY = 50
DEEP_COST = 5
LEAST_ORDINARY = 20
DATED = 15
ARCHIVE = 10

# Words are compared without accents and in lower case. German, English, French, Spanish, Italian, Portuguese, Dutch,
# Swedish, Norwegian, Danish, Finnish, Polish, Czech, Slovak, Hungarian, Romanian, Croatian, Slovene, Turkish, Greek,
# Russian, Ukrainian, Chinese, Japanese, Korean.
_CONTACT_WORDS = """
    contact contacts contactus contact-us kontakt kontakte kontakty kontakti kontaktai contacto contactos contactenos
    contatti contattaci contatto contato contactez contacter nous-contacter contacteren contacten kontaktformular
    impressum imprint anbieterkennzeichnung mentions-legales mentionslegales aviso-legal avisolegal note-legali
    legal-notice legalnotice colofon colophon yhteystiedot ota-yhteytta kapcsolat elerhetoseg elerhetosegek iletisim
    bize-ulasin kontaktoplysninger kontakta kontakta-oss kontakt-oss kontakt-os reach-us get-in-touch getintouch
    write-to-us anfahrt-kontakt epikoinonia επικοινωνια контакты контакти контакт связаться impresum stopka-redakcyjna
    联系 联系我们 聯絡 聯絡我們 lianxi lianxiwomen お問い合わせ お問合せ otoiawase toiawase 連絡先 연락처 문의
"""
_PEOPLE_WORDS = """
    about aboutus about-us team teams staff people person persons board committee crew management leadership directory
    employees faculty members ueber uber ueber-uns uber-uns wir-ueber-uns mitarbeiter mitarbeitende ansprechpartner
    ansprechpersonen vorstand verwaltung personen gemeinderat behoerden a-propos apropos qui-sommes-nous equipe
    equipes annuaire sobre sobre-nosotros quienes-somos equipo nosotros junta directiva chi-siamo squadra staff-tecnico
    organigramma quem-somos sobre-nos equipa over-ons overons medewerkers bestuur om om-oss om-os medarbetare styrelse
    styret ansatte medarbejdere bestyrelse meista henkilokunta tietoa hallitus o-nas onas zespol zarzad kadra lide
    rolunk munkatarsak csapat despre despre-noi echipa o-nama zaposleni hakkimizda ekibimiz kadro σχετικα о-нас
    о-компании команда сотрудники про-нас 关于 关于我们 關於 团队 会社概要 会社案内 スタッフ 회사소개 hosts organisers
    organizers officers departments department abteilungen services-municipaux ratsmitglieder
"""
_PLACES_WORDS = """
    location locations branches offices office stores store-locator press presse media-kit newsroom standorte standort
    filialen anfahrt lage sedi sede ubicacion oficinas localizacao agences magasins acces vestigingen pers avdelinger
    kontor kontorer toimipisteet oddzialy pobocky support help service customer-service kundenservice kundendienst
    booking bookings reservation reservations reservierung jobs careers karriere volunteer sponsors advertise join
    membership mitgliedschaft mitglied werden find-us visit besuch faq info information informationen infos
"""
_PRIVACY_WORDS = """
    privacy privacy-policy datenschutz datenschutzerklaerung dsgvo gdpr confidentialite politique privacidad privacidade
    riservatezza privacyverklaring integritet integritetspolicy personvern tietosuoja prywatnosc adatvedelem gizlilik
    legal terms agb conditions imprint-privacy cookies cookie-policy disclaimer
"""
_ARCHIVE_WORDS = """
    archive archives archiv tag tags category categories kategorie kategorien page calendar kalender calendrier
    feed rss trackback print login signin anmelden register cart warenkorb panier wishlist checkout account search suche
    galerie gallery galleries photos fotos attachment comments comment reply share
"""
_WORDS = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_DATE_IN_PATH = re.compile(r"/(?:19|20)\d\d(?:[/-]|$)")
_PAGING = re.compile(
    r"[?&](?:(?:page|paged|offset|start|limit|month|year|day)=\d|(?:date|sort|order|orderby|dir|tag|cat|cal\w*)=)"
    r"|/page/\d+",
    re.IGNORECASE,
)
_LONGEST_LABEL = 5
_LONGEST_PATH = 200


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    spelled = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    return "".join(sign for sign in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(sign))


def _table() -> dict[str, int]:
    kinds = (
        (_ARCHIVE_WORDS, ARCHIVE),
        (_PRIVACY_WORDS, PRIVACY),
        (_PLACES_WORDS, PLACES),
        (_PEOPLE_WORDS, PEOPLE),
        (_CONTACT_WORDS, CONTACT),
    )
    return {_plain(word): value for words, value in kinds for word in words.split()}


_VALUES = _table()


@lru_cache(maxsize=8192)
def priority(path: str, text: str = "", *, depth: int = 1) -> int:
    """How soon a page is worth a visit, 0 to 100. `path` holds the query too, `text` is the text of the link."""
    if path == "/":
        return HOME
    if _PAGING.search(path):
        return ARCHIVE
    by_address = stated_by(path)
    readable = unquote(path[:_LONGEST_PATH].partition("?")[0])
    # Menus say it in a few words; a long text is a headline that happens to hold the word.
    by_text = _best(text) if len(text.split()) <= _LONGEST_LABEL else 0
    best = max(by_address, by_text)
    if best > ARCHIVE:
        return best - min(_depth_of(readable), 4)
    if ARCHIVE in (by_address, by_text):
        return ARCHIVE
    if _DATE_IN_PATH.search(readable):
        return DATED
    return max(LEAST_ORDINARY, ORDINARY - DEEP_COST * (_depth_of(readable) + depth))


def stated_by(path: str) -> int:
    """What the words of an address alone say about its page: CONTACT, PEOPLE and so on, 0 if they say nothing."""
    address, _, query = path[:_LONGEST_PATH].partition("?")
    return max(_best(unquote(address)), _best(unquote(query)))


def _best(text: str) -> int:
    if not text:
        return 0
    phrases = _WORDS.findall(_plain(text))
    known = {*phrases, "-".join(phrases[:4])}.union(*(phrase.split("-") for phrase in phrases))
    return max((_VALUES.get(word, 0) for word in known), default=0)


def _depth_of(path: str) -> int:
    return max(0, path.strip("/").count("/"))
