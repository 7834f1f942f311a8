"""What surrounds every request: ids, metrics, health, and the description of the API."""

import shutil
from typing import Any

import pytest
import structlog.testing
from tests.installation import Caller, Installation

from albumen import server


def test_a_request_id_is_given_or_kept(alice: Caller) -> None:
    assert len(alice.get("/libraries").headers["x-request-id"]) == 16
    assert alice.get("/libraries", headers={"X-Request-Id": "abc-1.2_3"}).headers["x-request-id"] == "abc-1.2_3"
    for nonsense in ("x" * 65, "a b", "<script>", ""):
        assert alice.get("/libraries", headers={"X-Request-Id": nonsense}).headers["x-request-id"] != nonsense


def test_metrics_hold_no_word_of_a_clients(installation: Installation, alice: Caller) -> None:
    client = installation.client
    alice.get("/libraries")
    alice.get("/libraries/my-secret-id")
    alice.get("/no/such/my-secret-path")
    for path in ("/healthz", "/metrics", "/media/my-secret-link", "/v1/my-secret"):
        client.request("SECRETMETHOD", path)
    client.get("/media/my-secret-link?sig=my-secret")
    told = client.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain")
    assert "secret" not in told.text.lower()
    assert 'route="/libraries/{library_id}"' in told.text or 'route="/v1/libraries/{library_id}"' in told.text
    assert 'method="other"' in told.text
    assert "albumen_received_bytes_total" in told.text


def test_health(installation: Installation) -> None:
    client = installation.client
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]) == (200, {"database": "ok", "store": "ok"})


def test_a_store_that_cannot_be_written_is_not_ready(installation: Installation) -> None:
    client = installation.client
    shutil.rmtree(installation.app.settings.store_folder)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["database"]) == (503, "ok")
    assert answer.json()["checks"]["store"] != "ok"
    assert str(installation.app.settings.data_dir) not in answer.text
    assert answer.headers["retry-after"] == "5"
    assert client.get("/healthz").status_code == 200


def test_only_probes_that_find_something_are_in_the_log(installation: Installation) -> None:
    client = installation.client
    shutil.rmtree(installation.app.settings.store_folder)
    with structlog.testing.capture_logs() as logs:
        for path in ("/healthz", "/readyz", "/v1/openapi.json"):
            client.get(path)
    told = [(each["route"], each["status"], each["log_level"]) for each in logs if each["event"] == "request"]
    assert told == [("/healthz", 200, "debug"), ("/readyz", 503, "info"), ("other", 200, "info")]


def operations(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{method} {path}", each) for path, item in schema["paths"].items() for method, each in item.items()]


def test_the_description_is_openapi_3_1(installation: Installation) -> None:
    answer = installation.client.get("/v1/openapi.json")
    assert answer.status_code == 200
    schema = answer.json()
    assert schema["openapi"].startswith("3.1")
    ids = [each["operationId"] for _, each in operations(schema)]
    assert len(ids) == len(set(ids))
    assert not any(path.startswith("/sign-in") for path in schema["paths"])


@pytest.mark.parametrize("reference", ["components/schemas/Problem"])
def test_every_operation_says_what_it_does_and_how_it_fails(installation: Installation, reference: str) -> None:
    schema = server.build(installation.app).openapi()
    for name, operation in operations(schema):
        answers = operation["responses"]
        assert operation["summary"], name
        assert "422" not in answers, name
        failing = {status: each for status, each in answers.items() if status >= "400"}
        assert failing, name
        for status, each in failing.items():
            assert reference in str(each["content"]["application/problem+json"]), (name, status)
        if "healthz" not in name and "readyz" not in name:
            assert {"401"} <= set(answers), name
        if "{" in name:
            assert "404" in answers, name
    assert "ValidationError" not in str(schema)


def test_what_is_answered_only_at_times_is_described(installation: Installation) -> None:
    paths = server.build(installation.app).openapi()["paths"]
    assert {"200", "201"} <= set(paths["/v1/upload/"]["post"]["responses"])
    for path in ("/v1/access", "/v1/access/files", "/v1/access/index"):
        assert "410" in paths[path]["get"]["responses"], path
    assert not paths["/v1/access/download"]["post"]["requestBody"].get("required")


def test_every_reference_in_the_description_resolves(installation: Installation) -> None:
    schema = server.build(installation.app).openapi()
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            found.extend(each for key, each in value.items() if key == "$ref")
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    walk(schema)
    assert found
    for reference in set(found):
        place: Any = schema
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place


def test_signing_in_too_often_has_to_wait(installation: Installation) -> None:
    form = {"email": "ann@example.org", "password": "wrong password"}
    answers = [installation.client.post("/v1/session", json=form) for _ in range(12)]
    assert [answer.status_code for answer in answers[:2]] == [401, 401]
    late = answers[-1]
    assert (late.status_code, late.headers["content-type"]) == (429, "application/problem+json")
    assert int(late.headers["retry-after"]) > 0
