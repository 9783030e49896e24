"""How people spell out "@" and ".", and prose that only looks like it."""

import pytest

from scanlane.domain.spelled import spelled_addresses

BAKERY = "info@bakery-fixture.de"


def values(text: str) -> list[str]:
    return list(dict.fromkeys(spelled.value for spelled in spelled_addresses(text)))


class TestInBrackets:
    @pytest.mark.parametrize(
        "sign",
        [
            "(at)", "[at]", "{at}", "<at>", "«at»", "‹at›", "|at|", " (at) ", "( at )", "((at))",
            "[[at]]", "(AT)", "[at)",
            "(a)", "[a]", "(@)", "[@]", "<@>", "（at）", "［at］", "【at】", "(at-sign)", "[at symbol]",
            "(ät)", "(aet)",
            "[et]", "(bei)", "(ad)", "(klammeraffe)", "(arroba)", "(chiocciola)", "(arobase)", "(apenstaartje)",
            "(snabel-a)", "(krøllalfa)", "(alfakrøll)", "(małpa)", "[malpa]", "(zavináč)", "(zavinac)", "(kukac)",
            "(собака)", "[アットマーク]", "(골뱅이)", "(圈)", "(majmun)", "(arrova)", "(coadă de maimuță)", "[ a t ]",
        ],
    )  # fmt: skip
    def test_the_sign_in_many_languages(self, sign: str) -> None:
        assert values(f"Write info{sign}bakery-fixture.de today") == [BAKERY]

    @pytest.mark.parametrize(
        "dot",
        [
            "(dot)", "[dot]", " [dot] ", "{dot}", "(.)", "[.]", " . ", " .", ". ", "(punkt)",
            " punkt ", " dot ", "[punto]",
            "(point)", "(ponto)", "[kropka]", "[tečka]", "(pont)", "[точка]", "(ドット)",
        ],
    )  # fmt: skip
    def test_the_dot_in_many_languages(self, dot: str) -> None:
        assert values(f"info(at)bakery-fixture{dot}de") == [BAKERY]

    def test_two_of_them_stand_side_by_side(self) -> None:
        text = "info(at)bakery-fixture.de oder shop(at)bakery-fixture.de"

        assert values(text) == [BAKERY, "shop@bakery-fixture.de"]

    def test_a_sentence_ends_the_host(self) -> None:
        assert values("info(at)bakery-fixture.de. Bitte schreiben") == [BAKERY]


class TestOtherSigns:
    """The underscore, the hyphen and the plus are spelled out as well, in the name and in the host."""

    @pytest.mark.parametrize(
        "sign",
        [
            "(underscore)", "[unterstrich]", " [Unterstrich] ", " underscore ", " unterstrich ", " guion bajo ",
            "(guión bajo)", "[_]", "(tiret bas)",
        ],
    )  # fmt: skip
    def test_the_underscore(self, sign: str) -> None:
        assert values(f"info{sign}bread(at)bakery-fixture.de") == ["info_bread@bakery-fixture.de"]

    @pytest.mark.parametrize(
        "sign", ["[dash]", "(minus)", " (minus) ", "[-]", " bindestrich ", " hyphen ", "(Bindestrich)", "[guion]"]
    )
    def test_the_hyphen(self, sign: str) -> None:
        assert values(f"info{sign}bread(at)bakery{sign}fixture.de") == ["info-bread@bakery-fixture.de"]

    @pytest.mark.parametrize(
        "text", ["info(sign)bread(at)bakery-fixture.de", "info [riddle]bread [at] bakery-fixture.de"]
    )
    def test_a_sign_that_is_not_known_gives_no_address(self, text: str) -> None:
        assert values(text) == []

    @pytest.mark.parametrize("text", ["[E-Mail]info(at)bakery-fixture.de", "(Büro) info(at)bakery-fixture.de"])
    def test_a_label_in_brackets_is_no_sign(self, text: str) -> None:
        assert values(text) == [BAKERY]


class TestProse:
    @pytest.mark.parametrize(
        "text",
        [
            "Example (bei) Bakery-fixture.de",
            "Foto (a) Karte.de",
            "Meet at noon dot it",
            "Call us AT once DOT com",
            "Example [et] Fixture.fr",
            "моя собака bakery-fixture.de",
            "Bread et fixture.fr",
        ],
    )
    def test_common_words_between_names_are_no_signs(self, text: str) -> None:
        assert values(text) == []

    def test_small_letters_make_a_common_word_a_sign(self) -> None:
        assert values("info (bei) bakery-fixture.de") == [BAKERY]


class TestBetweenMarks:
    @pytest.mark.parametrize(
        "text",
        [
            "info_at_bakery-fixture.de", "info -at- bakery-fixture.de", "info*at*bakery-fixture.de",
            "info#at#bakery-fixture.de", 'info "at" bakery-fixture.de',
            "info '@' bakery-fixture.de", "info 'at' bakery-fixture 'dot' de", "info_at_bakery-fixture_dot_de",
            "info~at~bakery-fixture ~dot~ de", "info „at“ bakery-fixture.de",
            "info -at- bakery-fixture -dot- de", "infoATbakery-fixtureDOTde",
        ],
    )  # fmt: skip
    def test_the_sign_between_two_marks(self, text: str) -> None:
        assert values(text) == [BAKERY]


class TestBareWords:
    @pytest.mark.parametrize(
        "text",
        [
            "info at bakery-fixture dot de", "info at bakery-fixture punkt de", "info AT bakery-fixture DOT de",
            "info apenstaartje bakery-fixture punt de", "info snabel-a bakery-fixture punktum de",
            "info собака bakery-fixture точка de", "info sobaka bakery-fixture tochka de",
            "info et bakery-fixture nokta de", "info アットマーク bakery-fixture ドット de",
            "info 골뱅이 bakery-fixture 점 de", "info arond bakery-fixture punct de",
            "info παπάκι bakery-fixture τελεία de", "info afna bakery-fixture punkt de",
            "info miukumauku bakery-fixture piste de", "info alfakrøll bakery-fixture punktum de",
            "info majmun bakery-fixture točka de", "info malpa bakery-fixture kropka de",
            "info AT bakery-fixture.de", "E-Mail: info at bakery-fixture.de",
            "E-Mail\x00info at bakery-fixture.de", "info ät bakery-fixture.de",
            "info ät bakery-fixture punkt de", "info arroba bakery-fixture punto de", "info arroba bakery-fixture.de",
            "info chiocciola bakery-fixture.de", "info arobase bakery-fixture point de",
        ],
    )  # fmt: skip
    def test_with_proof(self, text: str) -> None:
        assert values(text) == [BAKERY]

    @pytest.mark.parametrize(
        "text",
        [
            "Please email us at bakery-fixture.de", "contact us @ bakery-fixture.de",
            "E-Mail: write to us at bakery-fixture.de",
            "tickets AT bakery-fixture.de", "found at www.bakery-fixture.de",
            "available at bakery-fixture.de", "Hopefully at this point you have it",
            "the right move at that point in time", "look at this dot in the middle", "SHOP AT BAKERY-FIXTURE.DE",
            "more info at bakery-fixture.de", "we meet at noon. In the bakery", "tomorrow at four point five in it",
        ],
    )  # fmt: skip
    def test_prose_is_none(self, text: str) -> None:
        assert values(text) == []


class TestSpacesAroundTheSign:
    @pytest.mark.parametrize(
        "text",
        [
            "info @ bakery-fixture.de", "E-Mail: info @ bakery-fixture . de", "info@ bakery-fixture.de",
            "Mail info @bakery-fixture.de", "info@\x00bakery-fixture.de", "Contact: info @ bakery-fixture.de",
        ],
    )  # fmt: skip
    def test_with_a_label_or_a_name_of_a_role(self, text: str) -> None:
        assert values(text) == [BAKERY]

    @pytest.mark.parametrize(
        "text",
        ["ada @ bakery-fixture.de", "Follow us @bakery-fixture.de", "Coffee @ Bakery-Fixture.de", "2 pieces @ 3.50"],
    )
    def test_a_place_or_a_handle_is_none(self, text: str) -> None:
        assert values(text) == []
