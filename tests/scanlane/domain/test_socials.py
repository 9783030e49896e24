"""Which links lead to a profile."""

import pytest

from scanlane.domain.socials import profile

NAME = "harbourbakeryexample"


class TestProfile:
    @pytest.mark.parametrize(
        ("url", "network", "normal"),
        [
            (f"https://www.facebook.com/{NAME}/?ref=page", "facebook", f"https://facebook.com/{NAME}"),
            (f"http://de-de.facebook.com/pages/{NAME}/123", "facebook", f"https://facebook.com/pages/{NAME}/123"),
            ("https://facebook.com/profile.php?id=100&x=1", "facebook", "https://facebook.com/profile.php?id=100"),
            (f"//instagram.com/{NAME}?igshid=1", "instagram", f"https://instagram.com/{NAME}"),
            (f"https://uk.linkedin.com/company/{NAME}/", "linkedin", f"https://linkedin.com/company/{NAME}"),
            (f"https://twitter.com/{NAME[:15]}", "x", f"https://x.com/{NAME[:15]}"),
            (f"https://mobile.x.com/{NAME[:15]}?lang=en", "x", f"https://x.com/{NAME[:15]}"),
            (f"https://www.youtube.com/@{NAME}", "youtube", f"https://youtube.com/@{NAME}"),
            ("https://youtube.com/channel/UCxyz", "youtube", "https://youtube.com/channel/UCxyz"),
            (f"https://www.tiktok.com/@{NAME}?lang=en", "tiktok", f"https://tiktok.com/@{NAME}"),
            (f"https://github.com/{NAME}", "github", f"https://github.com/{NAME}"),
            (f"https://mastodon.example/@{NAME}", "mastodon", f"https://mastodon.example/@{NAME}"),
            (f"https://www.xing.com/companies/{NAME}", "xing", f"https://xing.com/companies/{NAME}"),
            (f"https://www.pinterest.co.uk/{NAME}/", "pinterest", f"https://pinterest.com/{NAME}"),
            (f"https://t.me/{NAME}", "telegram", f"https://t.me/{NAME}"),
            ("https://wa.me/442079460123?text=hi", "whatsapp", "https://wa.me/442079460123"),
            ("https://api.whatsapp.com/send?phone=%2B442079460123", "whatsapp", "https://wa.me/442079460123"),
        ],
    )
    def test_profiles_have_one_spelling(self, url: str, network: str, normal: str) -> None:
        found = profile(url)

        assert found is not None
        assert (found.network, found.url) == (network, normal)

    @pytest.mark.parametrize(
        "url",
        [
            "https://www.facebook.com/sharer/sharer.php?u=x", "https://facebook.com/", "https://facebook.com/login",
            "https://twitter.com/intent/tweet?text=x", "https://twitter.com/share", f"https://x.com/{NAME[:15]}/status/1",
            "https://www.linkedin.com/shareArticle?url=x", "https://www.instagram.com/p/abc/", "https://youtube.com/watch?v=1",
            "https://www.youtube.com/embed/xyz", "https://pinterest.com/pin/create/button/", "https://t.me/share/url?url=x",
            "https://github.com/login", f"https://github.com/{NAME}/repository", "https://wa.me/", "mailto:x@y.example",
            "https://notfacebook.com/abc", "http://[broken", "", "javascript:void(0)", f"https://bakery.example/@{NAME}",
        ],
    )  # fmt: skip
    def test_links_to_share_to_log_in_or_to_a_post_are_none(self, url: str) -> None:
        assert profile(url) is None
