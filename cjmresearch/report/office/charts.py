"""The emotion curve as a picture, in the theme for print."""

from __future__ import annotations

import io
from typing import Any

from cjmresearch import palette, plot
from cjmresearch.report.office.rich import clean

_CM = 1 / 2.54


def curve_picture(page: dict[str, Any], *, width: float = 17.0, height: float = 9.5) -> bytes:
    """Draw the curve of a report as a PNG, `width` x `height` cm."""
    # Imported late: only rendering draws.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    curve = page["curve"]
    names = {point["stage"]: clean(point["name"]) for point in curve["chart"]["points"]}
    with plot.style("light"):
        figure = Figure(figsize=(width * _CM, height * _CM), dpi=200, layout="constrained")
        FigureCanvasAgg(figure)
        figure.set_facecolor(palette.LIGHT.background)
        ax = figure.add_subplot()
        plot.emotion_curve(curve["frame"], ax=ax, names=names, language=page["words"].language)
        out = io.BytesIO()
        figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()
