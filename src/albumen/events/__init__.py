"""Events: albums that their owners publish, with access codes, guests, and an end."""

from albumen.events import heirs, locks

locks.install()
heirs.install()
