"""Chats, newsletters and reviews. Pure."""

from scanlane.domain.technology_signs import Category, cookie, host, markup, rule, source

TALKING = (
    rule(
        "Intercom",
        Category.CHAT,
        host("intercom.io", "intercomcdn.com"),
        markup("window.intercomSettings"),
        markup("widget.intercom.io/widget/"),
    ),
    rule("Zendesk", Category.CHAT, host("zdassets.com", "zopim.com")),
    rule("Drift", Category.CHAT, host("driftt.com", "drift.com"), markup("js.driftt.com/include/")),
    rule("Crisp", Category.CHAT, host("client.crisp.chat"), markup("window.CRISP_WEBSITE_ID")),
    rule("Tawk.to", Category.CHAT, host("tawk.to"), markup("embed.tawk.to/")),
    rule("LiveChat", Category.CHAT, host("livechatinc.com"), markup("window.__lc.license")),
    rule("Tidio", Category.CHAT, host("tidio.co", "tidiochat.com")),
    rule("Userlike", Category.CHAT, host("userlike.com", "userlike-cdn-widgets.s3-eu-west-1.amazonaws.com")),
    rule("Olark", Category.CHAT, host("olark.com"), markup("static.olark.com/jsclient")),
    rule("JivoChat", Category.CHAT, host("jivosite.com", "jivochat.com")),
    rule("Smartsupp", Category.CHAT, host("smartsuppchat.com"), markup("_smartsupp.key")),
    rule("Freshchat", Category.CHAT, source(r"//wchat\.(?:[\w]{2,4}\.)?freshchat\.com/")),
    rule(
        "Mailchimp",
        Category.MARKETING,
        host("chimpstatic.com", "list-manage.com"),
        markup(".list-manage.com/subscribe"),
    ),
    rule("Klaviyo", Category.MARKETING, host("klaviyo.com")),
    rule(
        "HubSpot",
        Category.MARKETING,
        host("hs-scripts.com", "hsforms.net", "hs-analytics.net", "hubspot.com"),
        cookie("hubspotutk"),
    ),
    rule("Brevo", Category.MARKETING, host("sibautomation.com", "sendinblue.com", "sibforms.com", "brevo.com")),
    rule("ActiveCampaign", Category.MARKETING, host("activehosted.com", "trackcmp.net", "activecampaign.com")),
    rule("Marketo", Category.MARKETING, host("marketo.net", "marketo.com"), cookie("_mkto_trk")),
    rule("Pardot", Category.MARKETING, host("pardot.com"), cookie(r"visitor_id\d{1,12}")),
    rule("CleverReach", Category.MARKETING, host("cleverreach.com", "cleverreach.de"), markup("cleverreach.com/f/")),
    rule("Typeform", Category.MARKETING, host("typeform.com")),
    rule("Trustpilot", Category.REVIEWS, host("trustpilot.com")),
    rule("Trusted Shops", Category.REVIEWS, host("trustedshops.com"), markup("widgets.trustedshops.com/js/")),
    rule("ProvenExpert", Category.REVIEWS, host("provenexpert.com", "provenexpert.net")),
    rule("Elfsight", Category.REVIEWS, host("elfsight.com", "elfsightcdn.com")),
)
