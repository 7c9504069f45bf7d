"""What can go wrong with our own database server, in words for the person at the terminal."""


class DatabaseError(Exception):
    """Our database server can't be made, started or moved; the text says what would help."""
