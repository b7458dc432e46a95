-- newest_beneath: the newest image of no later day than a run's that covers the licence of a mine.
-- @run_id, @licence_no;  @last  only numbers up to it, 0 for all
select o.id
from run_mine m
join run r on r.id = m.run_id
join orthophoto o on st_covers(o.extent, m.geom) and o.imaged_on <= r.as_of
where m.run_id = @run_id and m.licence_no = @licence_no and (@last::bigint = 0 or o.id <= @last)
order by o.imaged_on desc, o.id desc
limit 1
