"""`python -m cjmresearch.cli`, as the command `cjmresearch` does it."""

from __future__ import annotations

import sys

from cjmresearch.cli import main

sys.exit(main())
