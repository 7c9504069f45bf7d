"""What a simulation needs, learned from a log: see `mining.learn`."""
