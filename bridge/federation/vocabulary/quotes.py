"""The stamp that a quotation of a post of ours was agreed to (FEP-044f)."""

from bridge.federation.vocabulary.terms import ACTIVITYSTREAMS
from bridge.model import Json, Quote, addresses

CONTEXT = [
    ACTIVITYSTREAMS,
    {
        "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
        "gts": "https://gotosocial.org/ns#",
        "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
        "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"},
    },
]


def authorization(quote: Quote, base_url: str) -> Json:
    """Return the document that others read before they show a quotation."""
    return {
        "@context": CONTEXT,
        "id": addresses.quote_id(base_url, quote.name),
        "type": "QuoteAuthorization",
        "attributedTo": addresses.actor_id(base_url, quote.account),
        "interactingObject": quote.instrument,
        "interactionTarget": addresses.object_id(base_url, quote.key),
    }
