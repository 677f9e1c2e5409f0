"""What a company lets its bot say."""

from attrs import frozen


@frozen(kw_only=True)
class BotSettings:
    """What the bot says first, and last, in the words of the company."""

    greeting: str
    farewell: str = ""
    """When an attendant ends a chat without a word of their own; empty: nothing."""
