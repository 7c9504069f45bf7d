"""The engines: pure Python, no Django, no I/O, no clock. Libraries in their own right."""
