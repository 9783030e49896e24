"""Website builders, and the page builders inside content management. Pure."""

from scanlane.domain.technology_signs import VERSION, Category, generator, header, host, markup, meta, rule, source

BUILDERS = (
    rule(
        "Wix",
        Category.BUILDER,
        generator(r"Wix\.com", version=False),
        header("x-wix-request-id"),
        host("parastorage.com", "wixstatic.com"),
    ),
    rule(
        "Squarespace",
        Category.BUILDER,
        host("squarespace.com", "squarespace-cdn.com", "sqspcdn.com"),
        markup("Static.SQUARESPACE_CONTEXT"),
        header("server", r"\ASquarespace"),
    ),
    rule(
        "Webflow",
        Category.BUILDER,
        generator("Webflow", version=False),
        markup("data-wf-site="),
        host("website-files.com"),
    ),
    rule(
        "Jimdo",
        Category.BUILDER,
        generator("Jimdo", version=False),
        host("jimcdn.com", "jimstatic.com", "jimdo-static.com", "jimdo.com"),
    ),
    rule(
        "Weebly",
        Category.BUILDER,
        generator("Weebly", version=False),
        host("editmysite.com"),
        header("x-host", r"weebly\.net"),
    ),
    rule(
        "GoDaddy Website Builder",
        Category.BUILDER,
        generator("Starfield Technologies; Go Daddy Website Builder"),
        host("wsimg.com"),
    ),
    rule(
        "Duda",
        Category.BUILDER,
        host("multiscreensite.com", "dudamobile.com", "cdn-website.com"),
        markup("window._currentDevice"),
    ),
    rule(
        "IONOS MyWebsite",
        Category.BUILDER,
        host("website-editor.net", "websitestart.de", "sitebuilder.ionos.com"),
        source(r"//cdn\.initial-website\.com/"),
    ),
    rule(
        "Webnode",
        Category.BUILDER,
        generator("Webnode"),
        host("webnode.com"),
        source(r"//[\w-]{1,40}\.cbaul-cdnwnd\.com/"),
    ),
    rule("Webador", Category.BUILDER, host("jwwb.nl", "webador.com"), header("x-jwwb-version", confidence=95)),
    rule("Strikingly", Category.BUILDER, host("strikinglycdn.com", "strikingly.com")),
    rule("Tilda", Category.BUILDER, host("tildacdn.com", "tilda.ws"), header("x-tilda-server")),
    rule("Framer", Category.BUILDER, generator("Framer", version=False), host("framerusercontent.com", "framer.com")),
    rule("Carrd", Category.BUILDER, meta("generator", "Carrd"), host("carrd.co")),
    rule("Google Sites", Category.BUILDER, source(r"//(?:sites\.google\.com|ssl\.gstatic\.com/atari)/")),
    rule("Hostinger Website Builder", Category.BUILDER, generator("Hostinger", version=False), host("zyrosite.com")),
    rule(
        "Site123", Category.BUILDER, host("site123.com", "cdn-cms-s.f-static.net"), generator("SITE123", version=False)
    ),
    rule(
        "Elementor",
        Category.BUILDER,
        generator("Elementor"),
        source(rf"/plugins/elementor(?:-pro)?/[^\n]{{1,150}}[?&]ver={VERSION}", 85),
        source(r"/plugins/elementor(?:-pro)?/"),
        implies="WordPress",
    ),
    rule("Divi", Category.BUILDER, source(r"/themes/Divi/"), generator("Divi"), implies="WordPress"),
    rule(
        "WPBakery",
        Category.BUILDER,
        source(r"/plugins/js_composer/"),
        generator("Powered by WPBakery", version=False),
        implies="WordPress",
    ),
    rule("Beaver Builder", Category.BUILDER, source(r"/plugins/(?:bb-plugin|beaver-builder)"), implies="WordPress"),
)
