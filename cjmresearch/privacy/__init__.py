"""Privacy."""

from __future__ import annotations

from cjmresearch.privacy.finding import find

__all__ = ["find"]
