"""Which companies a user works for: read in the name of the user, who sees their own memberships of all companies."""

from sqlalchemy import Uuid, and_

from jaboti_adapters.postgres.statements import param
from jaboti_adapters.postgres.tables import company, membership, user_account

IS_PRIMARY = user_account.c.primary_company_id.is_not_distinct_from(membership.c.company_id)
"""Whether the membership is in the user's primary company."""
IS_MEMBER = membership.c.left_at.is_(None)
"""Whether they have not left."""
COMPANIES = membership.join(company, company.c.id == membership.c.company_id).join(
    user_account, user_account.c.id == membership.c.user_id
)
IS_THEIRS = and_(membership.c.user_id == param("user_id", Uuid), membership.c.enabled, IS_MEMBER)
"""Whether `user_id` may work there."""
PRIMARY_FIRST = (IS_PRIMARY.desc(), company.c.name.collate("C"), company.c.id)
