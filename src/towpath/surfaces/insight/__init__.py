"""How the services do: what the journal says, as figures with their definitions."""
