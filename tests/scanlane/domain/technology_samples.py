"""One sample of each technology: a line each, `name | kind | what a page or its headers hold | version`.

Kinds: generator (a meta element), header, cookie (its name), source (a script's address), markup.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_SAMPLES = """
WordPress | generator | WordPress 6.5.2 | 6.5.2
WordPress | source | /wp-includes/js/jquery/jquery.min.js?ver=6.4.1 | 6.4.1
WordPress | source | https://bakery.example/wp-content/themes/oven/main.js
WordPress | header | link: <https://bakery.example/wp-json/>; rel="https://api.w.org/"
Joomla | generator | Joomla! - Open Source Content Management
Drupal | header | x-generator: Drupal 10 (https://www.drupal.org) | 10
Drupal | source | /sites/default/files/js/a.js
TYPO3 | generator | TYPO3 CMS
TYPO3 | source | /typo3temp/assets/js/a.js
Contao | generator | Contao Open Source CMS
Craft CMS | header | x-powered-by: Craft CMS
Ghost | generator | Ghost 5.82 | 5.82
Umbraco | header | x-umbraco-version: 13.1.0 | 13.1.0
Sitecore | cookie | SC_ANALYTICS_GLOBAL_COOKIE
Adobe Experience Manager | source | /etc.clientlibs/site/clientlib.js
Concrete CMS | generator | Concrete CMS
Neos | header | x-flow-powered: Flow/8.3 Neos/8.3
MODX | header | x-powered-by: MODX Revolution
REDAXO | source | /assets/addons/yform/a.js
ProcessWire | header | x-powered-by: ProcessWire CMS
SilverStripe | generator | SilverStripe - https://www.silverstripe.org
DNN | generator | DotNetNuke
Blogger | generator | blogger
HubSpot CMS | header | x-hs-hub-id: 1234
1C-Bitrix | header | x-powered-cms: Bitrix Site Manager
October CMS | cookie | october_session
Sitefinity | generator | Sitefinity 14.4 | 14.4
Wix | generator | Wix.com Website Builder
Wix | source | https://static.parastorage.com/services/a.js
Squarespace | source | https://static1.squarespace.com/static/a.js
Webflow | markup | <html data-wf-site="64">
Jimdo | source | https://assets.jimstatic.com/web.js
Weebly | source | https://cdn2.editmysite.com/js/site/main.js
GoDaddy Website Builder | source | https://img1.wsimg.com/a.js
Duda | source | https://irp.cdn-website.com/a.js
IONOS MyWebsite | source | https://cdn.initial-website.com/s/js/a.js
Webnode | generator | Webnode 2 | 2
Webador | source | https://assets.jwwb.nl/assets/website.js
Strikingly | source | https://static-assets.strikinglycdn.com/a.js
Tilda | source | https://static.tildacdn.com/js/tilda.js
Framer | generator | Framer 1a2b3c
Carrd | generator | Carrd
Google Sites | source | https://ssl.gstatic.com/atari/js/a.js
Hostinger Website Builder | generator | Hostinger Website Builder
Site123 | source | https://cdn-cms-s.f-static.net/a.js
Elementor | generator | Elementor 3.21.0; features: a | 3.21.0
Elementor | source | /wp-content/plugins/elementor/assets/js/frontend.min.js?ver=3.19.2 | 3.19.2
Divi | source | /wp-content/themes/Divi/js/custom.js
WPBakery | source | /wp-content/plugins/js_composer/assets/a.js
Beaver Builder | source | /wp-content/plugins/beaver-builder-lite-version/js/a.js
Shopify | source | https://cdn.shopify.com/s/files/1/a.js
Shopify | header | x-shopify-stage: production
Shopify | cookie | _shopify_y
WooCommerce | generator | WooCommerce 8.8.3 | 8.8.3
WooCommerce | source | /wp-content/plugins/woocommerce/assets/js/a.min.js?ver=8.1.0 | 8.1.0
Magento | source | /static/version1700000000/frontend/Magento/luma/en_US/a.js
PrestaShop | generator | PrestaShop
Shopware | header | sw-context-token: abc
OpenCart | source | /catalog/view/javascript/common.js
BigCommerce | source | https://cdn11.bigcommerce.com/s-abc/a.js
Ecwid | source | https://app.ecwid.com/script.js?1
JTL-Shop | cookie | JTLSHOP
OXID eShop | source | /out/wave/src/js/scripts.min.js
Gambio | source | /GXModules/Gambio/Hub/a.js
Salesforce Commerce Cloud | source | /on/demandware.static/Sites/a.js
Lightspeed eCom | source | https://cdn.webshopapp.com/assets/a.js
Snipcart | source | https://cdn.snipcart.com/themes/v3/default/snipcart.js
Yoast SEO | markup | <!-- This site is optimized with the Yoast SEO plugin v22.6 -->
Rank Math | markup | <script type="application/ld+json" class="rank-math-schema">
All in One SEO | generator | All in One SEO (AIOSEO) 4.6.1 | 4.6.1
Contact Form 7 | source | /wp-content/plugins/contact-form-7/includes/js/index.js?ver=5.9.3 | 5.9.3
WP Rocket | source | /wp-content/plugins/wp-rocket/assets/js/a.js
WPML | generator | WPML ver:4.6.10 stt:1,3;
Jetpack | source | https://stats.wp.com/e-202420.js
Google Analytics | source | https://www.googletagmanager.com/gtag/js?id=G-ABC123
Google Analytics | cookie | _ga
Matomo | source | https://stats.bakery.example/matomo.js
Matomo | markup | <script>var _paq = []; _paq.push(['trackPageView']);</script>
Plausible | source | https://plausible.io/js/script.js
Fathom | source | https://cdn.usefathom.com/script.js
Hotjar | source | https://static.hotjar.com/c/hotjar-1.js
Microsoft Clarity | source | https://www.clarity.ms/tag/abc
etracker | source | https://code.etracker.com/code/e.js
Adobe Analytics | source | /js/AppMeasurement.js
Yandex Metrica | source | https://mc.yandex.ru/metrika/tag.js
Cloudflare Web Analytics | source | https://static.cloudflareinsights.com/beacon.min.js
Segment | markup | <script>t.src="https://cdn.segment.com/analytics.js/v1/a"</script>
Mixpanel | source | https://cdn.mxpnl.com/libs/mixpanel.js
Amplitude | source | https://cdn.amplitude.com/libs/a.js
Google Ads | source | https://www.googletagmanager.com/gtag/js?id=AW-123
Google AdSense | source | https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js
Meta Pixel | source | https://connect.facebook.net/en_US/fbevents.js
LinkedIn Insight | source | https://snap.licdn.com/li.lms-analytics/insight.min.js
TikTok Pixel | source | https://analytics.tiktok.com/i18n/pixel/events.js
Pinterest Tag | source | https://s.pinimg.com/ct/core.js
Microsoft Advertising | source | https://bat.bing.com/bat.js
Google Tag Manager | source | https://www.googletagmanager.com/gtm.js?id=GTM-ABC
Tealium | source | https://tags.tiqcdn.com/utag/a/main/prod/utag.js
Adobe Launch | source | https://assets.adobedtm.com/a/launch.min.js
Intercom | source | https://widget.intercom.io/widget/abc
Zendesk | source | https://static.zdassets.com/ekr/snippet.js
Drift | source | https://js.driftt.com/include/1/a.js
Crisp | source | https://client.crisp.chat/l.js
Tawk.to | markup | <script>s1.src='https://embed.tawk.to/abc/default';</script>
LiveChat | source | https://cdn.livechatinc.com/tracking.js
Tidio | source | https://code.tidio.co/abc.js
Userlike | source | https://userlike-cdn-widgets.s3-eu-west-1.amazonaws.com/a.js
Olark | source | https://static.olark.com/jsclient/loader.js
JivoChat | source | https://code.jivosite.com/widget/a
Smartsupp | source | https://www.smartsuppchat.com/loader.js
Freshchat | source | https://wchat.eu.freshchat.com/js/widget.js
Mailchimp | source | https://chimpstatic.com/mcjs-connected/js/users/a.js
Klaviyo | source | https://static.klaviyo.com/onsite/js/klaviyo.js
HubSpot | source | https://js.hs-scripts.com/1234.js
Brevo | source | https://sibautomation.com/sa.js
ActiveCampaign | source | https://bakery.activehosted.com/f/embed.php
Marketo | source | https://munchkin.marketo.net/munchkin.js
Pardot | source | https://pi.pardot.com/pd.js
CleverReach | markup | <form action="https://eu2.cleverreach.com/f/1-1/wcs/">
Typeform | source | https://embed.typeform.com/next/embed.js
Trustpilot | source | https://widget.trustpilot.com/bootstrap/v5/tp.widget.bootstrap.min.js
Trusted Shops | source | https://widgets.trustedshops.com/js/X.js
ProvenExpert | source | https://www.provenexpert.com/widget/a.js
Elfsight | source | https://static.elfsight.com/platform/platform.js
Calendly | source | https://assets.calendly.com/assets/external/widget.js
Cal.com | source | https://app.cal.com/embed/embed.js
Acuity Scheduling | source | https://embed.acuityscheduling.com/js/embed.js
SimplyBook.me | source | https://widget.simplybook.me/v2/widget/widget.js
OpenTable | source | https://www.opentable.co.uk/widget/reservation/loader?rid=1
TheFork | source | https://widget.thefork.com/a
Resmio | source | https://static.resmio.com/static/en/widget.js
Quandoo | source | https://booking-widget.quandoo.com/index.js
SevenRooms | source | https://www.sevenrooms.com/widget/embed.js
Resy | source | https://widgets.resy.com/embed.js
Treatwell | source | https://widget.treatwell.de/common/a.js
Booksy | source | https://booksy.com/widget/code.js?id=1
Fresha | source | https://partners.fresha.com/widget/a.js
Shore | source | https://connect.shore.com/widget/booking/bakery
Timify | source | https://book.timify.com/widget/widget.min.js
Mindbody | source | https://widgets.mindbodyonline.com/javascripts/healcode.js
Doctolib | source | https://www.doctolib.de/iframe/bakery
DIRS21 | source | https://v4.dirs21.de/a.js
Stripe | source | https://js.stripe.com/v3/
PayPal | source | https://www.paypal.com/sdk/js?client-id=a
Klarna | source | https://x.klarnacdn.net/kp/lib/v1/api.js
Mollie | source | https://js.mollie.com/v1/mollie.js
Adyen | source | https://checkoutshopper-live.adyen.com/checkoutshopper/sdk/a.js
Braintree | source | https://js.braintreegateway.com/web/a.js
Square | source | https://web.squarecdn.com/v1/square.js
Amazon Pay | source | https://static-eu.payments-amazon.com/checkout.js
Cookiebot | source | https://consent.cookiebot.com/uc.js
OneTrust | source | https://cdn.cookielaw.org/scripttemplates/otSDKStub.js
Usercentrics | source | https://app.usercentrics.eu/browser-ui/latest/loader.js
Borlabs Cookie | source | /wp-content/plugins/borlabs-cookie/assets/javascript/a.js
Complianz | source | /wp-content/plugins/complianz-gdpr/cookiebanner/js/a.js
CookieYes | source | https://cdn-cookieyes.com/client_data/a.js
iubenda | source | https://cdn.iubenda.com/cs/iubenda_cs.js
Didomi | source | https://sdk.privacy-center.org/a/loader.js
Klaro | source | /assets/klaro.js
CCM19 | source | https://cloud.ccm19.de/app.js
consentmanager | source | https://cdn.consentmanager.net/delivery/a.js
reCAPTCHA | source | https://www.google.com/recaptcha/api.js
hCaptcha | source | https://js.hcaptcha.com/1/api.js
Cloudflare Turnstile | source | https://challenges.cloudflare.com/turnstile/v0/api.js
Friendly Captcha | source | https://cdn.jsdelivr.net/npm/friendly-challenge@0.9/widget.min.js
Google Maps | source | https://maps.googleapis.com/maps/api/js?key=a
Leaflet | source | https://unpkg.com/leaflet@1.9.4/dist/leaflet.js
Mapbox | source | https://api.mapbox.com/mapbox-gl-js/v3/mapbox-gl.js
YouTube | source | https://www.youtube-nocookie.com/embed/abc
Vimeo | source | https://player.vimeo.com/video/1
Issuu | source | https://e.issuu.com/embed.html
Google Fonts | source | https://fonts.googleapis.com/css2?family=a
Adobe Fonts | source | https://use.typekit.net/abc.js
Font Awesome | source | https://kit.fontawesome.com/abc.js
Weglot | source | https://cdn.weglot.com/weglot.min.js
accessiBe | source | https://acsbapp.com/apps/app/dist/js/app.js
UserWay | source | https://cdn.userway.org/widget.js
Eye-Able | source | https://cdn.eye-able.com/public/js/eyeAble.js
nginx | header | server: nginx/1.25.3 | 1.25.3
Apache | header | server: Apache/2.4.58 (Debian) | 2.4.58
LiteSpeed | header | server: LiteSpeed
IIS | header | server: Microsoft-IIS/10.0 | 10.0
Caddy | header | server: Caddy
OpenResty | header | server: openresty/1.21.4.1 | 1.21.4.1
Envoy | header | server: istio-envoy
Varnish | header | via: 1.1 varnish
Cloudflare | header | cf-ray: 8a1b2c3d4e5f-FRA
Fastly | header | x-served-by: cache-fra-eddf8230
Amazon CloudFront | header | via: 1.1 abc.cloudfront.net (CloudFront)
Akamai | header | x-akamai-transformed: 9 - 0 pmb=mRUM,1
Bunny CDN | header | server: BunnyCDN-DE1-1049
KeyCDN | header | server: keycdn
Sucuri | header | x-sucuri-id: 15015
Imperva | header | x-cdn: Imperva
Azure Front Door | header | x-azure-ref: 20240501T
jsDelivr | source | https://cdn.jsdelivr.net/npm/a.js
cdnjs | source | https://cdnjs.cloudflare.com/ajax/libs/a.js
unpkg | source | https://unpkg.com/a.js
Vercel | header | x-vercel-id: fra1::abc
Netlify | header | x-nf-request-id: 01ABC
GitHub Pages | header | server: GitHub.com
Heroku | header | via: 1.1 vegur
Fly.io | header | fly-request-id: 01ABC-fra
WP Engine | header | x-powered-by: WP Engine
Kinsta | header | x-kinsta-cache: HIT
Pantheon | header | x-pantheon-styx-hostname: styx-fe1
Amazon S3 | header | server: AmazonS3
PleskLin | header | x-powered-by: PleskLin
IONOS | header | x-ionos-cache: hit
SiteGround | header | sg-optimizer-cache-status: hit
PHP | header | x-powered-by: PHP/8.2.18 | 8.2.18
ASP.NET | header | x-aspnet-version: 4.0.30319 | 4.0.30319
Java | cookie | JSESSIONID
Express | header | x-powered-by: Express
Laravel | cookie | laravel_session
Symfony | header | x-symfony-cache: GET /: fresh
Django | markup | <input type="hidden" name="csrfmiddlewaretoken" value="a">
Ruby on Rails | markup | <meta name="csrf-param" content="authenticity_token">
Next.js | source | /_next/static/chunks/main.js
Nuxt | source | /_nuxt/entry.js
Gatsby | markup | <div id="___gatsby">
Astro | generator | Astro v4.8.2 | 4.8.2
SvelteKit | source | /_app/immutable/entry/start.js
Remix | markup | <script>window.__remixContext = {}</script>
Hugo | generator | Hugo 0.125.4 | 0.125.4
Jekyll | generator | Jekyll v4.3.2 | 4.3.2
Eleventy | generator | Eleventy v2.0.1 | 2.0.1
Inertia.js | markup | <div id="app" data-page="{&quot;component&quot;:&quot;Home&quot;}">
React | source | https://bakery.example/js/react-dom.production.min.js
Vue.js | source | https://bakery.example/js/vue@3.4.21/dist/vue.global.js | 3.4.21
Angular | markup | <app-root ng-version="17.3.1">
jQuery | source | /js/jquery-3.7.1.min.js | 3.7.1
jQuery | source | /js/jquery.min.js?ver=3.6.0 | 3.6.0
Bootstrap | source | /lib/bootstrap@5.3.3/dist/js/bootstrap.min.js | 5.3.3
Alpine.js | source | /npm/alpinejs@3.13.0/dist/cdn.min.js
htmx | source | /js/htmx.org@1.9.12/dist/htmx.min.js | 1.9.12
Tailwind CSS | source | https://cdn.tailwindcss.com
GSAP | source | /js/gsap.min.js
Swiper | source | /js/swiper-bundle.min.js
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """What gives a technology away in one page."""

    name: str
    kind: str
    text: str
    version: str | None

    @property
    def page(self) -> str:
        """The page that holds it, if it is in the page."""
        pieces = {
            "generator": f'<meta name="generator" content="{self.text}">',
            "source": f'<script src="{self.text}"></script>',
            "markup": self.text,
        }
        return f"<html><head>{pieces.get(self.kind, '')}</head><body><p>Bread</p></body></html>"

    @property
    def headers(self) -> dict[str, str]:
        """The headers that hold it, if it is in a header."""
        name, _, value = self.text.partition(": ")
        return {name: value} if self.kind == "header" else {}

    @property
    def cookies(self) -> tuple[str, ...]:
        """The cookies that hold it, if it is a cookie's name."""
        return (self.text,) if self.kind == "cookie" else ()


def samples() -> Iterator[Sample]:
    """All samples."""
    for line in _SAMPLES.strip().splitlines():
        name, kind, text, *version = (part.strip() for part in line.split(" | "))
        yield Sample(name, kind, text, version[0] if version else None)
