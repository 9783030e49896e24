"""Notices by which a site objects to the harvesting of its addresses, in the languages of the crawled web. Pure.

A notice is one sentence that refuses (widersprochen, will not transfer, s'oppose ...) AND names both the addresses that
are published AND what may not be done with them. The right to object that every privacy policy grants its readers has
the same words and is none: there, the reader objects, not the site.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scanlane.domain.flow import BREAK

LONGEST_QUOTE = 300
_LONGEST_SENTENCE = 900
_MOST_TRIES = 20


@dataclass(frozen=True, slots=True)
class _Notice:
    """How notices of one language are told. `signs`: bits of words, without which no sentence is looked at."""

    language: str
    signs: tuple[str, ...]
    told_by: tuple[re.Pattern[str], ...]
    but_not: re.Pattern[str] | None = None


def _all(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.I) for pattern in patterns)


_READERS_RIGHT = re.compile(
    r"\byou (?:may|can|have)\b|right to object|\bSie (?:können|haben)\b|Ihr(?:e[rnms]?)? (?:Widerspruch|Einwilligung|"
    r"personenbezogen)|\bvous (?:pouvez|disposez|avez)\b|droit d.opposition|diritto di oppo|derecho de oposici|"
    r"\bu (?:kunt|heeft)\b|recht (?:van|op) bezwaar|direito de oposi|prawo (?:do )?sprzeciw",
    re.I,
)
_NOTICES = (
    # 15 USC 7704(b)(1)(A)(i) gives the words.
    _Notice(
        "en",
        ("otherwise transfer",),
        _all(
            r"\b(?:will|shall|do(?:es)?) not\b.{0,60}\bor otherwise transfer\b",
            r"\baddress",
            r"initiat|electronic mail|e-?mail",
        ),
    ),
    _Notice(
        "en",
        ("arvest", "crape", "ollect"),
        _all(
            r"\b(?:harvest|scrap|collect|gather)\w*\b.{0,120}\b(?:prohibit|forbid|not (?:be )?(?:allow|permit)|"
            r"not authori[sz]|may not)|"
            r"\b(?:prohibit|forbid|not (?:be )?(?:allow|permit)|not authori[sz]|may not|must not|do not|no)\w*\b"
            r".{0,80}\b(?:harvest|scrap|collect|gather)",
            r"e-?mail address|contact (?:data|details|information)|\baddresses\b",
            r"harvest|scrap|spam|unsolicited|bulk|mailing|marketing|advertis|automat",
        ),
        re.compile(
            r"we (?:do not|don.t|never|will not|may|only) (?:\w+ ){0,3}(?:collect|gather)|\bchildren\b|your e-?mail",
            re.I,
        ),
    ),
    _Notice(
        "en",
        ("bject", "ressly prohibit", "ot be used"),
        _all(
            r"\b(?:we|i)\b.{0,40}\bobject|hereby .{0,30}object|objection to|expressly prohibit|"
            r"(?:may|must|shall) not be used",
            r"contact (?:data|details|information)|e-?mail address|"
            r"addresses\b.{0,40}\b(?:site|page|imprint|legal notice)",
            r"advertis|unsolicited|spam|marketing|promotional",
        ),
        _READERS_RIGHT,
    ),
    _Notice(
        "de",
        ("idersp", "ntersagt", "icht erwünscht", "icht gestattet"),
        _all(
            r"widersprochen|\b(?:wir|ich)\b.{0,30}widersprechen|widerspreche\b|widersprechen (?:wir|ich|die|der)|"
            r"Widerspruch (?:gegen|zu[rm]?) |untersagt|nicht (?:erwünscht|gestattet|erlaubt)",
            r"Impressum|Kontaktdaten|Kontaktinformation|Adress|E-?Mail|veröffentlicht|Anbieterkennzeichnung|Offenlegung",
            r"Werbung|Werbe|Informationsmaterial|Spam|Newsletter|Direktmarketing|zu Marketing|Adresshand|"
            r"Zusendung|Übersendung",
        ),
        _READERS_RIGHT,
    ),
    _Notice(
        "de",
        ("idersp",),
        _all(
            r"\AWiderspruch(?: gegen(?: die Zusendung von| unverlangte)?| zu)? ?"
            r"(?:Werbe|Werbung|Spam|unverlangte)[\w\s./-]{0,40}\Z"
        ),
    ),
    _Notice(
        "fr",
        ("oppos", "nterdit"),
        _all(
            r"s.oppose(?:nt)?\b|nous (?:nous )?opposons|interdite?s?\b|opposition (?:expresse )?à",
            r"coordonnées|adresses? (?:e-?mail|électronique|de messagerie|de courriel)|mentions légales|courriel",
            r"publicit|prospection|non sollicit|spam|pourriel|démarch|commercial|collecte automatis|aspir",
        ),
        _READERS_RIGHT,
    ),
    _Notice(
        "it",
        ("oppon", "ietat", "n è consentit", "n autorizza"),
        _all(
            r"\bsi oppon|ci opponiamo|è (?:\w+ )?vietat|vietat[oaie]\b|non è consentit|non autorizza",
            r"dati di contatto|indirizz\w+ (?:e-?mail|di posta|elettronic)|recapiti|contatti pubblicati",
            r"pubblicit|non (?:richiest|sollecitat)|spam|promozional|marketing|commercial",
        ),
        _READERS_RIGHT,
    ),
    _Notice(
        "es",
        ("opone", "rohib", "rohíb", "o autoriza", "e permite"),
        _all(
            r"\bse opone|nos oponemos|prohíbe|prohibid[oa]|no (?:se )?autoriza|no se permite",
            r"datos de contacto|correos? electrónicos?|direcciones? (?:de correo|electrónica)|e-?mail",
            r"publicidad|publicitari|no solicitad|spam|comercial|promocional|mercadotecnia",
        ),
        _READERS_RIGHT,
    ),
    _Notice(
        "pt",
        ("opõe", "opomo", "roibid", "roíbe", "o autoriza"),
        _all(
            r"\bse opõe|opõe-se|opomo|proibid[oa]|proíbe|não (?:se )?autoriza",
            r"dados de contacto|dados de contato|endereços? (?:de e-?mail|eletrónic|eletrônic)|e-?mail",
            r"publicidade|publicitári|não solicitad|spam|comercia|promocion",
        ),
        _READERS_RIGHT,
    ),
    _Notice(
        "nl",
        ("bezwaar", "toegestaan", "erboden", "orden gebruikt"),
        _all(
            r"(?:maken|maakt|heeft|hebben|tekenen|tekent) (?:\w+ ){0,3}bezwaar|niet (?:\w+ )?toegestaan|verboden|"
            r"niet (?:\w+ )?worden gebruikt",
            r"contactgegevens|e-?mailadres|adresgegevens",
            r"reclame|ongevraagd|spam|commerciële|direct marketing|advertent",
        ),
        _READERS_RIGHT,
    ),
    _Notice(
        "pl",
        ("przeciw", "abrani", "abronion", "ie wyraża", "e zezwala"),
        _all(
            r"sprzeciw|zabrania|zabronion|nie wyraża\w* zgody|nie zezwala",
            r"danych kontaktowych|dane kontaktowe|adres\w* e-?mail|adres\w* poczty",
            r"reklam|niezamówion|spam|handlow|marketing",
        ),
        _READERS_RIGHT,
    ),
    _Notice(
        "cs",
        ("esouhlas", "akazuj", "akázán"),
        _all(
            r"nesouhlas|zakazuj|zakázán",
            r"kontaktní\w* údaj|e-?mailov\w* adres|adres\w* elektronick",
            r"reklam|nevyžádan|spam|obchodní",
        ),
        _READERS_RIGHT,
    ),
    _Notice(
        "nordic",
        ("undanb", "rabe", "tillåt", "ke tilla", "örbjud", "orbudt"),
        _all(
            r"undanb|frabe(?:d|r)|frabeder|(?:inte|ikke) (?:tillåt|tillat|tilladt)|förbjud|forbudt",
            r"kontaktuppgift|kontaktoplysning|kontaktinformation|e-?post|mailadress|e-?mail",
            r"reklam|spam|markedsføring|marknadsföring|oönskad|uønsket|uopfordret",
        ),
        _READERS_RIGHT,
    ),
)
_ALL_SIGNS = tuple(dict.fromkeys(sign for notice in _NOTICES for sign in notice.signs))
_LEGAL_PAGE = re.compile(
    r"impress|imprint|legal|privacy|terms|disclaimer|conta[ck]t|kontakt|datenschutz|rechtlich|agb|nutzungsbedingung|"
    r"offenlegung|mentions|confidentialit|conditions|note-legali|contatt|condizioni|aviso|contacto|contato|termos|"
    r"privacidad|voorwaarden|colofon|polityka|regulamin|podm[ií]nky|kontaktn|integritet|personvern|anti-?spam",
    re.I,
)
_SENTENCE_ENDS = re.compile(r"[.!?](?=\s+[A-ZÀ-Þ\"„«]|\s*\Z)")


def may_state_one(url: str, title: str) -> bool:
    """Whether a page is of the kind that states such things: a home page, or one about law, privacy or contacts."""
    path = url.partition("://")[2].partition("/")[2]
    return not path or _LEGAL_PAGE.search(path) is not None or _LEGAL_PAGE.search(title[:300]) is not None


def find_objection(text: str) -> str | None:
    """The first sentence of a page that objects to harvesting, at most LONGEST_QUOTE characters; None without one.

    `text` is running text whose blocks are parted by flow.BREAK.
    """
    present = frozenset(sign for sign in _ALL_SIGNS if sign in text)
    if not present:
        return None
    found = (one for notice in _NOTICES for one in _sentences_of(notice, text, present))
    return next((sentence[:LONGEST_QUOTE].rstrip() for sentence in found), None)


def _sentences_of(notice: _Notice, text: str, present: frozenset[str]) -> Iterator[str]:
    for sign in notice.signs:
        if sign in present:
            yield from (one for one in _sentences_with(text, sign) if _tells(notice, one))


def _tells(notice: _Notice, sentence: str) -> bool:
    if notice.but_not is not None and notice.but_not.search(sentence):
        return False
    return all(pattern.search(sentence) for pattern in notice.told_by)


def _sentences_with(text: str, sign: str) -> Iterator[str]:
    at = -1
    for _ in range(_MOST_TRIES):
        at = text.find(sign, at + 1)
        if at < 0:
            return
        sentence, end = _around(text, at)
        yield sentence
        at = max(at, end)


def _around(text: str, at: int) -> tuple[str, int]:
    """The sentence around that place in one line, and where it ends."""
    left = text[max(0, at - _LONGEST_SENTENCE) : at].rpartition(BREAK)[2]
    right = text[at : at + _LONGEST_SENTENCE].partition(BREAK)[0]
    starts = [match.end() for match in _SENTENCE_ENDS.finditer(left + " A") if match.end() <= len(left)]
    end = _SENTENCE_ENDS.search(right)
    stop = end.end() if end else len(right)
    begin = starts[-1] if starts else 0
    return " ".join((left[begin:] + right[:stop]).split()), at + stop
