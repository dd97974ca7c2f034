"""The front door: the HTTP API, served by a process of its own (`python -m api.serve`)."""
