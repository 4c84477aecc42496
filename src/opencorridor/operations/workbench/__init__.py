"""What the workbench asks for: layers of the map, cards, scenarios, tables, provenance."""
