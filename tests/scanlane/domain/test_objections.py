"""Notices that object to harvesting, in many languages, and the many sentences that only sound like one."""

import pytest

from scanlane.domain.flow import BREAK
from scanlane.domain.objections import LONGEST_QUOTE, find_objection

NOTICES = [
    "The operator of this website will not give, sell, or otherwise transfer addresses maintained by this website to "
    "any other party for the purposes of initiating, or enabling others to initiate, electronic mail messages.",
    "Harvesting of e-mail addresses from this site is strictly prohibited.",
    "You may not collect addresses from these pages by automated means for unsolicited mailing.",
    "We hereby expressly object to the use of contact details published here for sending unsolicited advertising.",
    "Contact information published in this legal notice must not be used for advertising purposes.",
    "Der Nutzung der im Rahmen der Impressumspflicht veröffentlichten Kontaktdaten durch Dritte zur Zusendung nicht "
    "verlangter Werbung wird ausdrücklich widersprochen.",
    "Wir widersprechen hiermit jeder kommerziellen Verwendung unserer Kontaktdaten zu Werbezwecken.",
    "Die Verwendung der Adressdaten dieses Impressums für Werbung ist untersagt.",
    "Der Verwendung der gemäß Offenlegung angegebenen Mail-Adressen für Werbung wird widersprochen.",
    "Widerspruch gegen Werbe-E-Mails",
    "L'éditeur s'oppose à l'utilisation de ses coordonnées à des fins de prospection non sollicitée.",
    "La collecte des adresses e-mail de ce site à des fins commerciales est interdite.",
    "È vietato l'uso dei dati di contatto pubblicati per l'invio di pubblicità non richiesta.",
    "Nos oponemos al uso de los datos de contacto publicados para el envío de publicidad no solicitada.",
    "É proibida a utilização dos endereços de e-mail deste sítio para publicidade não solicitada.",
    "Wij maken uitdrukkelijk bezwaar tegen gebruik van onze contactgegevens voor ongevraagde reclame.",
    "Nie wyrażamy zgody na wykorzystanie danych kontaktowych do przesyłania reklam.",
    "Nesouhlasíme s použitím kontaktních údajů k zasílání nevyžádané reklamy.",
    "Vi undanber oss reklam till de kontaktuppgifter som finns här.",
]
NO_NOTICES = [
    "You have the right to object to the use of your contact details for advertising.",
    "You can object to marketing at any time; write to our e-mail address.",
    "Sie können der Nutzung Ihrer E-Mail-Adresse für Werbung jederzeit widersprechen.",
    "Sie haben das Recht auf Widerspruch gegen die Verarbeitung Ihrer Kontaktdaten zu Werbezwecken.",
    "Vous pouvez vous opposer à la prospection par courriel à tout moment; vous disposez d'un droit d'opposition.",
    "U kunt bezwaar maken tegen reclame op uw e-mailadres.",
    "We do not collect e-mail addresses for marketing.",
    "We will not sell or share your e-mail address with advertisers.",
    "The grapes are harvested by hand in September; our address is Mill Lane 4.",
    "Rauchen ist untersagt. Werbung: unsere neue E-Mail.",
    "Smoking is prohibited. Write to our e-mail address for advertising.",
    "Der Widerspruch ist per E-Mail an den Verein zu richten.",
    "El uso de cámaras está prohibido; escriba un correo electrónico.",
    "",
]


@pytest.mark.parametrize("notice", NOTICES)
def test_a_notice_is_found_and_quoted_alone(notice: str) -> None:
    text = BREAK.join(("Imprint", f"Mill Lane 4 is our home. {notice} We bake bread.", "More"))
    heading = BREAK.join(("Imprint", notice, "Text"))

    found = find_objection(heading if notice.startswith("Widerspruch") else text)

    assert found == notice[:LONGEST_QUOTE].rstrip()


@pytest.mark.parametrize("sentence", NO_NOTICES)
def test_other_sentences_with_the_same_words_are_no_notices(sentence: str) -> None:
    assert find_objection(BREAK.join(("Privacy", sentence))) is None


def test_words_of_two_blocks_make_no_notice() -> None:
    assert find_objection(BREAK.join(("Kontaktdaten im Impressum, Werbung", "wird widersprochen"))) is None
