"""A place in a list, as text in an address: moment and key of the last line that was shown."""

from datetime import UTC, datetime
from uuid import UUID

Key = tuple[datetime, UUID]


def written(key: Key | None) -> str:
    return f"{key[0].isoformat()}_{key[1]}" if key else ""


def read(text: str) -> Key | None:
    """None where it is garbled: the list then begins at its beginning."""
    moment, _sep, id_ = text.partition("_")
    try:
        at = datetime.fromisoformat(moment)
        # In UTC: the database does not take every zone that an address can name.
        return (at.astimezone(UTC), UUID(id_)) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
