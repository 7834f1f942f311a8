"""What Prometheus is told, and that the dashboard and the alerts ask for nothing else."""

import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tests import make
from tests.installation import Caller, Installation

from albumen.jobs.rabbit import Broker
from albumen.jobs.rabbit_bell import RabbitBell
from albumen.kernel.actor import SYSTEM
from albumen.operations.backups import making, targets
from albumen.operations.checking import checks
from albumen.operations.checking.checks import Wanted
from albumen.operations.gauges import House

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def told(installation: Installation) -> dict[str, float]:
    """Every sample, by its name and labels."""
    answer = installation.client.get("/metrics")
    assert answer.status_code == 200
    lines = (line for line in answer.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_the_whole_house_is_told_in_numbers(installation: Installation, alice: Caller, tmp_path: Path) -> None:
    alice.library().add(make.photo())
    before = told(installation)
    assert before["albumen_up"] == 1
    assert before['albumen_jobs{kind="develop",state="ready"}'] == 1
    assert before["albumen_files"] == 1
    assert before["albumen_used_bytes"] > 0
    assert before["albumen_store_free_bytes"] > 0
    assert "albumen_backup_age_seconds" not in before
    making.make(installation.app, targets.prepare(str(tmp_path / "b"), installation.app.settings), "there")
    checks.run(installation.app, Wanted())
    with installation.app.writing(SYSTEM) as unit:
        making.begin(unit, "drill", "there")
    installation.clock.advance(hours=2)
    after = told(installation)
    assert 7200 <= after["albumen_backup_age_seconds"] < 7300
    assert 7200 <= after["albumen_check_age_seconds"] < 7300
    assert after['albumen_job_waiting_seconds{kind="develop"}'] >= 7200
    assert (after["albumen_backup_failed"], after["albumen_damaged_originals"], after["albumen_check_defects"]) == (
        0,
        0,
        0,
    )


def test_dashboard_and_alerts_ask_for_what_there_is(installation: Installation, alice: Caller, tmp_path: Path) -> None:
    alice.library().add(make.photo())
    making.make(installation.app, targets.prepare(str(tmp_path / "b"), installation.app.settings), "there")
    checks.run(installation.app, Wanted())
    installation.clock.advance(hours=1)
    there = {re.split(r"[{ ]", name)[0] for name in told(installation)} | {"albumen_backup_drill_age_seconds"}
    with closing(RabbitBell(Broker(("amqp://127.0.0.1:1/",)))) as bell:
        app = replace(installation.app, bell=bell)
        there |= {sample.name for metric in House(app).collect() for sample in metric.samples}
    for file in ("grafana.json", "alerts.yaml"):
        asked = set(re.findall(r"albumen_[a-z0-9_]+", (DEPLOY / file).read_text("utf-8")))
        assert asked - there == set()


def test_a_store_that_is_away_is_told_as_down(installation: Installation) -> None:
    installation.app.settings.store_folder.rename(installation.app.settings.data_dir / "away")
    assert told(installation)["albumen_up"] == 0
