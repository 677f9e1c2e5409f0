"""Why somebody is not forgotten right now."""

from jaboti_domain.kernel.errors import Conflict


class ClientBeingWrittenTo(Conflict):
    """A message to the client is being sent at this moment: try again in a minute."""

    code = "client.being_written_to"
    portuguese = "Uma mensagem ao cliente está sendo enviada neste momento: tente de novo em um minuto."
