"""Every technology that is looked for, by what it is for. Pure."""

from scanlane.domain.technology_rules.booking import BOOKING
from scanlane.domain.technology_rules.builders import BUILDERS
from scanlane.domain.technology_rules.content_management import CONTENT_MANAGEMENT
from scanlane.domain.technology_rules.hosting import DELIVERY, HOSTING, SERVERS
from scanlane.domain.technology_rules.measuring import MEASURING
from scanlane.domain.technology_rules.programming import LANGUAGES, LIBRARIES
from scanlane.domain.technology_rules.selling import SELLING
from scanlane.domain.technology_rules.shops import PLUGINS, SHOPS
from scanlane.domain.technology_rules.showing import SHOWING
from scanlane.domain.technology_rules.talking import TALKING

RULES = (
    *CONTENT_MANAGEMENT,
    *BUILDERS,
    *SHOPS,
    *PLUGINS,
    *MEASURING,
    *TALKING,
    *BOOKING,
    *SELLING,
    *SHOWING,
    *SERVERS,
    *DELIVERY,
    *HOSTING,
    *LANGUAGES,
    *LIBRARIES,
)
RULE_OF = {rule.name: rule for rule in RULES}
