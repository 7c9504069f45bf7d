"""Agreements with registers, the calls that are made under them, and the receipts that prove the answers."""
