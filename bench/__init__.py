"""How fast Towpath is, and what it survives: measured against the real thing, on one machine, over loopback only."""
