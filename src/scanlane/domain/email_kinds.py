"""What an address is for, told by its name alone: a role, a person, nobody; a webmail box."""

import re

from scanlane.domain.word_sets import words

# Functions of an organisation, in the languages of the crawled web. One name per word; compounds are split first.
_ROLE_WORDS = words(
    # English
    "info information contact contacts office mail email e-mail hello hi hey team all",
    "admin administrator administration",
    "support help helpdesk service services customer customers customerservice care sales sale order",
    "orders shop store",
    "booking bookings reservation reservations reception frontdesk hotel billing invoice",
    "invoices accounts accounting",
    "accountant finance payments payroll hr jobs job career careers recruiting recruitment apply applications press",
    "media pr publicity marketing advertising ads events event program programme programs programming tickets ticket",
    "membership members member registration register refunds conference papers posters editor editors editorial news",
    "newsletter subscribe webmaster web postmaster hostmaster abuse security privacy legal dpo",
    "gdpr compliance feedback",
    "enquiries enquiry inquiry inquiries general main post desk partner partners affiliate business director board",
    "chair president secretary treasurer chairman committee council library school church parish club volunteer",
    "volunteers donate donations charity research studio gallery art photo photos video publications social",
    "socialmedia housing safety operations logistics warehouse purchasing procurement quality",
    "export import technical",
    "tech it engineering developer developers dev webadmin root noc sysadmin students student admissions alumni",
    "wholesale tours tour bakers pastry guides",
    "enrolment kitchen restaurant bakery farm clinic practice dental reservas",
    # German
    "kontakt empfang sekretariat verwaltung buero buro büro bestellung bestellungen verkauf",
    "vertrieb einkauf buchhaltung",
    "rechnung rechnungen personal bewerbung bewerbungen karriere presse redaktion werbung",
    "anfrage anfragen kundenservice",
    "kundendienst datenschutz impressum vorstand vorsitzender vorsitz kassier kassierer kassenwart schriftfuehrer",
    "schriftführer jugend jugendleiter geschaeftsstelle geschäftsstelle geschaeftsfuehrung",
    "praesident präsident aktuar",
    "gemeinde pfarramt pfarrbuero rathaus poststelle buchung reservierung praxis kanzlei schule verein mitglieder",
    "spenden ticketing veranstaltung veranstaltungen technik lager werkstatt zentrale leitung",
    # French
    "accueil secretariat secrétariat bonjour commande commandes commercial comptabilite direction presse recrutement",
    "emploi mairie reservation réservation webmestre communication adhesion boutique",
    # Spanish, Portuguese, Italian
    "contacto informacion información administracion ventas pedidos reservas prensa empleo secretaria contato vendas",
    "comercial financeiro atendimento geral contabilidade contatti informazioni segreteria amministrazione vendite",
    "ordini prenotazioni stampa ufficio direzione lavoro acquisti biglietteria",
    # Dutch, Nordic, Baltic, Slavic, others
    "verkoop bestellen boekhouding administratie bestuur secretaris penningmeester redactie klantenservice",
    "firmapost kundeservice salg regnskap faktura styret leder kasserer redaksjon kontor resepsjon ordre",
    "bestilling forsaljning försäljning ekonomi kundtjanst reklam toimisto myynti asiakaspalvelu tiedotus hallitus",
    "biuro sekretariat sprzedaz sprzedaż zamowienia kadry redakcja recepcja obchod objednavky prodej podpora",
    "kancelar ucetni titkarsag ugyfelszolgalat iroda iletisim bilgi satis destek priemnaya zakaz otdel",
    "direccion dirección gerencia recepcion recepción facturacion facturación contabilidad tienda atencion taller",
    "prensa rrhh compras clientes secretaría direcao direção loja encomendas faturacao recepcao recursoshumanos geral",
    "negozio fatture fatturazione contabilita reception prenota ordini officina parrocchia comune protocollo",
    "facturation comptabilité livraison magasin atelier paroisse commerce vente ventes devis",
    "winkel klantendienst facturen inkoop receptie bestellingen personeelszaken vacatures receptionist",
    "kundservice kundtjänst butik butikk butikken bokning booking bestallning beställning ordrar fakturor forening",
    "kundecenter kundesenter post postmottak regnskab bogholderi sekretariatet kontoret salgskontor kirkekontor",
    "myymala myymälä kauppa laskutus tilaukset varaukset varaus asiakaspalvelu vaihde kirjaamo",
    "sklep sklepu ksiegowosc księgowość zamówienia rezerwacje rezerwacja obsluga serwis praca dyrekcja",
    "objednávky obchodni fakturace fakturacia rezervace rezervacie recepce recepcia reditel predajna prodejna",
    "rendeles rendelés foglalas foglalás penzugy szamlazas recepcio uzlet vevoszolgalat",
    "comenzi vanzari rezervari secretariat contabilitate receptie birou magazin relatii",
    "narudzbe prodaja racunovodstvo tajnistvo rezervacije trgovina info-servis uprava",
    "siparis rezervasyon muhasebe magaza musteri insankaynaklari sekreterlik",
    "zakazy prodazhi sklad buhgalteria bronirovanie magazin priem reklama",
    "инфо почта заказ заказы продажи бухгалтерия приемная магазин info-desk",
)
# en, fr, es, pt, it, ca, nl, de, da/no/sv, fi, pl, cs/sk, hu, ro, ru, tr
_NO_REPLY = re.compile(
    r"(?:\A|[-._+])(?:"
    r"(?:no|not|do[-._]?not|dont|never)[-._]?(?:reply|respond|answer)|ne[-._]?pas[-._]?r[eé]pondre|"
    r"no[-._]?(?:responder|responda|contestar|conteste|respongueu)|n[aã]o[-._]?respond[ae]r?|"
    r"non?[-._]?rispond(?:ere|ete)|niet[-._]?(?:be)?antwoorden|geen[-._]?antwoord|"
    r"(?:bitte[-._]?)?(?:nicht[-._]?antworten|keine?[-._]?antwort(?:en)?)|(?:ikke|ej|inte)[-._]?(?:besvar|svar)\w{0,3}|"
    r"svar[-._]?(?:ikke|ej|inte)|[aä]l[aä][-._]?vastaa|nie[-._]?odpowiadaj|neodpov(?:idat|idejte|edat|edajte)|"
    r"ne[-._]?valaszolj\w{0,3}|nu[-._]?raspunde\w{0,3}|ne[-._]?otvechat|yanitlamay\w{0,3}|cevaplamay\w{0,3}"
    r")(?:\Z|[-._+\d])|(?:no|do[-._]?not)[-._]?reply|bounces?\Z|mailer-daemon",
    re.I,
)
_WORD_BREAK = re.compile(r"[._+\-\d]+")

_WEBMAIL = words(
    "gmail.com googlemail.com hotmail.com outlook.com live.com msn.com yahoo.com ymail.com rocketmail.com aol.com",
    "icloud.com me.com mac.com proton.me protonmail.com pm.me mail.com email.com gmx.net gmx.de gmx.at gmx.ch",
    "gmx.com web.de t-online.de freenet.de arcor.de posteo.de mailbox.org bluewin.ch sunrise.ch hispeed.ch",
    "orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr libero.it virgilio.it alice.it tin.it tiscali.it",
    "yandex.ru yandex.com mail.ru bk.ru inbox.ru list.ru rambler.ru ukr.net wp.pl o2.pl onet.pl interia.pl op.pl",
    "seznam.cz centrum.cz azet.sk zoznam.sk freemail.hu citromail.hu abv.bg naver.com daum.net hanmail.net qq.com",
    "163.com 126.com sina.com sohu.com foxmail.com comcast.net verizon.net att.net sbcglobal.net bellsouth.net",
    "cox.net charter.net earthlink.net btinternet.com sky.com virginmedia.com ntlworld.com talktalk.net",
    "telenet.be skynet.be ziggo.nl kpnmail.nl planet.nl home.nl xs4all.nl hetnet.nl online.no telia.com",
    "bigpond.com optusnet.com.au xtra.co.nz terra.com.br uol.com.br bol.com.br rediffmail.com zoho.com",
    "fastmail.com hushmail.com tutanota.com tuta.io iinet.com.au shaw.ca rogers.com",
    "mail.de email.de online.de magenta.de kabelmail.de kabelbw.de unitybox.de vodafone.de vodafonemail.de o2online.de",
    "alice-dsl.net ewetel.net ewe.net osnanet.de versanet.de netcologne.de nexgo.de htp-tel.de mnet-mail.de",
    "tutanota.de",
    "chello.at aon.at utanet.at a1.net kabsi.at liwest.at bluemail.ch swissonline.ch vtxmail.ch netplus.ch",
    "protonmail.ch",
    "numericable.fr bbox.fr aliceadsl.fr club-internet.fr telefonica.net inwind.it iol.it sapo.pt iol.pt netcabo.pt",
    "otenet.gr hol.gr in.gr upcmail.hu indamail.hu t-email.hu email.cz post.cz volny.cz tiscali.cz quick.cz gazeta.pl",
    "poczta.fm poczta.onet.pl tlen.pl vp.pl comhem.se bredband.net spray.se jubii.dk mail.dk stofanet.dk webspeed.dk",
    "broadpark.no frisurf.no c2i.net getmail.no kolumbus.fi elisanet.fi luukku.com suomi24.fi siol.net t-1.si net.hr",
    "inet.hr ptt.rs sbb.rs eunet.rs mts.rs mail.bg tut.by i.ua meta.ua bigmir.net inbox.lv mail.ee hot.ee walla.co.il",
    "walla.com bezeqint.net netvision.net.il eircom.net blueyonder.co.uk tiscali.co.uk btopenworld.com",
    "ig.com.br globo.com",
    "arnet.com.ar fibertel.com.ar cantv.net telkomsa.net mweb.co.za telus.net sympatico.ca videotron.ca bell.net",
    "windstream.net frontier.com frontiernet.net roadrunner.com mindspring.com optonline.net juno.com ameritech.net",
    "pacbell.net swbell.net westnet.com.au tpg.com.au ozemail.com.au clear.net.nz slingshot.co.nz netvigator.com",
    "singnet.com.sg 139.com 189.cn yeah.net aliyun.com hanmail.com nate.com",
)
_WEBMAIL_FAMILIES = re.compile(r"(?:yahoo|hotmail|outlook|live|gmx|ymail)\.(?:[a-z]{2}|com?\.[a-z]{2})\Z")

_TO_BE_REMOVED = re.compile(
    r"no-?_?spam|anti-?spam|spam-?frei|spam-?block|(?:remove|delete)-?_?(?:this|me|spam)|bitte-?entfernen|entfernemich",
    re.I,
)


def kind_of(value: str) -> str:
    """The type of an address: no-reply, role or personal."""
    local, _, domain = value.lower().partition("@")
    if _NO_REPLY.search(local):
        return "no-reply"
    stem = domain.split(".")[-2] if "." in domain else domain
    return "role" if is_role(local) or local == stem else "personal"


def is_role(local: str) -> bool:
    """Whether the name before the '@' is that of a function: "info", "press.office"."""
    lower = local.lower()
    return lower in _ROLE_WORDS or not _ROLE_WORDS.isdisjoint(_WORD_BREAK.split(lower))


def is_webmail(domain: str) -> bool:
    """Whether anybody can have an address there."""
    return domain in _WEBMAIL or _WEBMAIL_FAMILIES.match(domain) is not None


def has_words_to_remove(value: str) -> bool:
    """Whether a visitor is expected to cut a word out of the address before writing to it."""
    return _TO_BE_REMOVED.search(value) is not None
