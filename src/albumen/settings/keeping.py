"""The settings of checks and of backups."""

from pydantic import Field

from albumen.settings.rooms import Room


class ScrubSettings(Room):
    """The check that reads all stored bytes by and by."""

    every_days: int = Field(30, ge=0, description="How often everything is read and compared. 0: never by itself.")
    percent: float = Field(100.0, gt=0, le=100, description="How many of the bytes are read; sizes are of all.")
    bytes_per_second: int = Field(20_000_000, ge=1, description="How fast it reads at most.")


class BackupSettings(Room):
    """Backups that are made by themselves."""

    to: str = Field(
        "", description="Where backups go to: a folder on another disk, or `s3://bucket/prefix`. Empty: none are made."
    )
    every_hours: int = Field(24, ge=1, description="How often one is made.")
    keep: int = Field(14, ge=1, description="How many are kept; the oldest go first.")
    sidecars: bool = Field(
        False,
        description="Whether what is known of each photo is written beside it in the store, so that the database can "
        "be rebuilt from the store alone.",
    )
    drill_days: int = Field(
        30, ge=0, description="How often the newest is read back whole and compared. 0: never by itself."
    )
