"""Pictures drawn by the server: SVG with classes and without styles, each with its own table.

A picture is made from plain numbers and shown by ``{% chart picture %}``::

    from thecal.clinic.design.charts import Series, day_ticks, lines

    picture = lines(
        _("Dose through the day"),
        [
            Series(_("now"), [(0, Fraction(3, 20)), (7, Fraction(3, 10)), (24, None)], "old"),
            Series(_("new"), [(0, Fraction(1, 5)), (24, None)], "new"),
        ],
        x_title=_("time of day"),
        y_title="mg/h",
        x_ticks=day_ticks(),
        is_step=True,
    )

Exact numbers stay exact in the table; a float is only where ink goes. What is ``None`` is a gap: a
line is never drawn through what is not known. Infinite numbers and NaN are refused.
"""

from thecal.clinic.design.charts.axes import Tick, day_ticks, nice_ticks, weekday_ticks
from thecal.clinic.design.charts.bars import Bar, bar, bars
from thecal.clinic.design.charts.chart import Chart, Key
from thecal.clinic.design.charts.gauge import Mark, gauge
from thecal.clinic.design.charts.lines import Limit, Series, lines
from thecal.clinic.design.charts.numbers import Number, text_of
from thecal.clinic.design.charts.spark import spark

__all__ = [
    "Bar",
    "Chart",
    "Key",
    "Limit",
    "Mark",
    "Number",
    "Series",
    "Tick",
    "bar",
    "bars",
    "day_ticks",
    "gauge",
    "lines",
    "nice_ticks",
    "spark",
    "text_of",
    "weekday_ticks",
]
