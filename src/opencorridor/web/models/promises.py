"""Agreements and commitments."""

from __future__ import annotations

from opencorridor.web.models.base import Out, Status


class Commitment(Out):
    """A promise of one side, with the modelled effect of its measures.

    ``group`` is whose it is: ``both``, one country of the pair, or ``several``.
    """

    commitment_id: str
    agreement_id: str
    text: str
    topic: str
    side: str
    group: str
    body: str
    due_date: str
    progress: str
    status_as_of: str
    indicator: str
    baseline_value: float | None
    target_value: float | None
    target_unit: str
    measure_ids: list[str]
    effect_usd: float | None
    url: str
    note: str
    source_id: str
    status: Status | None
    row: int


class Agreement(Out):
    """An agreement of the study."""

    agreement_id: str
    title: str
    kind: str
    topic: str
    parties: list[str]
    signed: str
    legal_status: str
    url: str
    note: str
    source_id: str
    row: int


class Promises(Out):
    """Agreements and commitments of the study."""

    agreements: list[Agreement]
    commitments: list[Commitment]
