"""`dateline demo-site`: run the demo newspaper by itself."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import click

from cli.demo_site.newspaper import Newspaper
from cli.demo_site.server import Publisher
from cli.output import json_option, print_json, say
from dateline.errors import DatelineError


@click.command("demo-site")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8017, show_default=True, help="Port to listen on; 0 takes a free one.")
@click.option("--seed", default=1, show_default=True, help="Another number, another newspaper.")
@click.option("--speed", default=1.0, show_default=True, help="Time runs this many times as fast.")
@click.option("--started-at", type=float, help="Unix time of the first edition, to continue an earlier newspaper.")
@click.option("--log", "log", type=click.Path(dir_okay=False, path_type=Path), help="Record every counter served here.")
@json_option
def demo_site(
    host: str, port: int, seed: int, speed: float, started_at: float | None, log: Path | None, as_json: bool
) -> None:
    """Serve the demo newspaper: invented stories that appear, grow, are revised and removed while you watch.

    GET /truth.json tells what a perfect reader would know at this moment.
    """
    if not speed > 0:
        raise click.BadParameter("must be above 0", param_hint="--speed")
    start = time.time() if started_at is None else started_at
    newspaper = Newspaper(seed, start)
    try:
        publisher = Publisher((host, port), newspaper, clock=lambda: start + (time.time() - start) * speed, log=log)
    except (OSError, OverflowError) as error:
        raise DatelineError(
            f"cannot listen on {host} port {port}: {error}", stage="demo-site", remedy="choose another with --port"
        ) from None
    if as_json:
        print_json({"url": f"{publisher.base}/", "seed": seed})
    else:
        say(f"The Loopback Gazette is at {publisher.base}/ (seed {seed})")
    with contextlib.suppress(KeyboardInterrupt), publisher:
        publisher.serve_forever()
