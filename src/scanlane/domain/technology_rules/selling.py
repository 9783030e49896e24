"""Payment, consent, and proof of being no robot. Pure."""

from scanlane.domain.technology_signs import Category, cookie, host, markup, rule, source

SELLING = (
    rule("Stripe", Category.PAYMENT, host("js.stripe.com", "m.stripe.network"), cookie("__stripe_[ms]id")),
    rule("PayPal", Category.PAYMENT, source(r"//www\.(?:paypal|paypalobjects)\.com/")),
    rule("Klarna", Category.PAYMENT, host("klarna.com", "klarnacdn.net", "klarnaservices.com")),
    rule("Mollie", Category.PAYMENT, source(r"//js\.mollie\.com/")),
    rule("Adyen", Category.PAYMENT, host("adyen.com")),
    rule("Braintree", Category.PAYMENT, host("braintreegateway.com", "braintree-api.com")),
    rule("Square", Category.PAYMENT, host("squarecdn.com", "web.squarecdn.com")),
    rule("Amazon Pay", Category.PAYMENT, source(r"//static-(?:eu|na|fe)\.payments-amazon\.com/")),
    rule("Cookiebot", Category.CONSENT, host("consent.cookiebot.com", "consent.cookiebot.eu")),
    rule("OneTrust", Category.CONSENT, host("cookielaw.org", "onetrust.com", "cookiepro.com")),
    rule("Usercentrics", Category.CONSENT, host("usercentrics.eu", "usercentrics.com")),
    rule(
        "Borlabs Cookie",
        Category.CONSENT,
        source(r"/plugins/borlabs-cookie/"),
        markup("BorlabsCookieBox"),
        implies="WordPress",
    ),
    rule(
        "Complianz",
        Category.CONSENT,
        source(r"/plugins/complianz-gdpr"),
        markup("cmplz-cookiebanner"),
        implies="WordPress",
    ),
    rule(
        "CookieYes", Category.CONSENT, host("cookieyes.com", "cdn-cookieyes.com"), source(r"/plugins/cookie-law-info/")
    ),
    rule("iubenda", Category.CONSENT, host("iubenda.com")),
    rule("Didomi", Category.CONSENT, host("privacy-center.org", "didomi.io")),
    rule("Klaro", Category.CONSENT, source(r"/klaro(?:-no-css)?(?:\.min)?\.js"), host("kiprotect.com")),
    rule(
        "CCM19", Category.CONSENT, source(r"/(?:ccm19|cookie-consent-manager)[^\n]{0,40}/app\.js|//cloud\.ccm19\.de/")
    ),
    rule("consentmanager", Category.CONSENT, host("consentmanager.net", "consentmanager.mgr.consensu.org")),
    rule("reCAPTCHA", Category.CAPTCHA, source(r"//www\.(?:google|gstatic|recaptcha)\.(?:com|net)/recaptcha/")),
    rule("hCaptcha", Category.CAPTCHA, host("hcaptcha.com")),
    rule("Cloudflare Turnstile", Category.CAPTCHA, source(r"//challenges\.cloudflare\.com/turnstile/")),
    rule(
        "Friendly Captcha", Category.CAPTCHA, source(r"/friendly-challenge"), host("frcapi.com", "friendlycaptcha.com")
    ),
)
