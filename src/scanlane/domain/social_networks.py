"""The social networks: their hosts, what the paths of profiles look like, and which paths are the network's own."""

import re
from dataclasses import dataclass

from scanlane.domain.word_sets import words


@dataclass(frozen=True, slots=True)
class Network:
    """A network: its hosts, and the paths of profiles, as a pattern over the path without slashes at its ends.

    The group `profile` is the part that names the profile; what follows it are tabs of the same profile.
    """

    name: str
    host: str
    path: re.Pattern[str]


def _network(name: str, host: str, path: str, tabs: str = "") -> Network:
    behind = rf"(?:/(?:{tabs}))?" if tabs else ""
    return Network(name, host, re.compile(rf"(?P<profile>{path}){behind}"))


_NAME = r"[^/?#@{}<>$%\"\\\s]{2,80}"
_FACEBOOK_TABS = (
    "about|photos|photos_stream|videos|reviews|events|posts|info|home|community|timeline|reels|app|shop|services"
)
_YOUTUBE_TABS = "videos|featured|about|playlists|shorts|streams|community|channels|feed|discussion|join|live"
_LINKEDIN_TABS = "about|posts|jobs|people|life|mycompany|detail|overview|[a-z]{2}|home|insights|videos|products"
NETWORKS = {
    network.host: network
    for network in (
        _network("linkedin", "linkedin.com", rf"(?:in|company|school|showcase|pub)/{_NAME}", _LINKEDIN_TABS),
        _network("facebook", "facebook.com", rf"(?:pages|people)/{_NAME}(?:/\d+)?|(?:groups|p)/{_NAME}"),
        _network("instagram", "instagram.com", r"[\w.]{1,30}", "reels|tagged|channel"),
        _network("x", "x.com", r"\w{1,15}", "with_replies|media|likes"),
        _network("youtube", "youtube.com", rf"(?:@{_NAME}|(?:channel|c|user)/{_NAME}|{_NAME})", _YOUTUBE_TABS),
        _network("tiktok", "tiktok.com", r"@[\w.]{2,30}", "live"),
        _network("github", "github.com", r"[\w-]{1,39}"),
        _network("gitlab", "gitlab.com", r"[\w.-]{2,80}"),
        _network("xing", "xing.com", rf"(?:companies|company|pages|profile)/{_NAME}", "about|news|updates|cv|[a-z]{2}"),
        _network("pinterest", "pinterest.com", r"[\w.-]{3,40}", "_created|_saved|pins|boards"),
        _network("telegram", "t.me", r"(?:s/)?\w{4,32}|joinchat/[\w-]{8,40}|\+[\w-]{8,40}"),
        _network("threads", "threads.net", r"@[\w.]{1,30}", "replies"),
        _network("bluesky", "bsky.app", r"profile/[\w.:-]{3,100}"),
        _network("vimeo", "vimeo.com", r"(?!\d+$)[\w-]{3,60}", "videos|about"),
        _network("dailymotion", "dailymotion.com", r"[\w-]{3,60}"),
        _network("soundcloud", "soundcloud.com", r"[\w-]{3,60}", "tracks|sets|popular-tracks"),
        _network("mixcloud", "mixcloud.com", r"[\w-]{2,60}", "uploads|playlists|stream"),
        _network("spotify", "open.spotify.com", r"(?:intl-[a-z]{2}/)?(?:artist|show|user)/[\w-]{2,60}"),
        _network("twitch", "twitch.tv", r"\w{3,30}", "about|videos|schedule"),
        _network("flickr", "flickr.com", r"(?:people|photos)/[^/]{2,60}", "albums|sets|with"),
        _network("medium", "medium.com", r"@[\w.-]{2,60}", "about|followers"),
        _network("reddit", "reddit.com", r"(?:r|user|u)/[\w-]{2,40}"),
        _network("tumblr", "tumblr.com", r"(?:blog/(?:view/)?)?[\w-]{2,60}"),
        _network("vk", "vk.com", r"[\w.]{3,60}"),
        _network("ok", "ok.ru", r"(?:profile|group)/\d{3,20}|(?:group/)?[\w.-]{3,60}"),
        _network("weibo", "weibo.com", r"(?:u|p|n)/[^/]{2,60}|[\w-]{3,40}", "home|profile"),
        _network("bilibili", "space.bilibili.com", r"\d{2,20}"),
        _network("line", "line.me", r"(?:R/)?ti/[pg]/[^/]{2,60}"),
        _network("line", "lin.ee", r"\w{5,12}"),
        _network("kakaotalk", "pf.kakao.com", r"_\w{3,20}"),
        _network("snapchat", "snapchat.com", r"(?:add/|@)[\w.-]{3,30}"),
        _network("behance", "behance.net", r"[\w-]{2,60}"),
        _network("dribbble", "dribbble.com", r"[\w-]{2,60}"),
        _network("patreon", "patreon.com", r"(?:c/)?[\w-]{2,60}", "posts|about|membership"),
        _network("linktree", "linktr.ee", r"[\w.-]{2,60}"),
        _network("discord", "discord.gg", r"[\w-]{2,40}"),
        _network("discord", "discord.com", r"invite/[\w-]{2,40}"),
        _network("mastodon", "mastodon.social", r"@\w{1,30}", "media|with_replies"),
        _network("yelp", "yelp.com", rf"biz/{_NAME}"),
        _network("tripadvisor", "tripadvisor.com", r"[A-Z]\w{3,40}_Review-g\d{1,12}-d\d{1,12}[^/]{0,200}"),
        _network("trustpilot", "trustpilot.com", rf"review/{_NAME}"),
        _network("kununu", "kununu.com", rf"[a-z]{{2}}/{_NAME}"),
        _network("google-maps", "maps.app.goo.gl", r"[\w-]{6,30}"),
        _network("google-maps", "g.page", r"[\w.-]{3,80}(?:/[\w-]{3,40})?", "review"),
    )
}
# A page's own name stands where others have a word: these come last, under the tabs of both.
FACEBOOK_PAGE = re.compile(rf"(?:pg/)?(?P<profile>{_NAME})(?:/(?:{_FACEBOOK_TABS}))?")

ALIASES = {
    "fb.com": "facebook.com", "fb.me": "facebook.com", "twitter.com": "x.com", "telegram.me": "t.me",
    "telegram.dog": "t.me", "threads.com": "threads.net", "linkedin.cn": "linkedin.com", "instagr.am": "instagram.com",
    "vk.ru": "vk.com", "vkontakte.ru": "vk.com", "odnoklassniki.ru": "ok.ru", "gitlab.org": "gitlab.com",
    "discordapp.com": "discord.com", "on.soundcloud.com": "soundcloud.com",
}  # fmt: skip
WHATSAPP_HOSTS = frozenset(("wa.me", "api.whatsapp.com", "whatsapp.com", "chat.whatsapp.com", "web.whatsapp.com"))
# Networks with one host per country, and those where a profile is a host of its own.
COUNTRY_HOSTS = ("pinterest.", "tripadvisor.", "yelp.")
OWN_HOSTS = {"tumblr.com": "tumblr", "bandcamp.com": "bandcamp", "substack.com": "substack", "medium.com": "medium"}

# Where others write about a business or a place: such a link may lead to somebody else's just as well.
PLACES = frozenset(("google-maps", "tripadvisor", "yelp", "trustpilot"))

# First path segments that name a page of the network itself, or a made-up person.
NOT_PEOPLE = words(
    "about account accounts ads api apps blog business careers contact cookies create dialog directory discover",
    "download embed events explore feed feeds features features.php groups hashtag help home home.php i intent",
    "jobs join joinchat legal login login.php l.php media messages newsroom notifications oauth p permalink.php",
    "photo.php pin plugins policies policy popular posts premium pricing privacy profile.php reel reels search",
    "settings share share.php sharearticle sharer sharer.php shop shorts signin signup sitemap stories story.php",
    "tag terms topics tos tr trending tv upload video videos watch web widgets your-username yourname yourpage",
    "yourprofile username user wix wordpress wordpressdotcom wordpresscom squarespace example playlist results",
    "live gaming channel c groups.php addtoany marketplace sponsors site security orgs topics collections hc app",
    "addstickers iv proxy enterprise customer-stories followers following readme solutions product team pages people",
    "pg story dashboard register tagged lists compose status statuses search-advanced favorites redirect reshare",
    "embed.js platform.js sdk.js widgets.js gp i.php ajax public media.php connect fbml whitepaper business.html",
    "your_username your-page your_page yourchannel yourusername your-profile yourcompany envato themeforest",
    "elegantthemes wixsite jimdo weebly webflow shopify godaddy hubspot mailchimp typo3 joomla drupal template_name",
)
# Of those, the ones behind which a profile may follow.
FOLLOWED_BY_PROFILE = frozenset(("groups", "p", "c", "channel", "user", "company", "pages", "people", "pg", "joinchat"))
