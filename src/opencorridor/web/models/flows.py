"""What moves over the network, and whose goods pass a place."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from opencorridor.web.models.base import Id, In, Names, Out
from opencorridor.web.models.scenarios import ScenarioSpec

FlowTable = Literal["total", "modes", "countries", "pairs", "classes", "places", "transit",
                    "chains"]  # fmt: skip
FlowMode = Literal["rail", "road", "sea", "inland_water"]


class FlowsAsk(In):
    """Which goods, in which scenario; without one the baseline.

    ``at`` is a crossing, terminal or link, or several with ``;`` between; ``doors`` the country
    whose crossings and ports stand in the middle of the chains; ``before`` asks for the state
    that the scenario is compared with.
    """

    at: Annotated[str, Field(max_length=600)] = ""
    goods: Literal["all", "pair", "a_to_b", "b_to_a"] = "all"
    class_id: Id = ""
    cargo: Literal["", "container", "bulk"] = ""
    mode: Literal["", "rail", "road", "sea", "inland_water"] = ""
    doors: Annotated[str, Field(max_length=3)] = ""
    scenario: ScenarioSpec | None = None
    before: bool = False


class FlowNumber(In):
    """A number of an answer; ``key`` is the texts that name its row, with ``>`` between.

    With ``minus`` it is by how much the number lies above that of another question.
    """

    ask: FlowsAsk
    minus: FlowsAsk | None = None
    table: FlowTable
    key: Annotated[str, Field(max_length=400)] = ""
    column: Id


class FlowAmounts(Out):
    """What moves in a year; tonnes are counted once in every row that they meet.

    ``t_h_per_year`` is without queues for capacity, ``wait_t_h_per_year`` in them.
    """

    t_per_year: float
    teu_per_year: float
    tkm_per_year: float
    carriage_usd_per_year: float
    fee_usd_per_year: float
    t_h_per_year: float
    wait_t_h_per_year: float
    co2_t_per_year: float


class FlowTotal(FlowAmounts):
    """All goods that are asked for, and those of the study's pair among them."""

    own_t_per_year: float
    third_share: float


class FlowOfMode(FlowAmounts):
    """What moves by a mode, stands at terminals, or goes to and from the network."""

    mode: Literal["rail", "road", "sea", "inland_water", "terminal", "access"]


class FlowOfCountry(FlowAmounts):
    """What moves in a country ("" on open water), and what transit there carries and pays."""

    country: str
    transit_t_per_year: float
    transit_teu_per_year: float
    transit_tkm_per_year: float
    transit_carriage_usd_per_year: float
    transit_fee_usd_per_year: float
    transit_usd_per_year: float


class FlowOfPair(FlowAmounts):
    """What moves from a country to another."""

    exporter: str
    importer: str


class FlowOfClass(FlowAmounts):
    """What moves of a class of goods."""

    class_id: str


class FlowOfPlace(FlowAmounts):
    """What passes a crossing or terminal.

    ``third_share`` is of goods that are not the study's pair's; ``transit_t_per_year`` of goods
    that neither start nor end in a country of the place.
    """

    place_id: str
    place_kind: Literal["border_crossing", "terminal"]
    t_forward: float
    t_backward: float
    own_t_per_year: float
    third_share: float
    transit_t_per_year: float


class TransitCharge(Out):
    """What goods in transit pay in a country: by mode, or at a crossing or terminal."""

    country: str
    charge: Literal["carriage", "fee"]
    at_kind: Literal["mode", "border_crossing", "terminal"]
    at: str
    usd_per_year: float


class FlowChain(Out):
    """Tonnes by origin, door and destination; ``other`` stands for the smaller ones."""

    origin: str
    place_id: str
    destination: str
    t_per_year: float


class FlowsAnswer(Out):
    """What moves in a scenario; ``pairs`` may be the largest of ``pairs_found``."""

    study_hash: str
    year: int
    price_basis: str
    at: str
    goods: str
    class_id: str
    cargo: str
    mode: str
    total: FlowTotal
    modes: list[FlowOfMode]
    countries: list[FlowOfCountry]
    pairs: list[FlowOfPair]
    pairs_found: int
    classes: list[FlowOfClass]
    places: list[FlowOfPlace]
    transit: list[TransitCharge]
    doors: str
    ends: Literal["country", "zone"]
    chains: list[FlowChain]
    names: dict[str, Names]


class FlowOnLink(FlowAmounts):
    """What a link carries; ``t_forward`` goes along its drawn line."""

    link_id: str
    mode: str
    name: str
    country: str
    t_forward: float
    t_backward: float


class FlowLoad(Out):
    """Tonnes on a link; ``t_forward`` goes along its drawn line."""

    link_id: str
    t_per_year: float
    t_forward: float
    t_backward: float


class FlowMap(Out):
    """Tonnes on links, for the map."""

    links: list[FlowLoad]


class FlowLinks(Out):
    """The links that carry any of the goods that are asked for, the largest first."""

    links: list[FlowOnLink]
