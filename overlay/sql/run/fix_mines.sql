-- fix_mines: the mines of the run's counties, one for each licence number; rows
-- of one number are one plane. A number that several counties file is a mine of
-- the county with the larger plane.
-- @run_id  the run;  @counties  its counties
insert into run_mine (run_id, licence_no, county_code, enterprise, mine_name, mining_method, mineral, township,
                      valid_from, valid_to, renewal_accepted_on, top_elevation_m, bottom_elevation_m, geom,
                      licence_ellipsoidal_area_m2, computed_in_run_id)
with filed as (
    select m.county_code, m.licence_no, min(m.row_no) as first_row,
           min(m.dataset_id) as dataset_id, polygons_of(st_union(sound(m.geom) order by m.geom)) as geom
    from mining_right m
    join run_dataset r using (dataset_id)
    where r.run_id = @run_id and m.county_code = any(@counties::text[]) and not m.held
    group by m.county_code, m.licence_no
),
plane as (
    select distinct on (f.licence_no) f.*, m.area_m2
    from filed f
    cross join lateral (select ellipsoidal_area_m2(f.geom) as area_m2 offset 0) m
    order by f.licence_no, m.area_m2 desc, f.county_code
),
township as (
    select distinct on (p.licence_no) p.licence_no, d.name
    from plane p
    join division d on d.geom && p.geom and not d.held and d.code !~ '^([0-9]{6}|[0-9]{12})$'
    join run_dataset r on r.run_id = @run_id and r.dataset_id = d.dataset_id
    order by p.licence_no, st_area(st_intersection(sound(d.geom), p.geom)) desc, d.code
)
select @run_id::bigint, p.licence_no, p.county_code, m.enterprise, m.mine_name, m.mining_method, m.mineral,
       coalesce(m.township, t.name), m.valid_from, m.valid_to, m.renewal_accepted_on,
       m.top_elevation_m, m.bottom_elevation_m, p.geom, p.area_m2, @run_id
from plane p
join mining_right m on m.county_code = p.county_code and m.dataset_id = p.dataset_id and m.row_no = p.first_row
left join township t on t.licence_no = p.licence_no
order by p.licence_no
