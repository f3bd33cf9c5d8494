"""Native charts of the deck: what people can click, copy and edit, with n and intervals."""

from __future__ import annotations

import math
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from cjmresearch.palette import LIGHT
from cjmresearch.report.office.pptx_deck import Box
from cjmresearch.report.office.rich import clean

_FORMAT = "+0.00;\N{MINUS SIGN}0.00;0"


def curve_chart(
    slide: Any,
    points: list[dict[str, Any]],
    box: Box,
    *,
    intervals: list[tuple[float, float]] | None = None,
    alt: str = "",
    size: float = 10,
    numbered: bool = False,
) -> Any:
    """Place an emotion curve as a native line chart.

    Parameters
    ----------
    slide
        The slide to place it on.
    points
        Points of `report.chart.curve_chart`: name, mean, n, hollow, tone.
    box
        Where it stands.
    intervals
        Low and high of each point, NaN where there is none; drawn as error bars.
    alt
        Words for those who can't see it.
    size
        Of the letters, points.
    numbered
        Name the stages by their number, where the chart is small.
    """
    data = CategoryChartData(number_format="0.00")
    names = [str(p["number"]) if numbered else clean(p["name"]) for p in points]
    data.categories = [f"{name}\nn={p['n']}" for name, p in zip(names, points, strict=True)]
    data.add_series("valence", [None if p["y"] is None else round(p["mean"], 2) for p in points])
    frame = slide.shapes.add_chart(
        XL_CHART_TYPE.LINE_MARKERS, Pt(box.left), Pt(box.top), Pt(box.width), Pt(box.height), data
    )
    frame._element.nvGraphicFramePr.cNvPr.set("descr", alt)
    chart = frame.chart
    chart.has_legend = chart.has_title = False
    chart.font.size = Pt(size)
    chart.font.color.rgb = _rgb(LIGHT.ink)
    _axes(chart, size)
    series = chart.plots[0].series[0]
    series.smooth = False
    series.format.line.color.rgb = _rgb(LIGHT.better)
    series.format.line.width = Pt(1.75)
    for at, point in enumerate(points):
        _marker(series.points[at], point)
    _labels(chart.plots[0], size)
    if intervals:
        _error_bars(series._element, points, intervals)
    return frame


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#"))


def _axes(chart: Any, size: float) -> None:
    values, stages = chart.value_axis, chart.category_axis
    values.minimum_scale, values.maximum_scale, values.major_unit = -1, 1, 0.5
    values.tick_labels.number_format = "+0.0;\N{MINUS SIGN}0.0;0"
    values.tick_labels.number_format_is_linked = False
    values.tick_labels.font.size = Pt(size - 1)
    values.tick_labels.font.color.rgb = _rgb(LIGHT.muted)
    values.major_gridlines.format.line.color.rgb = _rgb(LIGHT.grid)
    values.format.line.fill.background()
    stages.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    stages.tick_labels.font.size = Pt(size)
    stages.format.line.color.rgb = _rgb(LIGHT.muted)


def _marker(point: Any, given: dict[str, Any]) -> None:
    """Fill a marker by what its interval says; too few people get a hollow one."""
    colour = {"good": LIGHT.better, "bad": LIGHT.worse}.get(str(given["tone"]), LIGHT.muted)
    marker = point.marker
    marker.style = XL_MARKER_STYLE.CIRCLE
    marker.size = 9
    marker.format.fill.solid()
    marker.format.fill.fore_color.rgb = _rgb(LIGHT.background if given["hollow"] else colour)
    marker.format.line.color.rgb = _rgb(colour)


def _labels(plot: Any, size: float) -> None:
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.show_value = True
    labels.number_format, labels.number_format_is_linked = _FORMAT, False
    labels.position = XL_LABEL_POSITION.ABOVE
    labels.font.size = Pt(size)
    labels.font.bold = True


def _error_bars(
    series: Any, points: list[dict[str, Any]], intervals: list[tuple[float, float]]
) -> None:
    """Add the intervals, which python-pptx has no words for; the scale ends at -1 and 1."""
    sides = {"plus": [], "minus": []}  # type: dict[str, list[float]]
    for point, (low, high) in zip(points, intervals, strict=True):
        known = point["y"] is not None and not math.isnan(low)
        sides["plus"].append(min(high, 1.0) - point["mean"] if known else 0.0)
        sides["minus"].append(point["mean"] - max(low, -1.0) if known else 0.0)
    written = "".join(
        f"<c:{side}><c:numLit><c:formatCode>General</c:formatCode>"
        f'<c:ptCount val="{len(values)}"/>'
        + "".join(f'<c:pt idx="{i}"><c:v>{v:.4f}</c:v></c:pt>' for i, v in enumerate(values))
        + f"</c:numLit></c:{side}>"
        for side, values in sides.items()
    )
    bars = parse_xml(
        f'<c:errBars {nsdecls("c", "a")}><c:errDir val="y"/><c:errBarType val="both"/>'
        f'<c:errValType val="cust"/><c:noEndCap val="0"/>{written}'
        f'<c:spPr><a:ln w="28575"><a:solidFill><a:srgbClr val="{LIGHT.series[0][1:]}">'
        '<a:alpha val="45000"/></a:srgbClr></a:solidFill></a:ln></c:spPr></c:errBars>'
    )
    series.find(qn("c:cat")).addprevious(bars)
