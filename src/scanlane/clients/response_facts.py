"""What an answer shows of the software behind it: telling headers, and the names of cookies."""

from collections.abc import Iterable

MOST_COOKIES = 50
LONGEST_COOKIE_NAME = 100

TELLING_HEADERS = tuple(
    "x-powered-by x-generator via cf-ray link powered-by x-aspnet-version x-aspnetmvc-version x-drupal-cache "
    "x-drupal-dynamic-cache x-shopify-stage x-shopid x-wix-request-id x-served-by x-varnish x-fastly-request-id "
    "x-amz-cf-id x-amz-request-id x-akamai-transformed x-azure-ref x-cdn x-sucuri-id x-vercel-id x-nf-request-id "
    "x-github-request-id fly-request-id wpe-backend x-kinsta-cache x-pantheon-styx-hostname x-litespeed-cache "
    "x-magento-cache-debug x-magento-tags sw-version-id sw-context-token x-bc-storefront-request x-hs-hub-id "
    "x-umbraco-version x-flow-powered x-compressed-by x-content-encoded-by x-powered-cms x-host x-jwwb-version "
    "x-tilda-server x-ionos-cache x-powered-by-plesk sg-optimizer-cache-status x-proxy-cache-info x-debug-token "
    "x-symfony-cache weglot-translated".split()
)


def cookie_names(lines: Iterable[str]) -> tuple[str, ...]:
    """The names in Set-Cookie headers, each once; the values are not kept."""
    names = (line.partition("=")[0].strip() for line in lines if "=" in line)
    usable = (name for name in names if 0 < len(name) <= LONGEST_COOKIE_NAME and name.isascii() and name.isprintable())
    return tuple(dict.fromkeys(usable))[:MOST_COOKIES]
