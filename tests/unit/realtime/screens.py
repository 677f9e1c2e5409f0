"""A client program's screen, as the documentation tells how to keep it."""

from typing import Any

from attrs import define, field

Node = dict[str, Any]


@define
class Screen:
    """The chats and messages that it shows."""

    chats: dict[str, Node] = field(factory=dict)
    messages: dict[str, Node] = field(factory=dict)

    def show(self, frame: Node) -> None:
        """Apply one event."""
        data = frame["data"]
        match frame["event"]:
            case "chat.created":
                self.chats[data["id"]] = data
            case "chat.updated" | "chat.transferred":
                _patch(self.chats[data["chatId"]], data)
            case "message.created":
                self.messages[data["message"]["id"]] = data["message"]
                _patch(self.chats[data["chatId"]], data)
            case "message.updated":
                _patch(self.messages[data["id"]], data)


def _patch(shown: Node, patch: Node) -> None:
    metadata = {**shown.get("metadata", {}), **patch.get("metadata", {})}
    shown.update({key: value for key, value in patch.items() if key in shown})
    if "metadata" in shown:
        shown["metadata"] = {key: value for key, value in metadata.items() if value is not None}
