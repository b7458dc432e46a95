-- newest_runs: of each county the newest complete run, as it was at a time.
-- What-if runs, and those of some mines, do not count.
-- @at
select distinct on (c.code) r.id, c.code as county_code, n.name as county_name, st_xmin(n.extent) as west, st_ymin(n.extent) as south,
       st_xmax(n.extent) as east, st_ymax(n.extent) as north, r.as_of, r.rule_set
from run r
cross join lateral unnest(r.counties) as c(code)
join county n on n.code = c.code
where r.status = 'complete' and r.what_if = '{}' and r.licence_nos = '{}' and r.finished_at <= @at
order by c.code, r.id desc
