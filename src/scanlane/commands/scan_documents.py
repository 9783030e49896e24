"""What a scan found, as the JSON document that the command line prints."""

from collections.abc import Sequence

from scanlane.domain.assessment import Contact
from scanlane.domain.contacts import ContactKind
from scanlane.services.scan_results import Known, documents
from scanlane.stores.domains import Objection
from worklane.outcome import JsonValue


def contact_documents(contacts: Sequence[Contact], known: Known | None = None) -> dict[str, JsonValue]:
    """The contacts by kind, best first."""
    return {
        "emails": documents(contacts, ContactKind.EMAIL, known),
        "phones": documents(contacts, ContactKind.PHONE, known),
        "socials": documents(contacts, ContactKind.SOCIAL, known),
    }


def objection_document(objection: Objection | None) -> dict[str, JsonValue]:
    """Whether the site objects to the harvesting of its addresses, and in which words."""
    said = None if objection is None else {"quote": objection.quote, "url": objection.url}
    return {"objects_to_harvesting": objection is not None, "objection": said}


def cost_document(*, pages: int, requests: int, cpu_seconds: float) -> dict[str, JsonValue]:
    """What it cost: pages read (`pages_scanned` is their older name), requests made, CPU seconds without the start."""
    return {"pages": pages, "requests": requests, "cpu_s": round(cpu_seconds, 4)}
