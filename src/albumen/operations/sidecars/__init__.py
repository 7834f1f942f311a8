"""Sidecars: what is known of each photo as JSON beside it, so that the store alone is enough to begin again."""
