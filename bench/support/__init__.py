"""What the measurements share: a loopback publisher, page shapes, CPU accounting, the script people write."""
