"""The command that imports a folder."""

from pathlib import Path


def import_folder(folder: Path) -> None:
    """Import a folder."""
