"""What kinds of job do, and where jobs stand, in words."""

from typing import Final

from albumen.jobs.models import State
from albumen.web.texts import gettext as _
from albumen.web.words import N_

_KINDS: Final = {
    "develop": N_("Read new photos and make their thumbnails"),
    "render": N_("Make missing thumbnails"),
    "convert": N_("Convert films for browsers"),
    "places": N_("Name places anew"),
    "pixels": N_("Compare pictures pixel by pixel"),
    "lookalikes": N_("Find look-alikes"),
    "see": N_("Look at what photos show"),
    "see-all": N_("Look at all photos"),
    "group-faces": N_("Group faces into people"),
    "export": N_("Pack exports"),
    "operation": N_("Change many photos"),
    "generate-all": N_("Queue what is missing"),
    "import-folder": N_("Import a folder of the server"),
    "letter": N_("Send letters of events"),
    "invite-letter": N_("Send invitations"),
    "reset-letter": N_("Send links for new passwords"),
    "webhook": N_("Tell other programs"),
    "takeaway": N_("Pack everything of a user"),
    "expire-takeaways": N_("Remove what was packed for users"),
    "delete-account": N_("Delete accounts"),
    "read-cards": N_("Look for cards in photos"),
    "strip-event": N_("Prepare photos for guests"),
    "purge": N_("Empty the trash of what is over its time"),
    "purge-events": N_("Remove guests' photos of ended events"),
    "sweep": N_("Remove bytes that nothing names"),
    "thin-versions": N_("Remove versions that are over their time"),
    "backup": N_("Make backups"),
    "drill": N_("Try backups out"),
    "check": N_("Compare rows with bytes"),
    "dead-letter": N_("Messages that the broker gave up"),
}
_STATES: Final = {
    State.ready: N_("waiting"),
    State.running: N_("running"),
    State.failed: N_("failed"),
    State.done: N_("done"),
    State.cancelled: N_("cancelled"),
}
LOOKS: Final = {State.failed: "bad", State.running: "ok", State.done: "ok"}


def kind(name: str) -> str:
    """What a kind of job does; its own name where that is not told."""
    return _(_KINDS[name]) if name in _KINDS else name


def state(name: str) -> str:
    """Where a job stands."""
    return _(_STATES[State(name)])
