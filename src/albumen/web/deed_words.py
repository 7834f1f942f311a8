"""What the audit log says, in words."""

from typing import Final

from albumen.web.texts import gettext as _
from albumen.web.words import N_

_DEEDS: Final = {
    "merge": N_("merged events"),
    "send code": N_("sent a code"),
    "publish": N_("published an event"),
    "unpublish": N_("took an event back"),
    "end": N_("changed an event's end"),
    "make code": N_("made a code"),
    "change code": N_("changed a code"),
    "replace code": N_("replaced a code"),
    "remove code": N_("removed a code"),
    "purge": N_("removed guests' photos"),
    "invite": N_("invited a user"),
    "choose password": N_("chose a password"),
    "turn on second factor": N_("turned on a second factor"),
    "turn off second factor": N_("turned off a second factor"),
    "reset second factor": N_("reset a second factor"),
    "make recovery codes": N_("made recovery codes"),
    "add passkey": N_("added a passkey"),
    "remove passkey": N_("removed a passkey"),
    "link identity": N_("linked a sign-in"),
    "unlink identity": N_("unlinked a sign-in"),
    "make keeper": N_("made somebody a keeper"),
    "make no keeper": N_("made somebody no keeper any more"),
    "ask to delete account": N_("closed an account that is to be deleted"),
    "delete account": N_("deleted an account"),
    "change user": N_("changed a user"),
    "remove user": N_("shut a user out"),
    "restore user": N_("let a user in again"),
    "end sessions": N_("signed a user out everywhere"),
    "retry job": N_("tried a job again"),
    "retry jobs": N_("tried failed jobs again"),
    "forget jobs": N_("cleared failed jobs"),
    "cancel job": N_("stopped a job"),
}


def spoken(deed: str) -> str:
    """What was done; its own name where that is not told."""
    return _(_DEEDS[deed]) if deed in _DEEDS else deed
