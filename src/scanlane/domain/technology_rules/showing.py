"""Maps, films, fonts, and helpers for visitors. Pure."""

from scanlane.domain.technology_signs import Category, generator, header, host, rule, source

SHOWING = (
    rule(
        "Google Maps",
        Category.MAPS,
        source(r"//maps\.google(?:apis)?\.[a-z.]{2,6}/|//www\.google\.[a-z.]{2,6}/maps/embed"),
    ),
    rule(
        "Leaflet",
        Category.MAPS,
        source(r"/leaflet(?:@[\d.]{1,10})?[^\n]{0,30}/leaflet(?:\.min)?\.(?:js|css)|/leaflet(?:\.min)?\.js"),
    ),
    rule("Mapbox", Category.MAPS, host("api.mapbox.com", "api.tiles.mapbox.com")),
    rule("YouTube", Category.MEDIA, source(r"//www\.youtube(?:-nocookie)?\.com/(?:embed/|iframe_api)")),
    rule("Vimeo", Category.MEDIA, source(r"//player\.vimeo\.com/")),
    rule("Issuu", Category.MEDIA, host("issuu.com")),
    rule("Google Fonts", Category.FONTS, host("fonts.googleapis.com", "fonts.gstatic.com")),
    rule("Adobe Fonts", Category.FONTS, host("use.typekit.net", "p.typekit.net")),
    rule(
        "Font Awesome",
        Category.FONTS,
        host("use.fontawesome.com", "kit.fontawesome.com"),
        source(r"/font-?awesome[^\n]{0,60}\.css"),
    ),
    rule("Weglot", Category.PLUGIN, host("weglot.com"), header("weglot-translated", confidence=95)),
    rule("accessiBe", Category.PLUGIN, host("acsbapp.com", "acsbap.com")),
    rule("UserWay", Category.PLUGIN, host("userway.org")),
    rule(
        "Eye-Able", Category.PLUGIN, host("eye-able.com"), source(r"/eyeAble\.js"), generator("Eye-Able", version=False)
    ),
)
