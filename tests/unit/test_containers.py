"""The container files say what the program understands: its settings, its commands, its queues."""

from __future__ import annotations

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import celery.bin.beat
import celery.bin.worker
import click
import pytest
import yaml

from cli.main import main
from dateline import messages, settings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]
WORKERS = {"dispatch": "schedule", "fetch": "fetch", "process": "process", "enrich": "enrich"}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
ENV_EXAMPLE = dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))


def _environment(given: dict[str, str]) -> dict[str, str]:
    """A container's environment as compose makes it from a .env that holds `given`."""

    def value(found: re.Match[str]) -> str:
        name, _, default = found[1].partition(":")
        return given.get(name) or default.removeprefix("-")

    environment = SERVICES["fetch"]["environment"]
    return {name: re.sub(r"\$\{([^}]*)\}", value, str(text)) for name, text in environment.items()}


def _accepts(command: click.Command, arguments: list[str]) -> bool:
    """Whether the command line can be parsed."""
    try:
        command.make_context("x", list(arguments))  # it eats its list
    except click.UsageError:
        return False
    return True


def test_every_part_of_the_service_has_its_container() -> None:
    assert list(SERVICES) == ["postgres", "valkey", *OURS]
    assert OURS == ["migrate", "scheduler", "dispatch", "fetch", "process", "enrich", "api"]
    assert set(COMPOSE["volumes"]) == {"postgres", "valkey"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_that_ends_is_started_again_and_is_watched(name: str) -> None:
    service = SERVICES[name]
    if name == "migrate":
        assert service["restart"] == "on-failure"
        return
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_wait_for_what_they_need_and_have_time_to_end(name: str) -> None:
    service = SERVICES[name]
    needed = {"postgres"} if name == "migrate" else {"migrate", "valkey"}
    assert set(service["depends_on"]) == needed
    assert service["stop_grace_period"] == "45s"
    assert service["environment"] == SERVICES["fetch"]["environment"]


@pytest.mark.parametrize("name", [name for name in OURS if name != "migrate"])
def test_a_health_check_is_a_command_that_exists(name: str) -> None:
    kind, program, command, *arguments = SERVICES[name]["healthcheck"]["test"]
    assert (kind, program, command) == ("CMD", "dateline", "health")
    health = main.get_command(click.Context(main), command)
    assert health is not None and _accepts(health, arguments)
    assert not _accepts(health, ["postman"])
    assert arguments == ["api" if name == "api" else WORKERS.get(name, "schedule")]


def test_every_queue_is_served_by_one_container() -> None:
    queues = []
    for name, queue in WORKERS.items():
        program, *arguments = SERVICES[name]["command"]
        assert [program, *arguments[:3]] == ["celery", "--app", "worker.app", "worker"]
        given = [argument for argument in arguments[3:] if argument.startswith("--")]
        known = {option for parameter in celery.bin.worker.worker.params for option in parameter.opts}
        assert set(given) <= known
        assert arguments[arguments.index("--queues") + 1] == queue
        queues.append(queue)
    assert sorted(queues) == sorted({message.queue for message in messages.ALL})


def test_the_clock_is_a_beat() -> None:
    program, *arguments = SERVICES["scheduler"]["command"]
    assert [program, *arguments[:3]] == ["celery", "--app", "worker.app", "beat"]
    known = {option for parameter in celery.bin.beat.beat.params for option in parameter.opts}
    assert {argument for argument in arguments[3:] if argument.startswith("--")} <= known


@pytest.mark.parametrize("command", [SERVICES["migrate"]["command"], ["dateline", "up", "--no-demo"]])
def test_what_a_container_runs_is_a_command_of_ours(command: list[str]) -> None:
    program, name, *arguments = command
    found = main.get_command(click.Context(main), name)
    assert program == "dateline" and found is not None and _accepts(found, arguments)


def test_the_image_runs_the_service_by_itself_as_nobody_special() -> None:
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["debian:bookworm-slim"] * 2
    assert 'CMD ["dateline", "up", "--no-demo"]' in DOCKERFILE
    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE) == ["dateline"]
    assert "--require-hashes -r requirements.lock" in DOCKERFILE
    assert "--editable" not in DOCKERFILE


def test_the_image_is_built_from_every_package_and_nothing_else() -> None:
    let_in = set(re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    wanted = packages | {"pyproject.toml", "requirements.lock", project["project"]["readme"], "LICENSE"}
    assert let_in == wanted
    assert {name for name in wanted if not (ROOT / name).exists()} == set()


def test_the_containers_read_every_setting_and_no_other() -> None:
    known = {"DATABASE_URL", "REDIS_URL", *settings.NAMES}
    assert set(SERVICES["fetch"]["environment"]) == known


def test_every_setting_stands_in_the_example_with_its_default() -> None:
    named = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text())) - {"DATELINE_VERSION"}
    assert named <= set(ENV_EXAMPLE)
    assert set(ENV_EXAMPLE) - named == {"DATELINE_HOME", "DATABASE_URL", "REDIS_URL"}
    defaults = {name: text for name, text in ENV_EXAMPLE.items() if name in settings.NAMES and "CONTACT" not in name}
    assert settings.load({"DATELINE_HOME": "/x", **defaults}) == settings.load({"DATELINE_HOME": "/x"})


def test_the_containers_settings_can_be_read() -> None:
    given = {name: example for name, (_, _, example, _) in settings.NAMES.items()}
    passwords = {"POSTGRES_PASSWORD": "one", "VALKEY_PASSWORD": "two", "DATELINE_API_KEY": "three"}
    plain = settings.load(_environment(passwords))
    assert plain.database_url == "postgresql://dateline:one@postgres:5432/dateline"
    assert plain.redis_url == "redis://:two@valkey:6379/0"
    assert plain.lease == 120
    assert (plain.bind, plain.api_key, plain.hosts) == (("0.0.0.0", 8310), "three", ("api",))
    assert str(settings.load(_environment(passwords | given)).allow_networks[1]) == "10.1.0.0/16"


def test_the_api_is_published_to_this_machine_alone_and_runs_by_its_module() -> None:
    api = SERVICES["api"]
    assert api["ports"] == ["${DATELINE_BIND:-127.0.0.1:8310}:8310"]
    program, flag, module = api["command"]
    assert (program, flag) == ("python3", "-m") and find_spec(module) is not None
    assert [name for name in SERVICES if "ports" in SERVICES[name]] == ["api"]


def test_the_broker_never_evicts_and_writes_what_it_has() -> None:
    command = " ".join(SERVICES["valkey"]["command"])
    assert "--maxmemory-policy noeviction" in command and "--appendonly yes" in command
    assert "ports" not in SERVICES["valkey"] and "ports" not in SERVICES["postgres"]
