"""Analytics, advertising, and what loads them. Pure."""

from scanlane.domain.technology_signs import Category, cookie, host, markup, rule, source

MEASURING = (
    rule(
        "Google Analytics",
        Category.ANALYTICS,
        source(r"//www\.google-analytics\.com/|//www\.googletagmanager\.com/gtag/js\?id=(?:G|UA)-"),
        markup("gtag('config', 'G-"),
        markup('gtag("config","G-'),
        cookie("_ga(?:_[A-Z0-9]{4,20})?"),
    ),
    rule(
        "Matomo",
        Category.ANALYTICS,
        source(r"/(?:matomo|piwik)\.(?:js|php)"),
        markup("_paq.push("),
        cookie(r"_pk_(?:id|ses)[\w.]{0,40}"),
    ),
    rule("Plausible", Category.ANALYTICS, host("plausible.io")),
    rule("Fathom", Category.ANALYTICS, host("usefathom.com")),
    rule("Hotjar", Category.ANALYTICS, host("hotjar.com"), markup("static.hotjar.com/c/hotjar-")),
    rule("Microsoft Clarity", Category.ANALYTICS, host("clarity.ms"), markup("www.clarity.ms/tag/")),
    rule("etracker", Category.ANALYTICS, host("etracker.com", "etracker.de")),
    rule("Adobe Analytics", Category.ANALYTICS, source(r"/AppMeasurement\.js|/s_code\.js"), host("omtrdc.net")),
    rule("Yandex Metrica", Category.ANALYTICS, source(r"//mc\.yandex\.ru/"), markup("mc.yandex.ru/metrika")),
    rule("Cloudflare Web Analytics", Category.ANALYTICS, host("static.cloudflareinsights.com")),
    rule("Segment", Category.ANALYTICS, source(r"//cdn\.segment\.com/"), markup("cdn.segment.com/analytics.js")),
    rule("Mixpanel", Category.ANALYTICS, host("mxpnl.com", "mixpanel.com")),
    rule("Amplitude", Category.ANALYTICS, host("amplitude.com")),
    rule(
        "Google Ads",
        Category.ADVERTISING,
        source(r"//www\.googleadservices\.com/|//googleads\.g\.doubleclick\.net/|gtag/js\?id=AW-"),
        markup("gtag('config', 'AW-"),
    ),
    rule("Google AdSense", Category.ADVERTISING, host("pagead2.googlesyndication.com")),
    rule(
        "Meta Pixel",
        Category.ADVERTISING,
        source(r"//connect\.facebook\.net/[\w-]{2,8}/fbevents\.js"),
        markup("connect.facebook.net/en_US/fbevents.js"),
        markup("facebook.com/tr?id="),
    ),
    rule("LinkedIn Insight", Category.ADVERTISING, host("snap.licdn.com"), markup("_linkedin_partner_id")),
    rule(
        "TikTok Pixel",
        Category.ADVERTISING,
        source(r"//analytics\.tiktok\.com/"),
        markup("analytics.tiktok.com/i18n/pixel"),
    ),
    rule("Pinterest Tag", Category.ADVERTISING, source(r"//s\.pinimg\.com/ct/"), markup("s.pinimg.com/ct/core.js")),
    rule("Microsoft Advertising", Category.ADVERTISING, source(r"//bat\.bing\.com/"), markup("bat.bing.com/bat.js")),
    rule(
        "Google Tag Manager",
        Category.TAGS,
        source(r"//www\.googletagmanager\.com/(?:gtm\.js|ns\.html)"),
        markup("www.googletagmanager.com/gtm.js?id="),
    ),
    rule("Tealium", Category.TAGS, host("tiqcdn.com", "tealiumiq.com")),
    rule("Adobe Launch", Category.TAGS, host("assets.adobedtm.com")),
)
