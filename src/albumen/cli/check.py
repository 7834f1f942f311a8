"""The command that compares what is stored with what the rows say."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import typer

from albumen.cli.context import DataDir, opened
from albumen.cli.import_report import size
from albumen.cli.spread import spread
from albumen.kernel.clock import iso
from albumen.kernel.errors import Invalid
from albumen.operations.checking import checks, mending
from albumen.operations.checking.checks import Wanted
from albumen.operations.checking.defects import Defect
from albumen.operations.checking.stored import Pace
from albumen.operations.models import Check

app = typer.Typer(add_completion=False)

DEFECTS = 8
"""The exit code where there are any."""


@dataclass(frozen=True)
class Choices:
    """What a check is told."""

    sample: Annotated[
        str, typer.Option(help="Read only this share of the bytes, such as `5%`; sizes are compared of all.")
    ] = "100%"
    rate: Annotated[float, typer.Option(min=0, help="Read at most this many MB a second. 0: as fast as it goes.")] = 0
    grace_minutes: Annotated[
        float, typer.Option(min=0, help="Bytes without a row that are younger may be uploads on their way.")
    ] = 60
    fix: Annotated[bool, typer.Option("--fix", help="Set right what can be, without touching originals.")] = False
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON document instead of words.")] = False
    data_dir: DataDir = None


@app.command()
@spread(Choices)
def check(choices: Choices) -> None:
    """Compare all that is stored with all that the rows say; exit code 8 where something is wrong."""
    found: list[Defect] = []

    def tell(defect: Defect) -> None:
        found.append(defect)
        if not choices.as_json:
            _say(defect)

    grace = timedelta(minutes=choices.grace_minutes)
    pace = Pace(round(choices.rate * 1e6) or None)
    with opened(choices.data_dir) as installation:
        done = checks.run(installation, Wanted(_percent(choices.sample), grace, pace, tell))
        mended = mending.mend(installation, found) if choices.fix else 0
    if choices.as_json:
        typer.echo(json.dumps(_report(done, found, mended), indent=2, ensure_ascii=False))
    else:
        _sum_up(done, found, mended)
    if len(found) > mended:
        raise typer.Exit(DEFECTS)


def _percent(sample: str) -> float:
    try:
        percent = float(sample.strip().removesuffix("%"))
    except ValueError:
        percent = 0.0
    if not 0 < percent <= 100:
        raise Invalid("A sample is a share such as 5%.")
    return percent


def _say(defect: Defect) -> None:
    typer.echo(f"{defect.fault.value}: {defect.words}")
    if defect.shown_as and defect.thing == "original":
        typer.echo(f"    It is the content of {', '.join(defect.shown_as)}.")
    typer.echo(f"    {defect.fix}")


def _report(done: Check, found: list[Defect], mended: int) -> dict[str, object]:
    return {
        "startedOn": iso(done.started_at),
        "finishedOn": iso(done.finished_at) if done.finished_at else None,
        "blobs": done.blob_count,
        "readBytes": done.read_bytes,
        "mended": mended,
        "defects": [_camel(each) for each in found],
    }


def _camel(defect: Defect) -> dict[str, object]:
    told = defect.told()
    names = told.pop("shown_as", None)
    return {**told, "files": names} if names else told


def _sum_up(done: Check, found: list[Defect], mended: int) -> None:
    typer.echo(f"{done.blob_count} blobs looked at, {size(done.read_bytes)} read.")
    if not found:
        typer.echo("All is as it should be.")
    else:
        typer.echo(f"{len(found)} defects{f', {mended} of them mended' if mended else ''}.")
