"""What loyalty is broken down by, and whose complaints count, as ``wave.yaml`` says it."""

from __future__ import annotations

from pydantic import Field

from workbench.store.config.parts import Confidence, Part
from workbench.store.config.places import InsideFile


class LoyaltyPlan(Part):
    """What loyalty is broken down by, and when a base is too small to show."""

    by: list[str] = Field(default=["region", "segment", "tier"])
    minimum_base: int = Field(default=30, ge=1)
    confidence: Confidence = 0.95
    drivers: list[str] = Field(
        default=[],
        description="Questions that may drive the recommendation; by default those on the scale that most questions "
        "have, without the first question, which asks for everything at once.",
    )
    kano: dict[str, tuple[str, str]] = Field(
        default={},
        description="Feature: the columns of 'how would you feel with it' and 'without it', 1 (like) to 5 (dislike).",
    )
    comment: str = Field(default="comment", description="Column of open text in `responses`.")
    code_frame: InsideFile = Field(
        default="auto",
        description="Topics of comments: auto (the ready frame that fits, or none), retail, hotel, airport, "
        "restaurant, telecom, bank, software, or a YAML file of the wave (workbench frame proposes one).",
    )
    hand_codes: InsideFile | None = Field(
        default=None,
        description="Comments coded by hand (workbench frame --sample), to show how well the code frame agrees.",
    )
    complaint_kinds: list[str] = Field(
        default=["complaint", "投诉"], description="Values of `kind` in `interactions` that are complaints."
    )
    post_kinds: list[str] = Field(
        default=["post", "review", "发帖", "评论", "点评", "微博", "小红书"],
        description="Values of `kind` in `interactions` that mean somebody posted about the company.",
    )
    referral_kinds: list[str] = Field(
        default=["referral", "推荐", "转介绍"],
        description="Values of `kind` in `interactions` that mean somebody referred another customer.",
    )
    interview_kinds: list[str] = Field(
        default=["interview", "访谈", "深访"],
        description="Values of `kind` in `interactions` whose text is an interview, read with the posts.",
    )
    competitors: list[str] = Field(default=[], description="Rivals to look for in posts.")
    call_kinds: list[str] = Field(
        default=["callback", "call", "visit", "回访", "拜访"],
        description="Values of `kind` in `interactions` that mean somebody called back.",
    )

    def named_files(self) -> tuple[tuple[str, str], ...]:
        """Return the code frame, where it is a file of the wave and none of those that are ready, and hand codes."""
        frame = (("code_frame", self.code_frame),) if self.code_frame.endswith((".yaml", ".yml")) else ()
        return frame + ((("hand_codes", self.hand_codes),) if self.hand_codes else ())
