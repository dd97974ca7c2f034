"""The demo newspaper: a small real publisher on loopback, so that a newcomer sees news without the internet."""

from cli.demo_site.command import demo_site

__all__ = ["demo_site"]
