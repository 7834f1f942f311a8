"""Timelines: listings by time, pinned so that a place in one stays what it is, by month and as a compact index."""
