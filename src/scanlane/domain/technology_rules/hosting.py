"""Servers, delivery networks and hosting. Pure."""

from scanlane.domain.technology_signs import VERSION, Category, cookie, header, host, rule, source

SERVERS = (
    rule("nginx", Category.SERVER, header("server", rf"\Anginx(?:/{VERSION})?")),
    rule("Apache", Category.SERVER, header("server", rf"\AApache(?:/{VERSION}|\b(?!-))")),
    rule("LiteSpeed", Category.SERVER, header("server", "LiteSpeed"), header("x-litespeed-cache")),
    rule("IIS", Category.SERVER, header("server", rf"\AMicrosoft-IIS(?:/{VERSION})?")),
    rule("Caddy", Category.SERVER, header("server", r"\ACaddy")),
    rule("OpenResty", Category.SERVER, header("server", rf"\Aopenresty(?:/{VERSION})?")),
    rule("Envoy", Category.SERVER, header("server", r"\A(?:istio-)?envoy")),
    rule("Varnish", Category.SERVER, header("via", r"varnish"), header("x-varnish")),
)
DELIVERY = (
    rule(
        "Cloudflare",
        Category.CDN,
        header("cf-ray"),
        header("server", r"\Acloudflare"),
        cookie("__cf_bm|__cfduid|cf_clearance"),
        source(r"/cdn-cgi/(?:scripts|challenge-platform)/"),
    ),
    rule("Fastly", Category.CDN, header("x-served-by", r"\Acache-[a-z]{3}"), header("x-fastly-request-id")),
    rule(
        "Amazon CloudFront",
        Category.CDN,
        header("x-amz-cf-id"),
        header("via", r"\(CloudFront\)"),
        host("cloudfront.net"),
    ),
    rule(
        "Akamai",
        Category.CDN,
        header("x-akamai-transformed"),
        header("server", r"\AAkamai"),
        host("akamaihd.net", "akamaized.net"),
    ),
    rule("Bunny CDN", Category.CDN, header("server", r"\ABunnyCDN"), host("b-cdn.net")),
    rule("KeyCDN", Category.CDN, header("server", r"\Akeycdn"), host("kxcdn.com")),
    rule("Sucuri", Category.CDN, header("x-sucuri-id"), header("server", r"\ASucuri")),
    rule(
        "Imperva",
        Category.CDN,
        header("x-cdn", r"Imperva|Incapsula"),
        cookie(r"visid_incap_\d{1,12}|incap_ses_[\d_]{1,24}"),
    ),
    rule("Azure Front Door", Category.CDN, header("x-azure-ref")),
    rule("jsDelivr", Category.CDN, host("cdn.jsdelivr.net")),
    rule("cdnjs", Category.CDN, host("cdnjs.cloudflare.com")),
    rule("unpkg", Category.CDN, host("unpkg.com")),
)
HOSTING = (
    rule("Vercel", Category.HOSTING, header("x-vercel-id"), header("server", r"\AVercel")),
    rule("Netlify", Category.HOSTING, header("x-nf-request-id"), header("server", r"\ANetlify")),
    rule("GitHub Pages", Category.HOSTING, header("x-github-request-id"), header("server", r"\AGitHub\.com")),
    rule("Heroku", Category.HOSTING, header("via", r"vegur|heroku-router"), header("server", r"\ACowboy", 60)),
    rule("Fly.io", Category.HOSTING, header("fly-request-id"), header("server", r"\AFly/")),
    rule(
        "WP Engine", Category.HOSTING, header("wpe-backend"), header("x-powered-by", r"WP Engine"), implies="WordPress"
    ),
    rule("Kinsta", Category.HOSTING, header("x-kinsta-cache"), implies="WordPress"),
    rule("Pantheon", Category.HOSTING, header("x-pantheon-styx-hostname")),
    rule("Amazon S3", Category.HOSTING, header("server", r"\AAmazonS3"), header("x-amz-request-id", confidence=60)),
    rule("PleskLin", Category.HOSTING, header("x-powered-by", r"Plesk(?:Lin|Win)?"), header("x-powered-by-plesk")),
    rule("IONOS", Category.HOSTING, header("x-ionos-cache", confidence=90)),
    rule(
        "SiteGround", Category.HOSTING, header("sg-optimizer-cache-status"), header("x-proxy-cache-info", r"DT:1", 60)
    ),
)
