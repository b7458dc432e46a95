-- mine: one plane for each licence number.
insert into naive.mine
select licence_no, min(enterprise), min(valid_from), max(valid_to), max(renewal_accepted_on), min(top_elevation_m), min(bottom_elevation_m),
       st_union(geom), st_area(st_union(geom)::geography)
from mining_right
where not held
group by licence_no
