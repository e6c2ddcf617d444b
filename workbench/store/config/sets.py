"""Questions of which several answers could be ticked, as ``wave.yaml`` declares them: once, for everything."""

from __future__ import annotations

from pydantic import Field, model_validator

from workbench.store.config.parts import Part, Words


class SetPlan(Part):
    """A question of which several answers could be ticked: a column for each choice, or one column that lists them."""

    label: Words | None = Field(default=None, description="The question.")
    choices: dict[str, str] = Field(
        default={}, description="Choice: its column in `responses`, 1 where it was ticked and 0 where not."
    )
    column: str | None = Field(default=None, description="One column of `responses` whose cells list the choices.")
    separator: str = Field(default=";", min_length=1, description="What stands between the choices of a cell.")
    none: str | None = Field(
        default=None, description="Column, or choice of the listing column, that says 'none of these'."
    )
    counted: str | None = Field(
        default=None, description="The value that means ticked, where it is not 1 (codebooks say it by themselves)."
    )

    @model_validator(mode="after")
    def _one_kind(self) -> SetPlan:
        if bool(self.choices) == (self.column is not None):
            raise ValueError("a set has choices, each with its column, or one column that lists them")
        if self.none is not None and self.none in self.choices.values():
            raise ValueError(f"none: {self.none} is a choice already; it says that nothing was ticked")
        return self

    @property
    def columns(self) -> list[str]:
        """The columns of the answers that it is made of."""
        own = [self.column] if self.column is not None else list(self.choices.values())
        return [*own, self.none] if self.none is not None and self.column is None else own
