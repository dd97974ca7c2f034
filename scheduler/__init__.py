"""When: cadence, dispatch of due hosts, sweeping."""
