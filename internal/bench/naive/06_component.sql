-- component: the connected parts of each mine's ground.
insert into naive.component (licence_no, geom)
select licence_no, (st_dump(st_union(geom))).geom
from naive.piece
group by licence_no
