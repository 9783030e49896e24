"""Contact, legal and about pages in the languages of the web, by address and by link text."""

from urllib.parse import quote

import pytest

from scanlane.domain.link_priority import CONTACT, PEOPLE, PRIVACY, priority

# The words of menus: contact; imprint, legal notice or terms; about or team.
MENUS = {
    "Albanian": ("Na kontaktoni", "Impressum", "Rreth nesh"),
    "Arabic": ("اتصل بنا", "سياسة الخصوصية", "من نحن"),
    "Armenian": ("Կապ", "Privacy", "Մեր մասին"),
    "Azerbaijani": ("Əlaqə", "Privacy", "Haqqımızda"),
    "Basque": ("Harremanetarako", "Lege-oharra", "Nor gara"),
    "Bengali": ("যোগাযোগ", "গোপনীয়তা নীতি", "আমাদের সম্পর্কে"),
    "Bulgarian": ("Контакти", "Общи условия", "За нас"),
    "Catalan": ("Contacte", "Avís legal", "Qui som"),
    "Chinese": ("联系我们", "隐私政策", "关于我们"),
    "Croatian": ("Kontaktirajte nas", "Pravne napomene", "O nama"),
    "Czech": ("Kontakty", "Obchodní podmínky", "O nás"),
    "Danish": ("Kontakt os", "Juridisk meddelelse", "Om os"),
    "Dutch": ("Neem contact op", "Colofon", "Over ons"),
    "English": ("Contact us", "Legal notice", "About us"),
    "Estonian": ("Võta ühendust", "Privaatsuspoliitika", "Meeskond"),
    "Finnish": ("Ota yhteyttä", "Tietosuojaseloste", "Henkilökunta"),
    "French": ("Contactez-nous", "Mentions légales", "Qui sommes-nous"),
    "Georgian": ("კონტაქტი", "Privacy", "ჩვენ შესახებ"),
    "German": ("Kontakt", "Impressum", "Über uns"),
    "Greek": ("Επικοινωνία", "Όροι χρήσης", "Σχετικά με εμάς"),
    "Hebrew": ("צור קשר", "מדיניות פרטיות", "אודות"),
    "Hindi": ("संपर्क करें", "गोपनीयता नीति", "हमारे बारे में"),
    "Hungarian": ("Kapcsolat", "Impresszum", "Rólunk"),
    "Icelandic": ("Hafðu samband", "Persónuvernd", "Um okkur"),
    "Indonesian": ("Hubungi kami", "Kebijakan privasi", "Tentang kami"),
    "Italian": ("Contatti", "Note legali", "Chi siamo"),
    "Japanese": ("お問い合わせ", "特定商取引法に基づく表記", "会社概要"),
    "Korean": ("문의하기", "개인정보처리방침", "회사소개"),
    "Latvian": ("Kontakti", "Rekvizīti", "Par mums"),
    "Lithuanian": ("Susisiekite", "Rekvizitai", "Apie mus"),
    "Norwegian": ("Kontakt oss", "Personvern", "Om oss"),
    "Persian": ("تماس با ما", "حریم خصوصی", "درباره ما"),
    "Polish": ("Skontaktuj się", "Polityka prywatności", "Zespół"),
    "Portuguese": ("Fale conosco", "Aviso legal", "Quem somos"),
    "Romanian": ("Contactează-ne", "Termeni și condiții", "Despre noi"),
    "Russian": ("Контакты", "Реквизиты", "О компании"),
    "Serbian": ("Контакт", "Импресум", "О нама"),
    "Slovak": ("Kontakt", "Ochrana osobných údajov", "O nás"),
    "Slovene": ("Stik z nami", "Pravno obvestilo", "O nas"),
    "Spanish": ("Contáctenos", "Aviso legal", "Quiénes somos"),
    "Swahili": ("Wasiliana nasi", "Faragha", "Kuhusu sisi"),
    "Swedish": ("Kontakta oss", "Integritetspolicy", "Om oss"),
    "Thai": ("ติดต่อเรา", "นโยบายความเป็นส่วนตัว", "เกี่ยวกับเรา"),
    "Turkish": ("İletişim", "Künye", "Hakkımızda"),
    "Ukrainian": ("Зв'яжіться з нами", "Реквізити", "Про нас"),
    "Vietnamese": ("Liên hệ", "Điều khoản", "Giới thiệu"),
}
LEAST = (CONTACT, PRIVACY, PEOPLE)
CASES = [
    pytest.param(word, least, id=f"{language}-{word}")
    for language, words in MENUS.items()
    for word, least in zip(words, LEAST, strict=True)
]


def address(word: str) -> str:
    """The path that a website would have for it."""
    return "/" + "-".join(word.lower().replace("'", " ").split())


class TestLanguages:
    @pytest.mark.parametrize(("word", "least"), CASES)
    def test_link_texts_are_known(self, word: str, least: int) -> None:
        assert priority("/p7", word) >= least

    @pytest.mark.parametrize(("word", "least"), CASES)
    def test_addresses_are_known_written_out_or_escaped(self, word: str, least: int) -> None:
        assert priority(address(word)) >= least
        assert priority(quote(address(word)) + ".html") >= least

    @pytest.mark.parametrize(
        "path",
        [
            "/contacteaza-ne",
            "/politika-privatnosti",
            "/henkilokunta",
            "/hakkimizda",
            "/zespol",
            "/gioi-thieu",
            "/doi-ngu",
            "/lien-he",
            "/vart-team",
            "/hafdu-samband",
            "/o-kompanii",
            "/chinh-sach-bao-mat",
        ],
    )
    def test_addresses_without_accents_are_known(self, path: str) -> None:
        assert priority(path) >= PRIVACY

    @pytest.mark.parametrize("text", ["meist gelesen", "Tim", "Kuchen und Torten", "хлеб", "ขนมปัง", "रोटी", "bánh mì"])
    def test_other_words_promise_nothing(self, text: str) -> None:
        assert priority("/p7", text) < PRIVACY
