"""Table ``document``: papers and messages by country, mode and goods."""

from __future__ import annotations

from data.common import Row
from data.network.context import Build

FILE = "corridor/documents.csv"
EAEU = "ARM;BLR;KAZ;KGZ;RUS"
# Goods as the file names them: classes, classes of dangerous goods, whether a temperature is asked.
GOODS: dict[str, tuple[str, str, str]] = {
    "all": ("", "", ""),
    "bulk grain": ("C01", "", ""),
    "bulk grain, ores": ("C01;C07", "", ""),
    "grain": ("C01", "", ""),
    "grain, flour, fruit, wood": ("C01;C02;C03;C13", "", ""),
    "grain, seeds, fruit": ("C01;C02;C03", "", ""),
    "fruit, vegetables": ("C03", "", ""),
    "meat": ("C04", "", ""),
    "dairy, fish": ("C04", "", ""),
    "food": ("C04;C05", "", ""),
    "perishable food": ("C03;C04", "", ""),
    "vaccine, medicine": ("C11", "", ""),
    "vaccine, cold chain": ("C11", "", "1"),
    "dangerous": ("", "any", ""),
    "infectious samples (UN 2814, UN 3373)": ("", "6.2", ""),
    "dual use": ("", "", ""),
    "regulated goods": ("", "", ""),
}
# Goods that the classes cannot tell: the condition says them.
SAID = {"dual use": "dual-use goods", "meat": "meat", "dairy, fish": "dairy or fish",
        "regulated goods": "goods under a technical regulation"}  # fmt: skip
# Rows that hold for the trade with some countries only, or not inside the customs union.
PARTNERS = {"DOC048": "IRN", "DOC049": "IRN", "DOC050": "IRN", "DOC051": "IRN", "DOC061": EAEU,
            "DOC052": "ARM;AZE;BLR;KGZ;MDA;RUS;TJK;TKM;UKR;UZB"}  # fmt: skip
NOT_PARTNERS = dict.fromkeys(("DOC044", "DOC045", "DOC047", "DOC055", "DOC075"), EAEU)
# One that the file lists because it is mixed up with others; the rail form of DOC046.
NOT_OURS = {"DOC053", "DOC033"}
# Permits of trucks stand in table permit, with quotas and bans.
PERMITS = {"DOC023", "DOC024"}


def documents(build: Build) -> None:
    """Add the rows of the file that the study's modes can use; equal rows of several modes once."""
    rows = [
        r for r in build.read(FILE) if r["mode"] != "air" and r["doc_id"] not in NOT_OURS | PERMITS
    ]
    of_modes: dict[tuple[str, ...], set[str]] = {}
    for row in rows:
        of_modes.setdefault(_same(row), set()).add(row["mode"])
    for row in rows:
        modes = of_modes.pop(_same(row), None)
        if modes is not None:
            mode = (
                row["mode"] if len(modes) == 1 and row["mode"] not in ("any", "multimodal") else ""
            )
            build.add("document", _document(build, row, mode))


def _same(row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in ("stage", "country_iso3", "goods_class", "document"))


def _need(row: Row) -> tuple[str, str]:
    """Return how much a document is needed, and the condition."""
    said = SAID.get(row["goods_class"], "")
    if row["mode"] == "multimodal" and row["mandatory"] == "option":
        said = "one contract over several modes"
    word = row["mandatory"]
    if word == "yes":
        return ("conditional" if said else "required"), said
    if word in ("option", "pilot"):
        return "option", "; ".join(filter(None, ("pilot" if word == "pilot" else "", said)))
    return "conditional", "; ".join(filter(None, (word.removeprefix("yes "), said)))


def _document(build: Build, row: Row, mode: str) -> Row:
    classes, dangerous, temperature = GOODS[row["goods_class"]]
    need, condition = _need(row)
    host = row["source_url"].split("/")[2].removeprefix("www.")
    source = build.sources.add(
        f"document-{row['doc_id'].lower()}",
        f"{row['legal_base']}: {row['document']}",
        publisher=host,
        url=row["source_url"],
    )
    return {
        "document_id": row["doc_id"],
        "name": row["document"],
        "code": row["unece_code"],
        "stage": row["stage"],
        "mode": mode,
        "country_id": "" if row["country_iso3"] == "ANY" else row["country_iso3"],
        "partners": PARTNERS.get(row["doc_id"], ""),
        "except_partners": NOT_PARTNERS.get(row["doc_id"], ""),
        "class_ids": classes,
        "dangerous_classes": dangerous,
        "temperature": temperature,
        "need": need,
        "condition": condition,
        "issuer": row["issuer"],
        "electronic": row["paperless"],
        "legal_base": row["legal_base"],
        "note": row["note"],
        "source": source,
        # Rows of evidence "reference" name where the rule stands; its text was not read.
        "status": "observed" if row["evidence"] == "observed" else "assumed",
    }
