"""What was looked at, and whether it was so."""

from attrs import define, field, frozen
from rich.console import Console
from rich.table import Table


@frozen
class Check:
    """One thing that has to be so, and what was seen."""

    claim: str
    seen: str
    holds: bool


@define
class Report:
    """Checks in the order in which they were made."""

    checks: list[Check] = field(factory=list)

    def check(self, claim: str, seen: object, expected: object = True) -> bool:
        """Note whether what was seen is what was expected."""
        holds = seen == expected
        words = "yes" if seen is True else str(seen)
        self.checks.append(Check(claim, words if holds else f"{words}, expected {expected}", holds))
        return holds

    def note(self, topic: str, seen: str) -> None:
        """Something that is good to know, and can't be wrong."""
        self.checks.append(Check(topic, seen, holds=True))

    @property
    def failed(self) -> list[Check]:
        """Those that do not hold."""
        return [check for check in self.checks if not check.holds]

    def show(self, console: Console) -> None:
        """As a table for people."""
        table = Table(show_edge=False, pad_edge=False)
        for heading in ("", "what", "seen"):
            table.add_column(heading)
        for check in self.checks:
            table.add_row("[green]✓[/]" if check.holds else "[red]✗[/]", check.claim, check.seen)
        console.print(table)
