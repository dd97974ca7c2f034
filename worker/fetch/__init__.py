"""Fetching politely and safely: the loop of hosts, the HTTP client, the guard and robots.txt."""
