"""What `deploy/` hands out: it parses, names settings that exist, and lets no container do more than it must."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # the parser has no types of its own

from albumen import __version__
from albumen.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "deploy/compose.yaml"
KUBERNETES = sorted((ROOT / "deploy/kubernetes").glob("*.yaml"))
PINNED = re.compile(r"[a-z/]+:(RELEASE\.[0-9TZ-]+|[0-9]+\.[0-9]+(\.[0-9]+)?)")
FILLED_IN = {"ALBUMEN_SECRET": "s", "DATABASE_PASSWORD": "d", "BROKER_PASSWORD": "b", "STORE_PASSWORD": "eight-or-more"}


def names() -> set[str]:
    """The environment names of all settings."""
    rooms = {
        f"ALBUMEN_{room}_{field}".upper()
        for room, told in Settings.model_fields.items()
        if (fields := getattr(told.annotation, "model_fields", None))
        for field in fields
    }
    return rooms | {f"ALBUMEN_{name}".upper() for name in Settings.model_fields}


def compose() -> dict[str, Any]:
    text = COMPOSE.read_text()
    for name, value in FILLED_IN.items():
        text = re.sub(rf"\$\{{{name}:\?[^}}]*\}}", value, text)
    return dict(yaml.safe_load(re.sub(r"\$\{PUBLIC_URL:-([^}]*)\}", r"\1", text)))


def documents() -> list[dict[str, Any]]:
    return [each for file in KUBERNETES for each in yaml.safe_load_all(file.read_text())]


def pods() -> dict[str, dict[str, Any]]:
    """The pods that are run, by the name of what runs them."""
    running = ("Deployment", "StatefulSet")
    return {
        each["metadata"]["name"]: each["spec"]["template"]["spec"] for each in documents() if each["kind"] in running
    }


def check_settings(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> Settings:
    """Every name is one that is read, and the values are taken."""
    ours = {name: value for name, value in given.items() if name.startswith("ALBUMEN_")}
    assert set(ours) <= names()
    for name, value in ours.items():
        monkeypatch.setenv(name, value)
    return Settings(_env_file=None)


def test_compose_names_settings_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    told = compose()
    used = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE.read_text()))
    example = (ROOT / "deploy/compose.env.example").read_text()
    assert used == set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    settings = check_settings(monkeypatch, told["services"]["server-1"]["environment"])
    assert settings.database_url.startswith("postgresql://")
    assert (settings.store.kind, settings.store.is_path_style) == ("s3", True)
    [network] = told["networks"]["default"]["ipam"]["config"]
    assert settings.server.trusted_proxies == network["subnet"]


def test_compose_runs_two_of_each_without_rights() -> None:
    services = compose()["services"]
    ours = {name: each for name, each in services.items() if each["image"].startswith("albumen:")}
    assert sorted(ours) == ["server-1", "server-2", "worker"]
    assert ours["worker"]["deploy"]["replicas"] == 2
    assert len({volume for each in ours.values() for volume in each["volumes"]}) == 3, "no data directory is shared"
    for name, each in services.items():
        assert PINNED.fullmatch(each["image"]), name
        if name == "bucket":
            continue
        assert "no-new-privileges:true" in each["security_opt"], name
        assert each["mem_limit"] and each["cpus"], name
    for each in ours.values():
        assert (each["user"], each["read_only"], each["cap_drop"]) == ("10001:10001", True, ["ALL"])
        assert each["image"] == f"albumen:{__version__}"
    for name in ("server-1", "server-2", "database", "broker", "store"):
        assert services[name]["healthcheck"]["test"], name


def test_kubernetes_names_settings_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, str] = {}
    for each in documents():
        if each["metadata"]["name"] in ("settings", "secrets"):
            given |= each.get("data", {}) | each.get("stringData", {})
    settings = check_settings(monkeypatch, given)
    assert settings.bell.urls
    grace = pods()["server"]["terminationGracePeriodSeconds"]
    assert grace > settings.server.drain_seconds + 2 * settings.server.grace_seconds


def test_kubernetes_lets_no_container_do_more_than_it_must() -> None:
    assert set(pods()) == {"server", "worker", "front", "database", "broker", "store"}
    for name, pod in pods().items():
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["runAsUser"] > 0, name
        assert pod["automountServiceAccountToken"] is False, name
        mounted = {each["name"] for each in pod.get("volumes", ())} | claims(name)
        for container in pod["containers"]:
            limits = container["securityContext"]
            assert (limits["readOnlyRootFilesystem"], limits["allowPrivilegeEscalation"]) == (True, False), name
            assert limits["capabilities"] == {"drop": ["ALL"]}, name
            assert PINNED.fullmatch(container["image"]), name
            assert container["livenessProbe"] and (name == "worker" or container["readinessProbe"]), name
            assert container["resources"]["requests"]["cpu"] and container["resources"]["limits"]["memory"], name
            assert {each["name"] for each in container["volumeMounts"]} <= mounted, name


def claims(name: str) -> set[str]:
    """The volumes that are kept for each pod of a set."""
    [made] = [each for each in documents() if each["metadata"]["name"] == name and "template" in each.get("spec", {})]
    return {each["metadata"]["name"] for each in made["spec"].get("volumeClaimTemplates", ())}


def test_kubernetes_runs_two_of_each_behind_a_front_that_asks_whether_they_are_ready() -> None:
    wanted = {"server": 2, "worker": 2, "front": 2, "database": 1, "broker": 1, "store": 1}
    found = {
        each["metadata"]["name"]: each["spec"]["replicas"] for each in documents() if "replicas" in each.get("spec", {})
    }
    assert found == wanted
    for name in ("server", "worker"):
        assert pods()[name]["containers"][0]["image"] == f"albumen:{__version__}"
    assert pods()["server"]["containers"][0]["readinessProbe"]["httpGet"]["path"] == "/readyz"
    [front] = [each for each in documents() if each["kind"] == "ConfigMap" and each["metadata"]["name"] == "front"]
    for text in (front["data"]["haproxy.cfg"], (ROOT / "deploy/haproxy.cfg").read_text()):
        assert text.count("http-check send meth GET uri /readyz") == 2
        assert "use_backend uploads if resumable" in text
