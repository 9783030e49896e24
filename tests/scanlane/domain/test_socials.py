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
            "https://twitter.com/intent/tweet?text=x",
            "https://twitter.com/share", f"https://x.com/{NAME[:15]}/status/1",
            "https://www.linkedin.com/shareArticle?url=x", "https://www.instagram.com/p/abc/",
            "https://youtube.com/watch?v=1",
            "https://www.youtube.com/embed/xyz", "https://pinterest.com/pin/create/button/",
            "https://t.me/share/url?url=x",
            "https://github.com/login", f"https://github.com/{NAME}/repository", "https://wa.me/",
            "mailto:x@y.example",
            "https://notfacebook.com/abc", "http://[broken", "",
            "javascript:void(0)", f"https://bakery.example/@{NAME}",
        ],
    )  # fmt: skip
    def test_links_to_share_to_log_in_or_to_a_post_are_none(self, url: str) -> None:
        assert profile(url) is None


class TestEachNetwork:
    """Every network: a profile as pages link to it, and its one spelling."""

    @pytest.mark.parametrize(
        ("url", "normal"),
        [
            ("https://de.linkedin.com/in/ada-example-1a2b/en?trk=x", "https://linkedin.com/in/ada-example-1a2b"),
            ("https://www.linkedin.com/company/bakery/about/", "https://linkedin.com/company/bakery"),
            ("https://www.linkedin.com/company/l'boulangerie", "https://linkedin.com/company/l'boulangerie"),
            ("https://www.linkedin.com/school/bakery-school/", "https://linkedin.com/school/bakery-school"),
            ("https://www.facebook.com/pg/bakery/about/?ref=x", "https://facebook.com/bakery"),
            ("https://facebook.com/bakery/photos", "https://facebook.com/bakery"),
            ("https://fb.me/bakery", "https://facebook.com/bakery"),
            ("https://www.facebook.com/people/Ada-Example/100012345/",
            "https://facebook.com/people/Ada-Example/100012345"),
            ("https://www.facebook.com/groups/bakers", "https://facebook.com/groups/bakers"),
            ("https://www.facebook.com/p/Bakery-100012345/", "https://facebook.com/p/Bakery-100012345"),
            ("https://instagr.am/bakery.example/?hl=de", "https://instagram.com/bakery.example"),
            ("https://www.instagram.com/bakery/reels/", "https://instagram.com/bakery"),
            ("https://twitter.com/#!/bakery", "https://x.com/bakery"),
            ("https://x.com/bakery/with_replies", "https://x.com/bakery"),
            ("https://www.youtube.com/@bakery/videos", "https://youtube.com/@bakery"),
            ("https://www.youtube.com/c/Bakery/featured?view_as=subscriber", "https://youtube.com/c/Bakery"),
            ("https://m.youtube.com/user/Bakery", "https://youtube.com/user/Bakery"),
            ("https://www.tiktok.com/@bakery?_t=1", "https://tiktok.com/@bakery"),
            ("https://gitlab.com/bakery", "https://gitlab.com/bakery"),
            ("https://www.xing.com/pages/bakery/about", "https://xing.com/pages/bakery"),
            ("https://www.xing.com/profile/Ada_Example/cv", "https://xing.com/profile/Ada_Example"),
            ("https://www.pinterest.de/bakery/_created/", "https://pinterest.com/bakery"),
            ("https://telegram.me/bakery", "https://t.me/bakery"),
            ("https://t.me/joinchat/AAAAAEabcdefgh", "https://t.me/joinchat/AAAAAEabcdefgh"),
            ("https://www.threads.com/@bakery", "https://threads.net/@bakery"),
            ("https://bsky.app/profile/bakery.example", "https://bsky.app/profile/bakery.example"),
            ("https://vimeo.com/bakery", "https://vimeo.com/bakery"),
            ("https://www.dailymotion.com/bakery", "https://dailymotion.com/bakery"),
            ("https://soundcloud.com/bakery/tracks", "https://soundcloud.com/bakery"),
            ("https://www.mixcloud.com/bakery/", "https://mixcloud.com/bakery"),
            ("https://open.spotify.com/intl-de/artist/1AbC?si=x", "https://open.spotify.com/intl-de/artist/1AbC"),
            ("https://www.twitch.tv/bakery", "https://twitch.tv/bakery"),
            ("https://www.flickr.com/photos/bakery/albums", "https://flickr.com/photos/bakery"),
            ("https://medium.com/@bakery", "https://medium.com/@bakery"),
            ("https://bakery.medium.com/", "https://bakery.medium.com"),
            ("https://old.reddit.com/r/bakery", None),
            ("https://www.reddit.com/r/bakery/", "https://reddit.com/r/bakery"),
            ("https://bakery.tumblr.com/", "https://bakery.tumblr.com"),
            ("https://www.tumblr.com/bakery", "https://tumblr.com/bakery"),
            ("https://bakery.bandcamp.com", "https://bakery.bandcamp.com"),
            ("https://bakery.substack.com/", "https://bakery.substack.com"),
            ("https://m.vk.com/bakery", "https://vk.com/bakery"),
            ("https://ok.ru/group/12345678901234", "https://ok.ru/group/12345678901234"),
            ("https://weibo.com/u/1234567890", "https://weibo.com/u/1234567890"),
            ("https://space.bilibili.com/12345", "https://space.bilibili.com/12345"),
            ("https://line.me/R/ti/p/%40bakery", "https://line.me/R/ti/p/@bakery"),
            ("https://lin.ee/AbC12de", "https://lin.ee/AbC12de"),
            ("https://pf.kakao.com/_bakery", "https://pf.kakao.com/_bakery"),
            ("https://www.snapchat.com/add/bakery", "https://snapchat.com/add/bakery"),
            ("https://www.behance.net/bakery", "https://behance.net/bakery"),
            ("https://dribbble.com/bakery", "https://dribbble.com/bakery"),
            ("https://www.patreon.com/bakery", "https://patreon.com/bakery"),
            ("https://linktr.ee/bakery", "https://linktr.ee/bakery"),
            ("https://discord.gg/bakery", "https://discord.gg/bakery"),
            ("https://discordapp.com/invite/AbCd12", "https://discord.com/invite/AbCd12"),
            ("https://mastodon.social/@bakery", "https://mastodon.social/@bakery"),
            ("https://www.yelp.de/biz/bakery-harbour?osq=x", "https://yelp.com/biz/bakery-harbour"),
            (
                "https://www.tripadvisor.de/Restaurant_Review-g1-d2-Reviews-Bakery.html?m=1",
                "https://tripadvisor.com/Restaurant_Review-g1-d2-Reviews-Bakery.html",
            ),
            ("https://de.trustpilot.com/review/bakery.example", "https://trustpilot.com/review/bakery.example"),
            ("https://www.kununu.com/de/bakery", "https://kununu.com/de/bakery"),
            ("https://maps.app.goo.gl/AbCdEf12", "https://maps.app.goo.gl/AbCdEf12"),
            ("https://goo.gl/maps/AbCdEf12", "https://goo.gl/maps/AbCdEf12"),
            ("https://g.page/bakery-harbour/review", "https://g.page/bakery-harbour/review"),
            ("https://www.google.de/maps/place/Harbour+Bakery/@1.0,2.0,17z/data=x",
            "https://google.com/maps/place/Harbour+Bakery"),
            ("https://maps.google.com/?cid=1234567890", "https://google.com/maps?cid=1234567890"),
            ("https://web.whatsapp.com/send?phone=442079460123", "https://wa.me/442079460123"),
            ("https://wa.me/message/ABCDEFGH1234", "https://wa.me/message/ABCDEFGH1234"),
            ("https://chat.whatsapp.com/AbCdEfGhIjKlMnOp", "https://chat.whatsapp.com/AbCdEfGhIjKlMnOp"),
        ],
    )  # fmt: skip
    def test_a_profile(self, url: str, normal: str | None) -> None:
        found = profile(url)

        assert (found.url if found else None) == normal

    @pytest.mark.parametrize(
        "url",
        [
            "https://www.facebook.com/bakery/posts/123", "https://www.facebook.com/plugins/page.php?href=x",
            "https://www.facebook.com/bakery/photos/a.1/2", "https://www.facebook.com/dialog/share?x=1",
            "https://www.facebook.com/tr?id=1&ev=PageView", "https://www.instagram.com/reel/abc/",
            "https://www.instagram.com/explore/tags/bread/", "https://twitter.com/hashtag/bread",
            "https://x.com/home",
            "https://x.com/i/flow/login", "https://www.youtube.com/playlist?list=x", "https://youtu.be/abc",
            "https://www.youtube.com/shorts/abc", "https://www.linkedin.com/sharing/share-offsite/?url=x",
            "https://www.linkedin.com/feed/", "https://www.xing.com/spi/shares/new?url=x", "https://t.me/iv?url=x",
            "https://www.tumblr.com/share/link?url=x", "https://vk.com/share.php?url=x",
            "https://www.reddit.com/submit?url=x",
            "https://connect.ok.ru/offer?url=x", "https://service.weibo.com/share/share.php?url=x",
            "https://social-plugins.line.me/lineit/share?url=x", "https://web.whatsapp.com/send?text=x",
            "https://bsky.app/intent/compose?text=x", "https://www.google.com/maps/embed?pb=x",
            "https://www.google.com/maps/dir//Harbour", "https://vimeo.com/123456",
            "https://player.vimeo.com/video/1",
            "https://open.spotify.com/track/1", "https://open.spotify.com/embed/show/1",
            "https://www.twitch.tv/directory",
            "https://github.com/enterprise", "https://discord.com/login", "https://www.youtube.com/user/{$name}",
            "https://www.tripadvisor.com/Tourism-g1", "https://www.tiktok.com/@bakery/video/1",
            "https://www.pinterest.com/pin/1/", "https://www.facebook.com/yourpage", "https://twitter.com/wix",
            "https://help.instagram.com/1", "https://www.facebook.com/legal/terms", "https://policy.medium.com/",
        ],
    )  # fmt: skip
    def test_what_is_none(self, url: str) -> None:
        assert profile(url) is None
