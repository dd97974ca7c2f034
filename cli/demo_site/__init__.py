"""The demo newspaper: a small real publisher on loopback, so that a newcomer sees news without the internet."""
