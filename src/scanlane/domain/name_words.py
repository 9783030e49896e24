"""Words that tell a person's name from what else stands in two or three capitalised words on a page."""

from scanlane.domain.word_sets import words

# Academic and clerical titles, without dots; they are cut off a name and kept beside it.
TITLES = words(
    "dr prof professor professorin univ univ-prof mag maga di ing dipl dipl-ing lic ir drs doc rev revd father fr",
    "sir dame hon rabbi imam pfr pfarrer pastor pastorin dott dottssa avv arch ing geom rag prof-ing profssa",
    "mudr judr phdr rndr mgr bc mddr mvdr ra stb med iur rer nat phil habil hc priv-doz pd dekan abt dra profa",
    "prof-dr dr-ing dr-med priv doz em magister lektor docent maitre me dipl-kfm dipl-psych dipl-päd",
)
# Ways to address somebody: dropped.
SALUTATIONS = words("herr frau mr mrs ms miss mx mme mlle monsieur madame sig sigra señor señora sr sra pan pani")
# Degrees and the like behind a name.
SUFFIXES = words(
    "phd dphil md ma msc bsc ba mba mphil llm llb med mfa bfa mlis cpa rn esq jd dds dvm frcs pe psyd edd ed",
    "ma(hons) beng meng ksc qc kc obe mbe cbe bed mpa msw lcsw mch fh hons mag bakk",
)
PARTICLES = words(
    "van von de der den di da del della la le du dos das do ter ten te zu zum zur vom bin bint ibn al el y e i af av",
    "und zur 't op am auf san des dal degli",
)

# No part of a person's name: what links, headings and labels say, in the languages of the crawled web.
NOT_NAMES = words(
    # Calls to act and navigation
    "contact contacts us write email e-mail mail send message click here more learn read view see get find follow join",
    "now today our your my the a an and or for with from about at by on in to of is are we you this that all new next",
    "previous back home page menu search close open download subscribe submit reply request book apply register sign",
    "log login logout donate give help please call phone telephone tel fax mobile cell address website web site map",
    "directions hours opening details information info questions question faq enquire enquiry enquiries ask feedback",
    "welcome hello thank thanks dear best regards sincerely yours copyright rights reserved privacy policy terms",
    "conditions cookie cookies imprint legal notice news blog events event calendar gallery photos video services",
    "products shop store cart checkout free online first last name full general main other address street road avenue",
    "lane drive boulevard square suite floor building room box city town village county zip code",
    # Organisations
    "gmbh ag kg ohg ug mbh ev e.v. inc llc ltd limited plc corp corporation company co group holding sa sarl sas sl",
    "srl spa bv nv oy ab as aps sro kft zrt association verein club society foundation stiftung institute institut",
    "university universität université universidad college school schule church kirche parish pfarre gemeinde hotel",
    "restaurant cafe café bakery museum theatre theater library hospital clinic center centre committee council board",
    "department abteilung office büro agency agentur studio team staff crew federation union party network trust",
    "ministry bureau laboratory lab labs faculty division section chapter project program programme press media music",
    "orchestra choir band festival conference workshop academy league association workshop consulting services",
    "solutions systems software technologies technology design partners associates brothers sons enterprises",
    "art arts artist artists show shows alley dealer dealers channel announcement announcements telegram",
    "twitter facebook dance game games food bar kitchen garden house farm market fair charity guest guests visitor",
    # Functions (a function beside a name is the position, and no part of the name)
    "manager director head chief officer president vice chair chairman chairwoman chairperson secretary treasurer",
    "editor coordinator administrator assistant executive founder owner ceo cto cfo coo engineer developer designer",
    "sales support service customer marketing accounting accounts finance human resources hr it technical admin",
    "webmaster membership member members volunteer volunteers education research publications registrar librarian",
    "leiter leiterin leitung geschäftsführer geschäftsführung obmann obfrau vorstand vorsitzender vorsitzende kassier",
    "kassierer schriftführer sekretariat verwaltung ansprechpartner ansprechpartnerin redaktion inhaber mitglied",
    "präsident vizepräsident trainer jugend obmann-stellvertreter stellvertreter beauftragter referent referentin",
    "directeur directrice responsable président présidente secrétaire trésorier trésorière rédaction directora",
    "presidente secretario secretaria tesorero tesorera gerente jefe coordinador coordinadora direttore direttrice",
    "segretario segreteria tesoriere redazione diretor coordenador bestuur voorzitter secretaris penningmeester",
    "styrelse ordförande kassör leder kasserer formand předseda ředitel prezes dyrektor sekretarz elnök titkár",
    # German, French, Spanish, Italian calls and labels
    "kontakt kontaktieren sie schreiben uns mehr erfahren hier klicken über startseite impressum datenschutz anfahrt",
    "öffnungszeiten telefon handy mobil adresse anschrift straße strasse platz weg gasse der die das und oder für mit",
    "unser unsere ihr ihre bitte zur zum auf allgemeine anfragen termine aktuelles angebot leistungen",
    "contacter nous écrire envoyer accueil mentions légales téléphone adresse rue place horaires plus lire notre nos",
    "votre vos les des une et ou pour avec contacto contáctenos escríbanos enviar correo inicio aviso teléfono",
    "dirección calle nuestro nuestra más leer contatti scrivici invia posta chi siamo telefono indirizzo via piazza",
    "orari nostro nostra leggi contato contacte enviar telefone endereço rua sobre nós neem op met ons onze bel",
    "contakt kontakta oss skriv till om ring kontaktujte napište nám adresa napisz yhteystiedot yhteyttä",
    # Months and days
    "january february march april may june july august september october november december januar februar märz mai",
    "juni juli oktober dezember jänner janvier février mars avril juin juillet août septembre octobre",
    "décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre gennaio",
    "febbraio aprile maggio giugno luglio settembre ottobre dicembre monday tuesday wednesday thursday friday",
    "saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi",
    "samedi dimanche lunes martes miércoles jueves viernes sábado domingo",
    # Places whose names look like people's
    "north south east west northern southern eastern western united kingdom states america american european german",
    "english french spanish italian british great new york los angeles francisco diego london paris berlin wien vienna",
    "zürich england germany deutschland österreich austria schweiz switzerland france españa italia canada australia",
    "international national regional local global central public private royal annual summer winter spring autumn",
)
