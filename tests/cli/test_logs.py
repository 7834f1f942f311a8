"""What logs say of an exception."""

import logging

import pytest
import structlog

from albumen import logs
from albumen.settings.rooms import LogSettings


@pytest.mark.parametrize("form", ["text", "json"])
def test_they_tell_where_it_was_raised_and_not_what_values_were(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(LogSettings(format=form))
    password = "".join(["correct", "horse"])
    try:
        raise LookupError(len(password))
    except LookupError:
        structlog.get_logger().exception("first")
        logging.getLogger("of.a.library").exception("second")
    told = capsys.readouterr().err
    assert told.count("test_logs.py") >= 2
    assert password not in told
