"""The jobs of events: letters, webhooks, and what the clock brings."""

from albumen.events import cards, downloads, letters, notices, purge, resealing, webhooks

KINDS = (
    *letters.KINDS,
    *webhooks.KINDS,
    *notices.KINDS,
    *purge.KINDS,
    *downloads.KINDS,
    *cards.KINDS,
    *resealing.KINDS,
)
