"""What keepers see of the broker: that it is away, and what it gave up, to be tried again or cleared."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pika
import pytest
from pydantic import ValidationError
from sqlalchemy import select
from tests import rabbitmq
from tests.installation import Installation, settings_for, wait_until
from tests.web.desk import Desk
from tests.web.test_admin_pages import KEEPER

from albumen import worker
from albumen.accounts import users
from albumen.jobs import letters
from albumen.jobs.models import Job
from albumen.jobs.rabbit import Ringing
from albumen.kernel.actor import SYSTEM
from albumen.media.guard import Guard
from albumen.settings import Settings
from albumen.settings.ringing import BellSettings

NOWHERE = "amqp://albumen:only-for-tests@127.0.0.1:1/"


def installed(folder: Path, guard: Guard, url: str, prefix: str) -> Installation:
    return Installation.at(folder, guard, bell={"url": url, "prefix": prefix})


def keeper(installation: Installation) -> Desk:
    desk = Desk(installation, "alice")
    with installation.app.writing(SYSTEM) as unit:
        users.set_keeper(unit, users.with_id(unit, "alice"), is_keeper=True)
    return desk


@pytest.fixture
def alone(tmp_path: Path, guard: Guard) -> Iterator[Installation]:
    """An installation whose broker is not there."""
    installation = installed(tmp_path / "data", guard, NOWHERE, "albumen")
    yield installation
    installation.app.bell.close()
    installation.close()


def test_a_broker_that_is_away_is_told_and_holds_nothing_up(alone: Installation) -> None:
    with closing(keeper(alone)) as desk:
        alone.work_off()
        wait_until(lambda: (tally := alone.app.bell.tally()) and tally.failures)
        page = desk.page("/admin/health")
        assert "It does not answer. Nothing is lost" in page
        assert "ALBUMEN_BELL_URL" in desk.page("/admin/settings")
        assert "only-for-tests" not in page + desk.page("/admin/settings")
        assert "albumen_bell_up 0.0" in alone.client.get("/metrics").text


def test_what_the_broker_gave_up_is_a_failed_job_that_is_tried_again(tmp_path: Path, guard: Guard) -> None:
    broker = rabbitmq.place()
    installation = installed(tmp_path / "data", guard, rabbitmq.url(), broker.prefix)
    Ringing(broker).close()
    with pika.BlockingConnection(pika.URLParameters(rabbitmq.url())) as connection:
        connection.channel().basic_publish("", broker.dead, b"<b>no ring</b>")
    with closing(keeper(installation)) as desk:
        crew = worker.crew(installation.app)
        crew.start()
        wait_until(lambda: letter(installation))
        found = letter(installation)
        assert found is not None
        page = desk.page("/admin/jobs?state=failed")
        assert "Messages that the broker gave up" in page
        assert "(put there): &lt;b&gt;no ring&lt;/b&gt;" in page
        assert desk.sent(f"/admin/jobs/{found.id}/retry").endswith("done=retried")
        wait_until(lambda: letter(installation) is None)
        wait_until(lambda: (tally := installation.app.bell.tally()) and tally.is_up)
        assert "It wakes workers" in desk.page("/admin/health")
        crew.stop()
    installation.app.bell.close()
    installation.close()


def letter(installation: Installation) -> Job | None:
    with installation.app.reading(KEEPER) as unit:
        return unit.db.scalar(select(Job).where(Job.kind == letters.KIND))


def test_settings_of_the_bell(tmp_path: Path) -> None:
    several = settings_for(tmp_path, bell={"url": "amqp://a:b@one/x, amqps://two"}).bell
    assert several.urls == ("amqp://a:b@one/x", "amqps://two")
    assert BellSettings().urls == ()
    for url in ("http://broker", "amqp://", "amqp://broker:many/", "amqp://one,two"):
        with pytest.raises(ValidationError):
            Settings(_env_file=None, bell={"url": url})
    for prefix in ("", "a b", "x" * 65):
        with pytest.raises(ValidationError):
            Settings(_env_file=None, bell={"prefix": prefix})
