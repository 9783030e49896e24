"""Hosts on which many businesses have a page, none of them a website of its own. Pure.

Site builders are left out: what they host is a website, and its host names it.
"""

from enum import StrEnum
from functools import lru_cache

from scanlane.domain.authority import owned_domain
from scanlane.domain.word_sets import words


class Shared(StrEnum):
    """What the page is instead of a website of the business's own."""

    SOCIAL = "a profile in a social network"
    LINKS = "a list of links"
    BOOKING = "a page of a booking service"
    DELIVERY = "a page of a delivery service"
    MAP = "a place on a map"
    DIRECTORY = "an entry in a directory"
    MARKET = "an offer on a marketplace"
    SHORT = "a shortened link"
    BUILDER = "a page without a host of its own"


_DOMAINS = {
    Shared.SOCIAL: words(
        "facebook.com fb.com fb.me fb.watch m.me messenger.com instagram.com instagr.am ig.me threads.net threads.com",
        "twitter.com x.com linkedin.com youtube.com youtu.be tiktok.com snapchat.com t.me telegram.me telegram.org",
        "wa.me whatsapp.com vk.com ok.ru xing.com reddit.com twitch.tv vimeo.com soundcloud.com spotify.com weibo.com",
        "line.me lin.ee discord.com discord.gg mastodon.social bsky.app flickr.com behance.net dribbble.com viber.com",
        "zalo.me kakao.com wechat.com weixin.qq.com meetup.com nebenan.de patreon.com onlyfans.com bandcamp.com",
        "nextdoor.com nextdoor.de nextdoor.fr nextdoor.it nextdoor.es nextdoor.nl nextdoor.co.uk medium.com",
    ),
    Shared.LINKS: words(
        "linktr.ee linkin.bio lnk.bio bio.link bio.site beacons.ai beacons.page campsite.bio taplink.cc tap.bio",
        "solo.to",
        "allmylinks.com about.me linkpop.com msha.ke milkshake.app flow.page flowcode.com hoo.be koji.to stan.store",
        "komi.io linkbio.co linkfly.to contactin.bio instabio.cc many.link heylink.me bento.me snipfeed.co zaap.bio",
        "lit.link wlo.link dot.cards popl.co hihello.me hihello.com blinq.me getallmylinks.com linklist.bio mssg.me",
        "direct.me shor.by biolinky.co sleek.bio url.bio magic.ly pearl.bio lynx.bio linke.to wonderl.ink",
    ),
    Shared.BOOKING: words(
        "booking.com resy.com exploretock.com sevenrooms.com hotels.com vrbo.com hostelworld.com agoda.com",
        "calendly.com shore.com",
        "mindbodyonline.com zocdoc.com jameda.de acuityscheduling.com salonized.com getyourguide.com viator.com",
        "simplybook.it simplybook.me timify.com resmio.com resmio.de planity.com hrs.com hrs.de dineout.is",
        "setmore.com squareup.com styleseat.com phorest.com bookeo.com fareharbor.com rezdy.com peek.com",
    ),
    Shared.DELIVERY: words(
        "just-eat.com takeaway.com thuisbezorgd.nl menulog.com.au skipthedishes.com slicelife.com order.online",
        "toasttab.com clover.com chownow.com gloriafood.com ifood.com.br talabat.com swiggy.com seamless.com",
        "pyszne.pl trendyol.com getir.com hungerstation.com dominos-order.com",
    ),
    Shared.MAP: words(
        "goo.gl g.page g.co maps.app.goo.gl maps.apple.com bing.com openstreetmap.org osm.org here.com waze.com",
        "mapy.cz mapy.com foursquare.com 4sq.com mapquest.com what3words.com w3w.co w3w.io naver.com naver.me amap.com",
    ),
    Shared.DIRECTORY: words(
        "yellowpages.com yell.com gelbeseiten.de dasoertliche.de dastelefonbuch.de 11880.com golocal.de meinestadt.de",
        "pagesjaunes.fr paginegialle.it paginasamarillas.es goudengids.be goudengids.nl herold.at local.ch search.ch",
        "bbb.org angi.com angieslist.com thumbtack.com checkatrade.com mybuilder.com trustatrader.com manta.com",
        "kununu.com wikipedia.org wikidata.org crunchbase.com dnb.com northdata.de northdata.com proff.no",
        "companieshouse.gov.uk justdial.com indiamart.com sulekha.com truelocal.com.au",
    ),
    Shared.MARKET: words(
        "etsy.com alibaba.com kleinanzeigen.de mobile.de leboncoin.fr marktplaats.nl willhaben.at rightmove.co.uk",
        "immobilienscout24.de immoscout24.de immoscout24.ch immowelt.de zillow.com realtor.com zoopla.co.uk allegro.pl",
        "apps.apple.com gumtree.com depop.com poshmark.com mercari.com tokopedia.com tokopedia.link gofundme.com",
        "blocket.se finn.no",
    ),
    Shared.SHORT: words(
        "bit.ly bitly.com tinyurl.com t.co ow.ly buff.ly rb.gy cutt.ly is.gd v.gd qrco.de shorturl.at lnkd.in amzn.to",
        "t.ly tiny.cc s.id rebrand.ly bl.ink short.gy urlz.fr linkd.in me-qr.com qr.io onelink.to smart.link page.link",
    ),
    Shared.BUILDER: words(
        "wix.com godaddy.com ionos.com ionos.de strato.de hostinger.com duda.co canva.com notion.so",
        "dropbox.com docs.google.com drive.google.com sites.google.com issuu.com yumpu.com archive.org",
    ),
}
# The same under many endings: the last label before the public suffix says it.
_BRANDS = {
    Shared.SOCIAL: words("pinterest"),
    Shared.BOOKING: words(
        "opentable thefork lafourchette quandoo tripadvisor airbnb expedia trivago treatwell fresha booksy doctolib",
        "bookatable vagaro eventbrite klook",
    ),
    Shared.DELIVERY: words(
        "ubereats doordash grubhub deliveroo justeat lieferando wolt foodora foodpanda glovoapp postmates zomato rappi",
        "toogoodtogo pedidosya",
    ),
    Shared.MAP: words("google 2gis yandex"),
    Shared.DIRECTORY: words("yelp cylex hotfrog trustpilot houzz provenexpert"),
    Shared.MARKET: words(
        "amazon ebay ebay-kleinanzeigen aliexpress autoscout24 autotrader mercadolibre mercadolivre olx rakuten shopee",
        "lazada vinted",
    ),
}
_KIND_OF_DOMAIN = {domain: kind for kind, domains in _DOMAINS.items() for domain in domains}
_KIND_OF_BRAND = {brand: kind for kind, brands in _BRANDS.items() for brand in brands}


@lru_cache(maxsize=8192)
def shared(host: str) -> Shared | None:
    """What a page on that host (as read_host returns it) is, unless it may be a website of the business's own."""
    labels = host.split(".")
    for start in range(len(labels) - 1):
        kind = _KIND_OF_DOMAIN.get(".".join(labels[start:]))
        if kind is not None:
            return kind
    return _KIND_OF_BRAND.get(owned_domain(host).partition(".")[0])
