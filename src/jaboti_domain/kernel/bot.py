"""What a company lets its bot say."""

from attrs import frozen


@frozen(kw_only=True)
class BotSettings:
    """What the built-in menu says first, in the words of the company."""

    greeting: str
    farewell: str = ""
