"""Albumen: a self-hosted home for photos and videos."""

__version__ = "0.1.0"
