"""What all bodies share: short texts, ids, points, and how strict they are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Names = dict[str, str]
Text = Annotated[str, Field(max_length=300)]
Id = Annotated[str, Field(max_length=120)]
Status = Literal["observed", "derived", "assumed"]
Point = tuple[float, float]


class In(BaseModel):
    """A body that is sent: unknown fields are refused, and no type is taken for another."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Out(BaseModel):
    """A body that is answered."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)
