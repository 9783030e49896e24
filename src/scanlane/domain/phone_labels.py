"""The words before a number that say what it is: one to dial, a fax, or no telephone number at all."""

import re

from scanlane.domain.word_sets import words


def _any_of(*lines: str) -> str:
    """An alternation of the words of the lines, longest first; "_" stands for a space or none."""
    sorted_words = sorted(words(*lines), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word).replace("_", r"\.?\s?") for word in sorted_words) + ")"


# en, de, fr, es, pt, it, nl, da/no/sv, fi, is, pl, cs/sk, hu, ro, hr/sl/sr, el, ru/uk/bg, tr, ar, he, zh, ja, ko, th.
_DIAL = _any_of(
    "tel tele telephone telephones telefon telefono teléfono teléfonos telefonos telefone telefones",
    "téléphone telefoon",
    "telf telefonisch telefonnummer telefonicznie tél tél. phone phones ph phonenumber fon fono fonos fone rufnummer",
    "fernruf ruf festnetz zentrale durchwahl mob mobil mobile mobiltelefon mobilní mobiel móvil movil telemóvel",
    "telemovel",
    "cell cellulare cell_phone cel celular cellphone handy natel gsm portable komórka komórkowy tlf",
    "tlf_nr puh puhelin",
    "puhelinnumero gsm-numero sími síma matkapuhelin tn tfn telefonnr whatsapp whats_app signal sms viber",
    "call call_us call_on call_at ring anruf anrufen appelez appeler bel bellen zadzwoń zadzwon volejte llame",
    "llámanos llamanos llámenos text_us",
    "llamar ligue",
    "ligue_para chiama chiamare hotline helpline infoline infolinia service-hotline kundenhotline bürgertelefon",
    "numero_verde",
    "notruf notfall notdienst bereitschaft emergency office büro kontakt contact hlp linia linka телефон",
    "телефоны тел моб",
    "факс τηλ τηλέφωνο τηλεφωνο κιν κινητό هاتف الهاتف تلفون جوال טלפון טל נייד 电话 電話 電話番号",
    "手机 热线 客服电话 联系电话",
    "전화 전화번호 대표전화 휴대폰 โทร โทรศัพท์ điện_thoại đt telepon telp hp toll-free toll_free",
    "tollfree freephone freecall",
    "direct direkt ddi directo switchboard sekretariat sekretär rezeption empfang reception bookings",
    "reservations reservierung",
)
_FAX = _any_of(
    "fax telefax faks fax-nr faxnummer télécopie telecopie télécopieur факс φαξ 传真 傳真 ファックス ファクス 팩스"
)
_LETTERS = r"(?:(?-i:(?<!\w)[TMP]\s?[.:|]?(?=\s|[+(]|\Z))|(?<![\w.])(?:[tmp]|kom)\s?[.:])"
_SIGNS = r"[\u260e\u260f\u2706\u2121\U0001f4de\U0001f4f1\U0001f4f2\U0001f57b]"
_BETWEEN = (
    r"[^\w+(]{0,12}(?:\([^)\d]{0,25}\)[^\w+(]{0,4})?"
    r"(?:(?:nr|no|n°|number|nummer|unter|under|at|on|us|us at|us on|au|le|al|ao|el|il|op|på|на)\b[^\w+(]{0,4})?"
)
_LABEL = re.compile(rf"(?:(?<!\w)(?:{_DIAL}|{_FAX})|{_LETTERS}|{_SIGNS}){_BETWEEN}\Z", re.IGNORECASE)
_NEAR = re.compile(
    rf"(?<!\w)(?:tel[eé]?(?:ph?on[a-zé]*|foon)?|phone|hotline|whatsapp|{_FAX})\b[^\d+]{{0,20}}\Z", re.IGNORECASE
)
_IS_FAX = re.compile(rf"(?<!\w){_FAX}[^\d+]{{0,20}}[+(]{{0,2}}\s?\d", re.IGNORECASE)

# Numbers of registers, banks, taxes, goods, books, places; of pages and of posts.
_OTHER = _any_of(
    "iban bic swift blz kto konto kontonummer kontonr konto-nr kto-nr acct sort_code account_no",
    "account_number bankgiro plusgiro",
    "bankleitzahl",
    "vat vat_no vat_reg tva mwst ust ust-id ust-idnr ustid uid steuernummer steuer-nr st-nr stnr steuernr",
    "finanzamt tax ein tin",
    "hrb hra handelsregister registergericht vereinsregister vr fn firmenbuchnummer firmenbuch zvr zvr-zahl che",
    "siret siren rcs",
    "ape naf cnil p_iva piva partita_iva c_f cf codice_fiscale codice_sdi rea cif nif nipc dni cuit cuil rut",
    "rfc nip regon krs",
    "pesel ičo ico dič dic ičdph oib mbs mb pib matični adószám cégjegyzékszám cui cif kvk btw rsin bsn ogm",
    "org_nr orgnr orgnummer",
    "organisasjonsnummer organisationsnummer kontonr kontonummer cvr cvr-nr y-tunnus ytunnus инн кпп огрн окпо",
    "бик р/с edrpou єдрпоу",
    "vergi_no mersis cnpj cpf cep inscrição ie abn acn gst gstin pan cin nit ruc licence license licencia",
    "registration registered",
    "registration_no reg_no reg company_no company_number charity_no charity_number isbn issn doi ean gtin sku",
    "upc asin mpn",
    "artikelnummer artikel-nr art-nr art_nr bestell-nr bestellnummer best-nr order_no order_number",
    "invoice_no rechnung",
    "rechnungsnummer ref",
    "reference référence referenz aktenzeichen az kundennummer kd-nr model modell serial serien-nr version id",
    "no. code_postal cp",
    "plz zip postcode postal_code postfach po_box p_o_box icp icp备 备案号 公网安备 登録番号",
    "法人番号 사업자등록번호 사업자번호 통신판매업",
    "lat lon lng latitude longitude gps koordinaten coordinates seite seiten pages pp page spenden-konto",
    "spendenkonto gläubiger-id",
)
_NO_LABEL = re.compile(
    rf"(?<!\w){_OTHER}(?:[\s.:#/-]{{0,4}}(?:nr|no|n°|number|nummer|code|id))?[\s.:#()/№°-]{{0,6}}(?:[A-Z]{{1,3}}[\s-]?)?\Z",
    re.IGNORECASE,
)


def announces_number(before: str) -> bool:
    """Whether the text before some digits says that they are a telephone or fax number."""
    return _LABEL.search(before) is not None or _NEAR.search(before) is not None


def announces_other(before: str) -> bool:
    """Whether the text before some digits says that they are the number of something else."""
    return _NO_LABEL.search(before) is not None


def is_fax(context: str) -> bool:
    """Whether the words before a number call it a fax number."""
    return _IS_FAX.search(context) is not None
