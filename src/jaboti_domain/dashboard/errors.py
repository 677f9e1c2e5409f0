"""Refusals about dashboards.

Invalid ── SpanBackwards, SpanTooLong, TooManyWidgets, WidgetsAlike, LayoutTooLarge
"""

from jaboti_domain.kernel.errors import Invalid


class SpanBackwards(Invalid):
    """The first day is after the last one."""

    code = "dashboard.span_backwards"
    portuguese = "O primeiro dia vem depois do último."


class SpanTooLong(Invalid):
    """Figures are given for at most 400 days at once."""

    code = "dashboard.span_too_long"
    portuguese = "Os números são dados para no máximo 400 dias de uma vez."


class TooManyWidgets(Invalid):
    """A dashboard has at most 50 widgets."""

    code = "dashboard.too_many_widgets"
    portuguese = "Um painel tem no máximo 50 widgets."
    field = "widgets"


class WidgetsAlike(Invalid):
    """Two widgets have the same id."""

    code = "dashboard.widgets_alike"
    portuguese = "Dois widgets têm o mesmo id."
    field = "widgets"


class LayoutTooLarge(Invalid):
    """A dashboard's layout has at most 64 KiB."""

    code = "dashboard.layout_too_large"
    portuguese = "O layout de um painel tem no máximo 64 KiB."
    field = "widgets"
