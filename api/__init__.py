"""The front door: HTTP API, dashboard and webhook delivery (none of it built yet)."""
