"""Following the log of a vault: answers at once, or as soon as another device has appended something."""

from dataclasses import dataclass

from anyio import to_thread

from albumen.app import App
from albumen.http import waiting
from albumen.http.waiting import Receive, Wait
from albumen.kernel.actor import SYSTEM, Actor, Scope
from albumen.vault import log, vaults
from albumen.vault.log import LogPage
from albumen.vault.models import Vault


@dataclass(frozen=True)
class Since:
    """Where a device stands in a vault's log, and how much it takes at once."""

    vault: str
    number: int
    limit: int


async def follow(app: App, actor: Actor, since: Since, *, seconds: float, receive: Receive) -> LogPage:
    """The events since; where there are none, waits for some, at most so long.  Raises NotFound, Denied."""
    vault_id = await to_thread.run_sync(_id_of, app, actor, since.vault)

    def look() -> tuple[LogPage, bool]:
        with app.reading(actor) as unit:
            page = log.page(unit, since.vault, after=since.number, limit=since.limit)
        return page, bool(page.events)

    def has_moved() -> bool:
        with app.reading(SYSTEM) as unit:
            vault = unit.db.get(Vault, vault_id)
            return vault is None or vault.deleted_at is not None or vault.head > since.number

    return await waiting.first(app, Wait(vault_id, seconds, receive), look, has_moved)


def _id_of(app: App, actor: Actor, name: str) -> int:
    with app.reading(actor) as unit:
        return vaults.require(unit, name, Scope.read).id
