"""What the walk over a page collects."""

import pytest

from scanlane.domain import html
from scanlane.domain.flow import flow


def shown(markup: str) -> list[str]:
    return [block.strip() for block in flow(html.parse(markup).shown).text.split("\x00") if block.strip()]


class TestBlocks:
    def test_blocks_part_text_and_inline_tags_do_not(self) -> None:
        assert shown("<p>a<b>b</b><i>c</i></p><td>d<br>e<li>f") == ["abc", "d", "e", "f"]

    def test_scripts_styles_and_titles_are_no_text(self) -> None:
        assert shown("<title>t</title><style>s</style><script>c</script><template>x</template><p>a") == ["a"]

    def test_a_script_does_not_part_the_text_around_it(self) -> None:
        assert shown("<p>a<script>c</script>b") == ["ab"]

    def test_text_for_browsers_without_scripts_is_text(self) -> None:
        assert shown("<noscript>a</noscript>") == ["a"]


class TestHiding:
    def test_what_follows_a_hidden_element_is_shown_again(self) -> None:
        assert shown("<div hidden><p>a<p>b</div><p>c") == ["c"]

    @pytest.mark.parametrize("style", ["visibility: hidden", "position:absolute;left:-9999px", "display:none"])
    def test_an_element_that_its_style_takes_out_of_sight_is_hidden(self, style: str) -> None:
        assert shown(f'<p style="{style}">a</p><p>b') == ["b"]

    @pytest.mark.parametrize(
        "style", ["visibility: visible", "margin-left:-9999px", "left:-10px", "text-indent:-9999px"]
    )
    def test_other_styles_hide_nothing(self, style: str) -> None:
        assert shown(f'<p style="{style}">a</p>') == ["a"]

    @pytest.mark.parametrize("rule", ["#trap", "p#trap", ".trap", "p.trap"])
    def test_the_sheet_hides_a_class_or_an_element_by_name(self, rule: str) -> None:
        assert shown(f"<style>{rule}{{display:none}}</style><p id=trap class=trap>a<p id=other>b<p>c") == ["b", "c"]

    def test_a_hidden_element_leaves_no_trace_of_a_tag(self) -> None:
        assert flow(html.parse("<p>a<b hidden>x</b>b").shown).tags == flow(html.parse("<p>ab").shown).tags

    def test_a_class_that_the_sheet_uses_twice_hides_nothing(self) -> None:
        style = "<style>.tab{display:none}.tab.open{display:block}</style>"

        assert shown(f"{style}<p class=tab>a") == ["a"]

    def test_a_class_hidden_on_small_screens_only_hides_nothing(self) -> None:
        assert shown("<style>@media print{.x{display:none}}</style><p class=x>a") == ["a"]

    def test_transparent_text_is_shown_for_animations_begin_so(self) -> None:
        assert shown('<p style="opacity:0">a') == ["a"]
