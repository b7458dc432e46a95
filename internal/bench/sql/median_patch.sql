-- median_patch: the largest pit of the mine whose ground has the median number
-- of vertices.
-- @run_id
with mine as (
    select licence_no, row_number() over (order by sum(st_npoints(geom)), licence_no) as rank, count(*) over () as mines
    from run_ground_piece
    where run_id = @run_id
    group by licence_no
)
select p.dataset_id, p.row_no
from mine m
join run_patch p on p.run_id = @run_id and p.licence_no = m.licence_no and p.confirmed and not p.restored
join disturbance d using (dataset_id, row_no)
where m.rank = (m.mines + 1) / 2 and d.kind = 'pit'
order by d.imaged_on desc, d.ellipsoidal_area_m2 desc
limit 1
