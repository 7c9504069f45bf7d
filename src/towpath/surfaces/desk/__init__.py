"""Where staff work: queues, cases and tasks, contact, what got stuck. Everything also works without a script."""
