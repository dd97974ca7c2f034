"""The contract between those who send messages and those who take them."""

from __future__ import annotations

import dataclasses
import inspect
import json

import pytest

from dateline import messages, settings
from dateline.messages import Message
from scheduler.beat import beat_schedule
from worker.app import app

EACH = pytest.mark.parametrize("message", messages.ALL, ids=lambda message: message.__name__)


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    app.loader.import_default_modules()


@EACH
def test_every_message_has_a_task_that_takes_its_fields(message: type[Message]) -> None:
    fields = [(field.name, field.type) for field in dataclasses.fields(message)]
    taken = inspect.signature(app.tasks[message.task].run).parameters.values()
    assert [(one.name, one.annotation) for one in taken] == fields


@EACH
def test_every_message_is_routed_to_its_queue_and_takes_no_other(message: type[Message]) -> None:
    route = app.amqp.router.route({}, message.task)
    assert route["queue"].name == message.queue
    with pytest.raises(Exception, match="celery"):
        app.amqp.router.route({"queue": "celery"}, message.task)


def test_every_message_is_listed_once_and_every_task_of_ours_has_one() -> None:
    listed = [message.task for message in messages.ALL]
    assert sorted(listed) == sorted(name for name in app.tasks if name.startswith("dateline."))
    defined = {one for one in vars(messages).values() if isinstance(one, type) and issubclass(one, Message)}
    assert set(messages.ALL) == defined - {Message}


def test_arguments_survive_json() -> None:
    sent = messages.VisitHosts([7, 12], "token").arguments()
    assert json.loads(json.dumps(sent)) == {"host_ids": [7, 12], "lease_token": "token"}


def test_nothing_is_asked_of_the_broker_that_it_cannot_do() -> None:
    asked = {
        "result_backend": None,
        "task_acks_late": False,
        "task_ignore_result": True,
        "accept_content": ["json"],
        "worker_prefetch_multiplier": 1,
        "worker_enable_remote_control": False,
        "worker_send_task_events": False,
        "broker_connection_max_retries": None,
    }
    assert {name: app.conf[name] for name in asked} == asked


@pytest.mark.parametrize(
    ("environ", "task", "every"),
    [
        ({}, messages.DispatchDueHosts, 1.0),
        ({"DATELINE_TICK": "0.2"}, messages.DispatchDueHosts, 0.2),
        ({}, messages.Sweep, 5.0),
        ({"DATELINE_LEASE": "6"}, messages.Sweep, 2.0),
        ({}, messages.PulseFetch, 2.0),
        ({"DATELINE_STALL": "5"}, messages.PulseProcess, 1.0),
    ],
)
def test_ticks_come_as_often_as_the_settings_say(environ: dict[str, str], task: type[Message], every: float) -> None:
    assert beat_schedule(settings.load(environ))[task.task]["schedule"] == every


def test_every_tick_expires_and_goes_to_the_queue_of_its_message() -> None:
    current = settings.load({"DATELINE_LEASE": "50"})
    queues = {message.task: message.queue for message in messages.ALL}
    for tick in beat_schedule(current).values():
        assert tick["options"]["queue"] == queues[tick["task"]]
        assert 0 < tick["options"]["expires"] <= current.lease
