"""Tables, rooms and appointments. Pure."""

from scanlane.domain.technology_signs import Category, host, markup, rule, source

BOOKING = (
    rule("Calendly", Category.BOOKING, host("calendly.com"), markup("calendly.com/assets/external/widget.js")),
    rule("Cal.com", Category.BOOKING, source(r"//app\.cal\.com/"), markup("app.cal.com/embed")),
    rule("Acuity Scheduling", Category.BOOKING, host("acuityscheduling.com")),
    rule("SimplyBook.me", Category.BOOKING, host("simplybook.me", "simplybook.it")),
    rule("OpenTable", Category.BOOKING, source(r"//(?:www|secure)\.opentable\.[a-z.]{2,6}/")),
    rule("TheFork", Category.BOOKING, host("thefork.com", "lafourchette.com")),
    rule("Resmio", Category.BOOKING, host("resmio.com")),
    rule("Quandoo", Category.BOOKING, source(r"//(?:booking-)?widget\.quandoo\.[a-z.]{2,6}/")),
    rule("SevenRooms", Category.BOOKING, host("sevenrooms.com")),
    rule("Resy", Category.BOOKING, source(r"//widgets\.resy\.com/")),
    rule("Treatwell", Category.BOOKING, source(r"//(?:widget|buchung|www)\.treatwell\.[a-z.]{2,6}/")),
    rule("Booksy", Category.BOOKING, host("booksy.com", "booksy.net")),
    rule("Fresha", Category.BOOKING, host("fresha.com", "shedul.com")),
    rule("Shore", Category.BOOKING, host("connect.shore.com", "inbox-static.shore.com")),
    rule("Timify", Category.BOOKING, host("timify.com")),
    rule("Mindbody", Category.BOOKING, host("mindbodyonline.com", "healcode.com")),
    rule("Doctolib", Category.BOOKING, source(r"//(?:www|pro)\.doctolib\.(?:de|fr|it)/")),
    rule("DIRS21", Category.BOOKING, host("dirs21.de", "dirs21.com")),
)
