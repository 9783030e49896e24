"""What people do, as pages say it beside their names; and the department that a role address writes to."""

import re

from scanlane.domain.word_sets import words

LONGEST_POSITION = 80

# A text is a position if one of its words is, or begins so.
_POSITION_WORDS = words(
    "manager director head chief officer president vice-president chair chairman chairwoman chairperson secretary",
    "treasurer editor coordinator co-ordinator administrator assistant executive founder co-founder owner ceo cto cfo",
    "coo engineer developer designer consultant partner associate analyst specialist representative supervisor",
    "professor lecturer researcher teacher principal dean librarian registrar curator conductor organist pastor priest",
    "vicar minister deacon nurse doctor physician dentist therapist attorney lawyer solicitor accountant architect",
    "photographer journalist reporter producer trainer coach instructor captain warden clerk mayor councillor",
    "webmaster postdoc student chef baker cook sales lead superintendent agent broker advisor adviser technician",
    "leiter leiterin leitung geschäftsführer geschäftsführerin geschäftsführung geschäftsleitung obmann obfrau",
    "advokat advokatfullmektig partner kassiererin sekretariat aktuar aktuarin revisor revisorin beisitzer",
    "vorstand vorstandsmitglied vorsitzender vorsitzende kassier kassierer kassierin schriftführer schriftführerin",
    "inhaber inhaberin trainerin jugendleiter referent referentin sekretärin assistentin assistenz ansprechpartner",
    "präsident präsidentin vizepräsident pfarrer pfarrerin bürgermeister bürgermeisterin redakteur redakteurin",
    "mitarbeiter mitarbeiterin beauftragter beauftragte stellvertreter stellvertreterin lehrer lehrerin rechtsanwalt",
    "rechtsanwältin steuerberater facharzt ärztin arzt architektin meister meisterin prokurist prokuristin",
    "directeur directrice responsable président présidente secrétaire trésorier trésorière rédacteur rédactrice gérant",
    "gérante chef enseignant conseiller conseillère maire chargé chargée directora presidente presidenta secretario",
    "secretaria tesorero tesorera gerente jefe jefa coordinador coordinadora profesor profesora abogado encargado",
    "direttore direttrice segretario segretaria tesoriere responsabile redattore titolare docente avvocato sindaco",
    "diretor diretora coordenador coordenadora gerente professora voorzitter secretaris penningmeester bestuurslid",
    "directeur medewerker eigenaar ordförande kassör ledamot rektor chefredaktör leder styreleder daglig kasserer",
    "formand næstformand direktør puheenjohtaja sihteeri toimitusjohtaja předseda ředitel ředitelka jednatel tajemník",
    "prezes dyrektor kierownik sekretarz skarbnik elnök titkár igazgató ügyvezető директор менеджер президент",
    "секретарь руководитель διευθυντής πρόεδρος γραμματέας",
)
_SURNAMES_TOO = words("baker cook chef clerk dean mayor priest deacon coach captain sales pastor principal warden")
_POSITION_STEMS = (
    "leiter", "leiterin", "leitung", "referent", "referentin", "manager", "managerin", "sekretär", "sekretärin",
    "führer", "führerin", "wart", "meister", "vorsitzender", "vorsitzende", "beauftragter", "beauftragte", "trainer",
    "direktor", "direktorin", "assistentin", "berater", "beraterin", "redakteur", "redakteurin", "chef",
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_EDGES = " \t\n,;:|·•–—-*()[]/"

# Hunter's departments, for role names that say one for sure. Source: hunter.io/api-documentation, "department".
_DEPARTMENTS = {
    "sales": "sales sale verkauf vertrieb ventas vendas vendite verkoop salg myynti försäljning sprzedaz commercial",
    "support": "support help helpdesk service customerservice kundenservice kundendienst klantenservice asiakaspalvelu",
    "marketing": "marketing advertising werbung",
    "communication": "press presse media pr prensa stampa publicity communication communications redaktion redactie",
    "hr": "hr jobs careers career recruiting recruitment karriere bewerbung personal personalabteilung empleo lavoro",
    "finance": "billing finance accounting accounts invoice invoices buchhaltung rechnung boekhouding comptabilite",
    "legal": "legal privacy dpo gdpr datenschutz",
    "it": "it webmaster hostmaster postmaster noc sysadmin",
    "management": "ceo director direktion direction geschaeftsfuehrung geschäftsführung board vorstand president",
    "executive": "executive",
    "education": "admissions admission students studentenwerk",
    "operations": "logistics operations purchasing procurement einkauf",
}
_DEPARTMENT_OF = {name: department for department, line in _DEPARTMENTS.items() for name in line.split()}


def position_in(text: str) -> str | None:
    """The text as a position ("Head of Sales"), or None if it does not read like one."""
    plain = " ".join(text.split()).strip(_EDGES)
    if not 2 <= len(plain) <= LONGEST_POSITION or any(sign in plain for sign in "@?!=<>{}") or plain.endswith("."):
        return None
    told = [word.lower() for word in _WORD.findall(plain)]
    if len(told) > 9 or any(letter.isdigit() for letter in plain):
        return None
    if len(told) == 2 and plain.istitle() and told[-1] in _SURNAMES_TOO and told[0] not in _POSITION_WORDS:
        return None
    return plain if any(map(_is_position_word, told)) else None


def stated_position(text: str) -> str | None:
    """What structured data calls a position, cut to size."""
    plain = " ".join(text[: 4 * LONGEST_POSITION].split()).strip(_EDGES)
    return plain[:LONGEST_POSITION] if len(plain) > 1 and "@" not in plain else None


def department_of(value: str) -> str | None:
    """The department that a role address names ("sales@" -> "sales"), or None."""
    local = value.lower().partition("@")[0]
    return _DEPARTMENT_OF.get(local)


def names_role(position: str, local: str) -> bool:
    """Whether a position and the local part of a role address say the same: "Club secretary", secretary@."""
    told = {word.lower() for word in _WORD.findall(position)}
    return any(len(part) > 3 and part in told for part in re.split(r"[._+\-\d]+", local.lower()))


def is_personal_role(local: str) -> bool:
    """Whether the local part is that of a post which one person holds: president@, secretary@."""
    return any(part in _POSITION_WORDS for part in re.split(r"[._+\-\d]+", local.lower()) if len(part) > 3)


def _is_position_word(word: str) -> bool:
    return word in _POSITION_WORDS or (len(word) > 8 and word.endswith(_POSITION_STEMS))
