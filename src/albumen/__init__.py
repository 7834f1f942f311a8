"""Albumen: a self-hosted home for photos and videos."""
