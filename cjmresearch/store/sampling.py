"""Gold samples in a project: which segments were drawn, and which of them a coder has finished."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import sqlalchemy as sa

from cjmresearch import schema
from cjmresearch.errors import StoreError
from cjmresearch.store import changes
from cjmresearch.store.acts import Acts
from cjmresearch.store.database import fetch, plain_rows
from cjmresearch.store.lookup import quote
from cjmresearch.store.tables import SQL_TABLES


class Sampling(Acts):
    """What a project does with samples; a part of `Project`."""

    def add_samples(self, samples: pd.DataFrame, *, coder: str = "import") -> int:
        """Add a sample [samples], e.g. of `models.gold_sample`, in one act; returns how many rows.

        Rows whose sample_id is there already are left out. A span that isn't inside its text is
        refused. `undo(coder)` takes the whole sample back.
        """
        rows = plain_rows("samples", schema.frame("samples", samples))
        with self._database.write() as connection:
            known = {row["sample_id"] for row in fetch(connection, "samples")}
            new = [row for row in rows if row["sample_id"] not in known]
            for row in new:
                quote(connection, row["source_id"], (row["start"], row["end"]))
            self._record(connection, "samples", coder, changes.insert("samples", new))
        return len(new)

    def finish_samples(
        self, sample_ids: Iterable[str], *, coder: str, schemes: Sequence[str] = ()
    ) -> int:
        """Say that a coder has read these sampled segments and coded all that applies.

        Only then does a code that isn't there count as "no". `schemes` names the schemes that the
        coder looked for (`["barriers"]`); none means the whole codebook. Kept as rows of `samples`
        whose design says who finished what; an act of the coder, which `undo` takes back. Returns
        how many were not finished by this coder before.
        """
        with self._database.write() as connection:
            _refuse_unknown(connection, schemes)
            drawn = {row["sample_id"]: row for row in fetch(connection, "samples")}
            rows = []
            for sample_id in dict.fromkeys(sample_ids):
                if sample_id not in drawn:
                    raise StoreError(f"no sample {sample_id!r} in the project; add_samples first")
                row = _finished(drawn[sample_id], coder, schemes)
                rows += [] if row["sample_id"] in drawn else [row]
            self._record(connection, "finish", coder, changes.insert("samples", rows))
        return len(rows)


def _refuse_unknown(connection: sa.Connection, schemes: Sequence[str]) -> None:
    known = sorted(set(connection.execute(sa.select(SQL_TABLES["codes"].c.scheme)).scalars()))
    unknown = [scheme for scheme in schemes if scheme not in known]
    if unknown:
        raise StoreError(f"no scheme {unknown[0]!r} in the project; it has {', '.join(known)}")


def _finished(sample: dict[str, Any], coder: str, schemes: Sequence[str]) -> dict[str, Any]:
    """Row that says that a coder has finished a sampled segment; the same twice has one id."""
    if '"kind": "finished"' in sample["design"]:
        raise StoreError(f"{sample['sample_id']!r} says who finished a segment; give a drawn one")
    looked_for = sorted(set(schemes))
    key = f"cjmresearch:finished:{sample['sample_id']}:{coder}:{','.join(looked_for)}"
    design = {
        "kind": "finished", "sample": sample["sample_id"], "coder": coder, "schemes": looked_for
    }  # fmt: skip
    return {
        **sample,
        "sample_id": str(uuid.uuid5(uuid.NAMESPACE_URL, key)),
        "design": json.dumps(design, ensure_ascii=False),
    }
