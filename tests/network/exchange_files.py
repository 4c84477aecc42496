"""Small folders in the standard formats, to be spoilt by tests."""

from __future__ import annotations

from pathlib import Path

NET = """<NUMBER OF ZONES> 2
<NUMBER OF NODES> 3
<FIRST THRU NODE> 3
<NUMBER OF LINKS> 3
<END OF METADATA>
~ init_node term_node capacity length free_flow_time b power speed toll link_type ;
1 3 10 1 0 0 0 0 0 1 ;
3 2 10 2 6.5 0.15 4 0 5 1 ;
1 2 5 4 20 0.15 4 0 0 1 ;
"""
TRIPS = """<NUMBER OF ZONES> 2
<TOTAL OD FLOW> 12.0
<END OF METADATA>

Origin 1
1 : 4.0; 2 : 8.0;
"""
NODE = "node_id,x_coord,y_coord,zone_id\na,0,0,1\nb,1,0,\nc,2,0,2\n"
LINK = (
    "link_id,from_node_id,to_node_id,directed,length,free_speed,lanes,capacity,toll,vdf_alpha,vdf_beta\n"
    "x,a,b,true,1,60,2,500,0,0.2,3\n"
    "y,b,c,false,3,90,1,800,1.5,,\n"
)
DEMAND = "o_zone_id,d_zone_id,volume\n1,2,900\n"


def tntp(folder: Path, net: str = NET, trips: str = TRIPS) -> Path:
    """Write a TNTP folder."""
    folder.mkdir(exist_ok=True)
    (folder / "small_net.tntp").write_text(net, encoding="utf-8")
    (folder / "small_trips.tntp").write_text(trips, encoding="utf-8")
    return folder


def gmns(folder: Path, node: str = NODE, link: str = LINK, demand: str = DEMAND) -> Path:
    """Write a GMNS folder."""
    folder.mkdir(exist_ok=True)
    for name, text in (("node", node), ("link", link), ("demand", demand)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder
