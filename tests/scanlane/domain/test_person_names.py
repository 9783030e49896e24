"""What is a person's name, and whether an address spells it."""

import pytest

from scanlane.domain.name_agreement import Agreement, agreement
from scanlane.domain.person_names import person_name, split_name
from scanlane.domain.positions import department_of, position_in


class TestPersonName:
    @pytest.mark.parametrize(
        ("text", "full", "title"),
        [
            ("Ada Example", "Ada Example", ""),
            ("  Ada   Example:", "Ada Example", ""),
            ("ADA EXAMPLE", "Ada Example", ""),
            ("Ada van der Example", "Ada van der Example", ""),
            ("Ada E. Example", "Ada E. Example", ""),
            ("A. Example", "A. Example", ""),
            ("Ada O'Example-McSample", "Ada O'Example-McSample", ""),
            ("Ada Example (Chair)", "Ada Example", ""),
            ("Example, Ada", "Ada Example", ""),
            ("Frau Ada Example", "Ada Example", ""),
            ("Prof. Dr. Ada Example", "Ada Example", "Prof. Dr."),
            ("Prof.Dr.Ada Example", "Ada Example", "Prof. Dr."),
            ("Dipl.-Ing. (FH) Ada Example", "Ada Example", "Dipl.-Ing."),
            ("Mag.a Ada Example, MSc", "Ada Example", "Mag.a, MSc"),
            ("Ada Example, Ph.D.", "Ada Example", "Ph.D."),
            ("Ada Example PhD", "Ada Example", "PhD"),
            ("Ада Пример", "Ада Пример", ""),
            ("Άντα Παράδειγμα", "Άντα Παράδειγμα", ""),
            ("Ądà Éxåmple", "Ądà Éxåmple", ""),
        ],
    )
    def test_titles_are_taken_off(self, text: str, full: str, title: str) -> None:
        found = person_name(text)

        assert found is not None
        assert (found.full, found.title) == (full, title)

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "",
                "Ada",
                "ada example",
                "Contact Us",
                "Write to us",
                "Kontaktieren Sie uns",
                "Écrivez-nous",
                "E-Mail Us",
            ),
            *(
                "Head Baker",
                "Sales Team",
                "Harbour Bakery GmbH",
                "May 2024",
                "Monday Morning",
                "Ada Example 2",
                "New York",
            ),
            *(
                "Ada & Bob",
                "Is it Ada Example?",
                "ada@example.test",
                "Harbour Street",
                "Ada Example likes bread",
                "A. B.",
            ),
            *(
                "Art Show",
                "Kontakt Büro",
                "Read More",
                "WordPress Example",
                "Ada " * 30,
                "Ada\\Example",
                "お問い合わせ",
            ),
        ],
    )
    def test_what_else_stands_in_capitals_is_no_name(self, text: str) -> None:
        assert person_name(text) is None

    @pytest.mark.parametrize(
        ("name", "parts"),
        [
            ("Ada Example", ("Ada", "Example")),
            ("Ada Mary Example", ("Ada Mary", "Example")),
            ("Ada van der Example", ("Ada", "van der Example")),
            ("Ada", (None, None)),
            ("예제 아다", (None, None)),
        ],
    )
    def test_given_and_family_name(self, name: str, parts: tuple[str | None, str | None]) -> None:
        assert split_name(name) == parts


class TestAgreement:
    @pytest.mark.parametrize(
        "local",
        [
            *("ada.example", "ada_example", "ada-example", "adaexample", "example.ada", "exampleada", "a.example"),
            *("aexample", "example.a", "examplea", "adae", "ada.example2", "Ada.Example", "ada.example+news"),
        ],
    )
    def test_the_address_spells_the_name(self, local: str) -> None:
        assert agreement("Ada Example", local) is Agreement.FULLY

    @pytest.mark.parametrize(
        "local", ["ada", "example", "ada77", "ae", "aexamp", "adaexa", "dr.example", "familieexample"]
    )
    def test_it_spells_a_part_of_it(self, local: str) -> None:
        assert agreement("Ada Example", local) is Agreement.PARTLY

    @pytest.mark.parametrize("local", ["bob.sample", "bob.example", "ada.sample", "bexample", "bobexample"])
    def test_it_is_somebody_elses(self, local: str) -> None:
        assert agreement("Ada Example", local) is Agreement.ANOTHER

    @pytest.mark.parametrize("local", ["oven", "x77", "123", "q"])
    def test_it_tells_nothing(self, local: str) -> None:
        assert agreement("Ada Example", local) is Agreement.UNTOLD

    @pytest.mark.parametrize(
        ("name", "local"),
        [
            ("Ada Müller", "ada.mueller"),
            ("Ada Müller", "amuller"),
            ("Ada Øster", "ada.oester"),
            ("Ada Groß", "gross.ada"),
            ("Ada van der Example", "a.vanderexample"),
            ("Ada Example-Müller", "ada.mueller"),
            ("Ада Пример", "ada.primer"),
            ("Άντα Παραδειγμα", "anta.paradeigma"),
            ("Ada Mary Example", "amexample"),
        ],
    )
    def test_letters_that_addresses_cannot_have_are_spelled_out(self, name: str, local: str) -> None:
        assert agreement(name, local) is Agreement.FULLY

    def test_a_nickname_beside_the_family_name_passes(self) -> None:
        assert agreement("Christopher Example", "chris.example") is Agreement.PARTLY


class TestPositions:
    @pytest.mark.parametrize(
        "text", ["Head of Sales", "Obmann", "Jugendleiterin", "Directrice générale", "Club Secretary,"]
    )
    def test_positions(self, text: str) -> None:
        assert position_in(text) == text.strip(",")

    @pytest.mark.parametrize("text", ["", "Bread", "Bob Baker", "The director said that he liked it.", "Director 2019"])
    def test_other_texts(self, text: str) -> None:
        assert position_in(text) is None

    @pytest.mark.parametrize(
        ("value", "department"),
        [("sales@a.test", "sales"), ("presse@a.test", "communication"), ("jobs@a.test", "hr"), ("ada@a.test", None)],
    )
    def test_the_department_of_a_role_address(self, value: str, department: str | None) -> None:
        assert department_of(value) == department
