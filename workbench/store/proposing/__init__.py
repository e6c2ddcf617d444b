"""From a file nobody has described yet to a proposal of what it is, each part with its evidence."""

from workbench.store.proposing.evidence import Guess
from workbench.store.proposing.proposal import Proposal, propose

__all__ = ["Guess", "Proposal", "propose"]
