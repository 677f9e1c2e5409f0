"""Contents that the platforms tell in almost the same words."""

from jaboti_domain.integration.content import Location


def place(latitude: float | None, longitude: float | None, *, label: str, address: str) -> Location | None:
    """A place on earth; None when it is none."""
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return Location(latitude=latitude, longitude=longitude, label=label, address=address)
