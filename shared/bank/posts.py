"""The kinds of units that a bank can have, and the posts in them."""

UNIT_KINDS = ("head_office", "branch", "sub_branch", "outlet", "department")
OWN_LADDER = frozenset({"head_office", "branch", "sub_branch"})
"""The kinds of units that have a ladder of their own; outlets and departments are on that of their parent."""
POSTS = (
    "complaint_post", "general_office", "operations_head", "president_office", "unit_head", "outlet_head",
    "operations_supervisor", "deputy_president", "president", "consumer_protection",
    "responsible_senior_manager", "archivist", "auditor",
)  # fmt: skip
RUNGS = (*POSTS, "superior_unit")
"""What a ladder can go up by."""
ACCEPTING_POSTS = frozenset({"complaint_post", "general_office", "operations_head", "president_office"})
"""The posts that accept complaints on one channel or another (contract 3)."""
AUDITOR = "auditor"
"""The post that reads everything and changes nothing."""
HEAD_POST = {"outlet": "outlet_head", "branch": "president", "sub_branch": "president", "head_office": "president"}
"""The post of the person in charge of a unit, by kind; every other kind has a ``unit_head``."""
