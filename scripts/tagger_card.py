"""Write the model card of the tagger from its JSON."""

from pathlib import Path


def write_card(path: Path) -> None:
    """X."""
