"""What becomes of codes when the installation gets another secret."""

from dataclasses import replace
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select
from tests.events.party import Party, knock
from tests.installation import Installation

from albumen import app as composition
from albumen.events import resealing
from albumen.events.models import Accessor
from albumen.jobs.registry import Task
from albumen.kernel.actor import SYSTEM

NEW = "another secret of 32 characters.."
TASK = Task(1, "reseal", "", {}, 1)


def with_secret(installation: Installation, **told: Any) -> Installation:
    """The same installation after a change of its settings."""
    before = installation.app.settings
    settings = before.model_copy(update={name: SecretStr(value) for name, value in told.items()})
    built = composition.build(settings, clock=installation.clock)
    return Installation(replace(built, guard=installation.app.guard), installation.clock)


def test_codes_outlive_two_changes_of_the_secret(party: Party) -> None:
    before = party.installation
    code, old = party.code(label="Olga"), before.app.settings.secret.get_secret_value()
    rotating = with_secret(before, secret=NEW, secret_before=old)
    resealing.run(rotating.app, TASK)
    after = with_secret(before, secret=NEW)
    assert knock(after, code["accessCode"]).status_code == 200
    assert knock(after, code["qrUrl"].split("#")[1]).status_code == 200
    shown = after.caller("alice").get(f"{party.path}/accessors/{code['accessorId']}").json()
    assert (shown["accessCode"], shown["qrUrl"]) == (code["accessCode"], code["qrUrl"])
    for each in (rotating, after):
        each.close()


def test_a_code_that_is_used_comes_over_by_itself(party: Party) -> None:
    code, old = party.code(), party.installation.app.settings.secret.get_secret_value()
    rotating = with_secret(party.installation, secret=NEW, secret_before=old)
    assert knock(rotating, code["accessCode"]).status_code == 200
    with rotating.app.reading(SYSTEM) as unit:
        assert rotating.app.seals.is_current(unit.db.scalars(select(Accessor)).one().sealed)
    rotating.close()


def test_a_lost_secret_loses_the_codes_only(party: Party) -> None:
    code = party.code()
    lost = with_secret(party.installation, secret=NEW)
    resealing.run(lost.app, TASK)
    assert knock(lost, code["accessCode"]).status_code == 404
    shown = lost.caller("alice").get(f"{party.path}/accessors/{code['accessorId']}").json()
    assert "accessCode" not in shown
    replaced = lost.caller("alice").post(f"{party.path}/accessors/{code['accessorId']}/replace").json()
    assert knock(lost, replaced["accessCode"]).status_code == 200
    lost.close()
