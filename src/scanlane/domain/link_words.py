"""The words by which pages that say how to reach somebody are linked and addressed, in some forty languages.

Words are compared without accents and in lower case; several words that belong together are joined by hyphens. Words
that mean something else in another language are left out, or stand here in company only.
"""

CONTACT = """
    contact contacts contactus contact-us kontakt kontakte kontakty kontakti kontaktai contacto contactos contactenos
    contatti contattaci contatto contato contactez contacter nous-contacter contacteren contacten kontaktformular
    impressum imprint anbieterkennzeichnung mentions-legales mentionslegales aviso-legal avisolegal note-legali
    legal-notice legalnotice colofon colophon yhteystiedot ota-yhteytta kapcsolat elerhetoseg elerhetosegek iletisim
    bize-ulasin kontaktoplysninger kontakta kontakta-oss kontakt-oss kontakt-os reach-us get-in-touch getintouch
    write-to-us anfahrt-kontakt epikoinonia επικοινωνια контакты контакти контакт связаться impresum stopka-redakcyjna
    联系 联系我们 聯絡 聯絡我們 lianxi lianxiwomen お問い合わせ お問合せ otoiawase toiawase 連絡先 연락처 문의
    contactanos contactar contactate fale-conosco faleconosco entre-em-contato contactez-nous contattarci kontaktujte
    kontaktieren kontaktaufnahme neem-contact-op kontakta kontakti kontaktid kontaktai skontaktuj-sie napiste-nam
    napiszte-nekünk kontaktirajte-nas kontaktiraj stik-z-nami ota-yhteyttä contacteaza-ne contactează-ne
    contacte contacta contactans kontaktua harremanetarako hafa-samband hafdu-samband hafðu-samband
    kontaktoni na-kontaktoni susisiekite susisiekite-su-mumis sazinieties sazinies-ar-mums võta-ühendust
    контакта кантакты обратная-связь связаться-с-нами свяжитесь-с-нами наши-контакты звязок зворотний-зв-язок
    зв-яжіться-з-нами свържете-се-с-нас връзка-с-нас пишете-ни байланыс svyazatsya-s-nami obratnaya-svyaz
    επικοινωνήστε-μαζί-μας bize-ulaşın bize-yazın əlaqə elaqe bizimle-elaqe კონტაქტი კავშირი կապ հետադարձ-կապ
    اتصل-بنا إتصل-بنا تواصل-معنا للتواصل راسلنا تماس-با-ما تماس رابطہ-کریں
    צור-קשר צרו-קשר יצירת-קשר דברו-איתנו संपर्क संपर्क-करें सम्पर्क যোগাযোগ தொடர்பு-கொள்ள
    ติดต่อเรา ติดต่อ ช่องทางการติดต่อ liên-hệ liên-hệ-với-chúng-tôi hubungi-kami hubungi kontak kontak-kami
    makipag-ugnayan wasiliana-nasi wasiliana 联系方式 聯繫我們 聯絡方式 問合せ 問い合わせ 문의하기 고객문의 오시는길
    aviso-legal avis-legal lege-oharra nota-prawna informacje-prawne právní-informace právne-informácie
    impresszum импресум pravne-napomene pravno-obvestilo kolofon kolofoni oikeudelliset-tiedot juridisk-information
    juridiska-villkor juridisk-meddelelse informații-legale informatii-legale künye yasal-uyarı rekvizitai rekvizīti
    rekvizity rekvizyty rekviziti rekvisiidid реквизиты реквізити рэквізіты правовая-информация правова-інформація
    правна-информация teisinė-informacija juridiskā-informācija õigusteave jogi-nyilatkozat νομικές-πληροφορίες
    νομική-σημείωση إشعار-قانوني הודעה-משפטית कानूनी-सूचना thông-tin-pháp-lý pemberitahuan-hukum 法律声明 法律聲明
    特定商取引法に基づく表記 特定商取引法 特商法 법적고지 사업자정보
"""
PEOPLE = """
    about aboutus about-us team teams staff people person persons board committee crew management leadership directory
    employees faculty members ueber uber ueber-uns uber-uns wir-ueber-uns mitarbeiter mitarbeitende ansprechpartner
    ansprechpersonen vorstand verwaltung personen gemeinderat behoerden a-propos apropos qui-sommes-nous equipe
    equipes annuaire sobre sobre-nosotros quienes-somos equipo nosotros junta directiva chi-siamo squadra staff-tecnico
    organigramma quem-somos sobre-nos equipa over-ons overons medewerkers bestuur om om-oss om-os medarbetare styrelse
    styret ansatte medarbejdere bestyrelse meista henkilokunta tietoa hallitus o-nas onas zespol zarzad kadra lide
    rolunk munkatarsak csapat despre despre-noi echipa o-nama zaposleni hakkimizda ekibimiz kadro σχετικα о-нас
    о-компании команда сотрудники про-нас 关于 关于我们 關於 团队 会社概要 会社案内 スタッフ 회사소개 hosts organisers
    organizers officers departments department abteilungen services-municipaux ratsmitglieder
    wer-wir-sind unser-team das-team ansprechpersonen notre-equipe quem-e-quem nuestro-equipo el-equipo il-team
    nosso-time nossa-equipe quem-somos-nos wie-zijn-wij ons-team vårt-team vårt-lag medarbejderne henkilöstö
    henkilökunta tietoa-meistä yritys zespół náš-tým nas-tym náš-tim naš-tim nas-tim ludzie lidé rólunk-röviden
    munkatársaink csapatunk despre-companie echipa-noastra cine-suntem ekipa zaposlenici наш-тим тим о-нама
    запослени за-нас екип нашият-екип кои-сме кто-мы о-фирме наша-команда про-компанію хто-ми наша-історія
    пра-нас каманда біз-туралы o-kompanii pro-nas pro-kompaniyu za-nas sotrudniki nasha-komanda
    apie-mus apie-įmonę mūsų-komanda komanda par-mums par-uzņēmumu mūsu-komanda meeskond ettevõttest meist-lähemalt
    σχετικά-με-εμάς ποιοι-είμαστε η-ομάδα-μας ομάδα προσωπικό hakkımızda hakkinda ekibimiz kadromuz haqqımızda
    haqqimizda ჩვენ-შესახებ ჩვენი-გუნდი մեր-մասին թիմ qui-som equip el-nostre-equip nor-gara guri-buruz quen-somos
    um-okkur starfsfólk starfsmenn rreth-nesh ekipi
    من-نحن عن-الشركة عنا فريق-العمل فريقنا نبذة-عنا درباره-ما درباره تیم-ما ہمارے-بارے-میں
    אודות אודותינו מי-אנחנו הצוות צוות עלינו हमारे-बारे-में हमारी-टीम টিম আমাদের-সম্পর্কে எங்களை-பற்றி
    เกี่ยวกับเรา ทีมงาน ทีมของเรา บุคลากร giới-thiệu về-chúng-tôi đội-ngũ đội-ngũ-nhân-sự tentang-kami tim-kami
    profil-perusahaan tungkol-sa-amin kuhusu-sisi 公司简介 公司簡介 关于本站 團隊 团队介绍 我们的团队 会社情報 企業情報
    運営会社 私たちについて チーム スタッフ紹介 メンバー 소개 팀소개 조직도 직원소개
"""
PLACES = """
    location locations branches offices office stores store-locator press presse media-kit newsroom standorte standort
    filialen anfahrt lage sedi sede ubicacion oficinas localizacao agences magasins acces vestigingen pers avdelinger
    kontor kontorer toimipisteet oddzialy pobocky support help service customer-service kundenservice kundendienst
    booking bookings reservation reservations reservierung jobs careers karriere volunteer sponsors advertise join
    membership mitgliedschaft mitglied werden find-us visit besuch faq info information informationen infos
"""
PRIVACY = """
    privacy privacy-policy datenschutz datenschutzerklaerung dsgvo gdpr confidentialite politique privacidad privacidade
    riservatezza privacyverklaring integritet integritetspolicy personvern tietosuoja prywatnosc adatvedelem gizlilik
    legal terms agb conditions imprint-privacy cookies cookie-policy disclaimer
    datenschutzhinweise politique-de-confidentialite politica-de-privacidad politica-de-privacidade termos
    terminos condiciones informativa-privacy polityka-prywatnosci polityka-prywatności regulamin warunki
    ochrana-osobních-údajů ochrana-osobných-údajov obchodní-podmínky obchodne-podmienky podminky adatkezeles
    adatvédelmi-tájékoztató aszf felhasználási-feltételek confidențialitate termeni termeni-si-conditii privatnost
    politika-privatnosti uvjeti uvjeti-koristenja uslovi zasebnost pogoji приватност услови условия общи-условия
    поверителност политика-конфиденциальности конфиденциальности конфиденциальность соглашение
    політика-конфіденційності конфіденційності конфіденційність умови privatumo-politika privatumas taisyklės
    privātuma-politika noteikumi privaatsuspoliitika privaatsus tingimused απορρήτου όροι-χρήσης kvkk
    gizlilik-politikası kullanım-koşulları privatesa pribatutasuna persónuvernd tietosuojaseloste käyttöehdot
    الخصوصية سياسة-الخصوصية الشروط-والأحكام الشروط قوانین حریم-خصوصی פרטיות מדיניות-פרטיות תקנון תנאי-שימוש
    गोपनीयता गोपनीयता-नीति नियम-और-शर्तें কুকি গোপনীয়তা-নীতি นโยบายความเป็นส่วนตัว ข้อกำหนดและเงื่อนไข
    chính-sách-bảo-mật điều-khoản điều-khoản-sử-dụng kebijakan-privasi syarat-dan-ketentuan syarat-ketentuan
    faragha
    隐私政策 隱私政策 隱私權政策 使用条款 プライバシーポリシー 個人情報保護方針 利用規約 개인정보처리방침 이용약관
"""
ARCHIVE = """
    archive archives archiv tag tags category categories kategorie kategorien page calendar kalender calendrier
    feed rss trackback print login signin anmelden register cart warenkorb panier wishlist checkout account search suche
    galerie gallery galleries photos fotos attachment comments comment reply share
"""
