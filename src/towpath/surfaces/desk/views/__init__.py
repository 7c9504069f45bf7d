"""The views of the desk, by what people come for."""
