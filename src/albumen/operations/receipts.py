"""The letter that says what was deleted with an account."""

from collections.abc import Mapping
from typing import Final

from albumen.accounts.models import Departure
from albumen.kernel import ids
from albumen.mail import Letter

_LETTERS: Final = {
    "en": (
        "Your account was deleted",
        "{name}, your account and what was yours alone are deleted:\n\n{counts}\n\nThe stored bytes that nobody else "
        "holds follow with the next sweep; backups made before keep them until they are over.\n\nReceipt {receipt}\n"
        "{signature}",
    ),
    "de": (
        "Ihr Konto wurde gelöscht",
        "{name}, Ihr Konto und alles, was nur Ihnen gehörte, ist gelöscht:\n\n{counts}\n\nDie gespeicherten Bytes, die "
        "niemand sonst hat, entfernt der nächste Aufräumlauf; ältere Sicherungen enthalten sie, bis sie ablaufen.\n\n"
        "Beleg {receipt}\n{signature}",
    ),
}


def letter(told: Mapping[str, str | None], departure: Departure) -> Letter:
    """To whom it belonged, in the language of the account."""
    subject, text = _LETTERS.get(told["language"] or "", _LETTERS["en"])
    counts = "\n".join(f"  {name}: {count}" for name, count in sorted(departure.counts.items()))
    values = {"counts": counts, "receipt": ids.encode(departure.id), "signature": departure.signature}
    return Letter(told["to"] or "", subject, text.format(name=told["name"], **values))
