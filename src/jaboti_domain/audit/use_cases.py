"""Holding the log against its seals."""

from uuid import UUID

from attrs import define, field, frozen

from jaboti_domain.audit.model import BEGINNING, Entry, Head, Seal
from jaboti_domain.audit.ports import AuditChains
from jaboti_domain.kernel.deeds import ANONYMIZED
from jaboti_domain.kernel.ids import CompanyId

AT_ONCE = 1000


@frozen(kw_only=True)
class Finding:
    """How a chain was found: `checked` entries are as they were written; `bad`, when there is one, is the first not so.

    `bad` is the place of an entry that was changed, swapped in or is missing; one beyond the end stands for an end that
    was cut off, or moved.
    """

    checked: int
    bad: int | None = None
    reason: str = ""


@frozen(kw_only=True)
class VerifyAudit:
    """The operator asks whether a company's audit log is as it was written."""

    audit_chains: AuditChains
    seal: Seal

    async def __call__(self, company_id: CompanyId, *, at_least: int = 0) -> Finding:
        """Reads the whole chain. `at_least`: how long it was known to be, by a note of earlier.

        An end that was put back together with its old seal can't be told from the past except by such a note.
        """
        head = await self.audit_chains.head(company_id)
        walk = _Walk(company_id, self.seal)
        while entries := await self.audit_chains.entries(company_id, after=walk.seq, limit=AT_ONCE):
            for entry in entries:
                if reason := walk.objection_to(entry):
                    return Finding(checked=walk.seq, bad=walk.seq + 1, reason=reason)
        if walk.seq < at_least or not walk.ends_at(head):
            return Finding(checked=walk.seq, bad=walk.seq + 1, reason="the end is not where it was")
        if walk.unexplained:
            return Finding(checked=walk.seq, bad=min(walk.unexplained.values()), reason="its details are gone")
        return Finding(checked=walk.seq)


@define
class _Walk:
    """Along the chain, entry by entry."""

    company_id: CompanyId
    seal: Seal
    seq: int = 0
    last: bytes = BEGINNING
    unexplained: dict[tuple[str, UUID], int] = field(factory=dict)
    """Of whom details were forgotten, without an entry so far that says so; and where first."""

    def objection_to(self, entry: Entry) -> str:
        """Why it can't be the next one; empty when it is, and then it was passed."""
        if entry.seq != self.seq + 1:
            return "it is missing"
        if entry.company_id != self.company_id or not entry.follows(self.last, self.seal):
            return "it is not what was written there"
        self.seq, self.last = entry.seq, entry.seal
        subject = (entry.deed.subject, entry.deed.subject_id)
        if entry.deed.action == ANONYMIZED:
            self.unexplained.pop(subject, None)
        elif entry.details is None:
            self.unexplained.setdefault(subject, entry.seq)
        return ""

    def ends_at(self, head: Head | None) -> bool:
        """Whether the chain ends here."""
        if head is None:
            return self.seq == 0
        end = (head.company_id, head.seq, head.last)
        return head.is_genuine(self.seal) and end == (self.company_id, self.seq, self.last)
