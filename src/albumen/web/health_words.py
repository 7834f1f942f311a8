"""How each part of the installation stands, in words, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from albumen.operations.health import Check
from albumen.web import words
from albumen.web.texts import gettext as _
from albumen.web.words import N_

_PARTS: Final = {
    "connection": N_("Connection"),
    "database": N_("Database"),
    "store": N_("Store of photos"),
    "disk": N_("Disk"),
    "workers": N_("Background work"),
    "bell": N_("RabbitMQ"),
    "jobs": N_("Failed jobs"),
    "backups": N_("Backups"),
    "drills": N_("Trial of a backup"),
    "clock": N_("Clock"),
    "secret": N_("Secret"),
    "films": N_("Films"),
    "mail": N_("Mail"),
    "keepers": N_("Keepers"),
}
_SAID: Final = {
    ("connection", "ok"): (N_("It is encrypted (HTTPS)."), ""),
    ("connection", "here"): (N_("You are on the machine itself, where no encryption is needed."), ""),
    ("connection", "plain"): (
        N_("It is not encrypted: passwords and photos can be read on the way, and vaults and passkeys do not work."),
        N_("Put a reverse proxy with HTTPS in front, and set ALBUMEN_SERVER_PUBLIC_URL to its address."),
    ),
    ("database", "sqlite"): (N_("SQLite; each change is on the disk before it is confirmed."), ""),
    ("database", "postgresql"): (N_("PostgreSQL; each change is on the disk before it is confirmed."), ""),
    ("database", "unsure"): (
        N_("It may lose the last changes when the power fails."),
        N_("Turn on write-ahead logging and synchronous commits."),
    ),
    ("database", "fault"): ("%(words)s", N_("Install the package pysqlite3.")),
    ("store", "ok"): (N_("It takes new files."), ""),
    ("store", "away"): ("%(words)s", N_("See that the folder, or the bucket, is there and may be written to.")),
    ("disk", "ok"): (N_("%(free)s of %(total)s are free."), ""),
    ("disk", "elsewhere"): (N_("The store does not say how much room it has."), ""),
    ("disk", "low"): (N_("Only %(free)s of %(total)s are free."), N_("Free some space, or move to a larger disk.")),
    ("disk", "full"): (
        N_("Only %(free)s of %(total)s are free: uploads are refused."),
        N_("Free some space, or move to a larger disk. What is stored stays readable."),
    ),
    ("workers", "ok"): (N_("It is awake and has nothing to do."), ""),
    ("workers", "busy"): (N_("%(n)s jobs are being done."), ""),
    ("workers", "none"): (
        N_("Nobody takes up jobs."),
        N_("Start `albumen serve`, or `albumen worker` where the server runs without workers."),
    ),
    ("workers", "stuck"): (
        N_("Jobs have been waiting for more than ten minutes."),
        N_("Start the server anew, and look into its log."),
    ),
    ("bell", "ok"): (N_("It wakes workers as soon as there is work."), ""),
    ("bell", "away"): (
        N_("It does not answer. Nothing is lost: workers look for work by themselves."),
        N_("See that it runs, and that ALBUMEN_BELL_URL is right; the log has the reason."),
    ),
    ("jobs", "ok"): (N_("None."), ""),
    ("jobs", "failed"): (
        N_("%(n)s failed. The files themselves are kept."),
        N_("See the cause of each under Jobs, put it right, and try again."),
    ),
    ("backups", "ok"): (N_("The last is from %(when)s."), ""),
    ("backups", "failed"): (
        N_("The newest went wrong: %(words)s"),
        N_("Put that right, and make one by `albumen backup`."),
    ),
    ("backups", "old"): (N_("The last is from %(when)s."), N_("See why no newer one was made.")),
    ("backups", "none"): (
        N_("None was made with Albumen."),
        N_("Set up backups to another disk or machine. What is stored once is lost once."),
    ),
    ("drills", "ok"): (N_("One was brought back whole on %(when)s."), ""),
    ("drills", "failed"): (
        N_("The newest could not be brought back: %(words)s"),
        N_("Make another backup, and try that by `albumen backup drill`; `albumen check` tells what is lost here."),
    ),
    ("drills", "old"): (
        N_("The last was brought back on %(when)s."),
        N_("Try the newest by `albumen backup drill`, or set ALBUMEN_BACKUP_DRILL_DAYS."),
    ),
    ("drills", "none"): (
        N_("No backup was ever brought back."),
        N_("Try the newest by `albumen backup drill`, or set ALBUMEN_BACKUP_DRILL_DAYS."),
    ),
    ("clock", "ok"): (N_("It shows %(now)s."), ""),
    ("clock", "behind"): (
        N_("It shows %(now)s, and yet there are entries from later."),
        N_("Set it by a time server (NTP): links, codes and events end by it."),
    ),
    ("secret", "set"): (N_("It comes from the settings. Keep a copy of it with your backups."), ""),
    ("secret", "kept"): (N_("It lies in the data directory, in the file `secret`. Back it up, too."), ""),
    ("secret", "rotating"): (
        N_("The one before is still honoured."),
        N_("A day after the change ALBUMEN_SECRET_BEFORE can be taken out of the settings."),
    ),
    ("films", "ok"): (N_("FFmpeg is there."), ""),
    ("films", "none"): (
        N_("There is no FFmpeg: films are kept, and not converted."),
        N_("Install it, and name it in ALBUMEN_MEDIA_FFMPEG."),
    ),
    ("mail", "ok"): (N_("Letters go out through %(host)s."), ""),
    ("mail", "none"): (
        N_("Letters are written to the server's output, and reach nobody."),
        N_("Set ALBUMEN_MAIL_HOST and its companions; until then pass links on by hand."),
    ),
    ("keepers", "ok"): (N_("All have a second factor."), ""),
    ("keepers", "bare"): (
        N_("%(n)s without a second factor: a stolen password opens everything."),
        N_("Set one up under Account, Security."),
    ),
}
LINKS: Final = {"jobs": "/admin/jobs?state=failed", "disk": "/admin/storage", "keepers": "/settings/security"}


@dataclass(frozen=True)
class Said:
    """A part in words: how it stands, and what to do; `link` is where."""

    state: str
    part: str
    said: str
    fix: str
    link: str


def spoken(check: Check) -> Said:
    """A check in the page's language."""
    said, fix = _SAID[check.part, check.variant]
    told = {name: _value(name, value) for name, value in check.told.items()}
    link = LINKS.get(check.part, "") if check.state != "ok" else ""
    return Said(check.state.value, _(_PARTS[check.part]), _(said) % told, _(fix), link)


def _value(name: str, value: object) -> object:
    if name in ("free", "total") and isinstance(value, int):
        return words.size(value)
    return words.moment(value) if isinstance(value, datetime) else value
