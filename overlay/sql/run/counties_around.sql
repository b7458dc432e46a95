-- counties_around: the counties whose mines may dispute the patches of a mine: those
-- whose mining rights come near its own, as of a day. None where it has none then.
-- @licence_no;  @as_of
with filed as (
    select id, county_code, extent from versions_in_force(@as_of::date) where layer = 'mining_right'
),
plane as (
    select st_setsrid(st_expand(st_extent(m.geom)::geometry, 0.1), 4490) as box
    from filed f
    join mining_right m on m.dataset_id = f.id and m.county_code = f.county_code
    where m.licence_no = @licence_no and not m.held
)
select distinct f.county_code
from filed f, plane p
where f.extent && p.box
order by f.county_code
