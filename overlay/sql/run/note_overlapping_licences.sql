-- note_overlapping_licences: two mining rights that overlap, however narrow the
-- strip, told to each mine of the run with the other's name.
-- @run_id  the run;  @min_area_m2  what is less is nothing
insert into run_diagnostic (run_id, licence_no, code, args)
select @run_id::bigint, m.licence_no, 'licence.overlaps_licence',
       jsonb_build_object('licence_no', m.licence_no, 'other', o.licence_no, 'enterprise', o.enterprise,
                          'mu', to_char(i.area_m2 * 3 / 2000, 'FM999999990.00'))
from run_mine m
join lateral (
    select r.licence_no, min(r.enterprise) as enterprise, polygons_of(st_union(r.geom order by r.geom)) as geom
    -- The barriers of OFFSET have it search by place and then ask of the few found,
    -- however many rows the planner thinks a new run has.
    from (select dataset_id, licence_no, enterprise, geom from mining_right where geom && m.geom and not held offset 0) r
    cross join lateral (select from run_dataset where run_id = @run_id and dataset_id = r.dataset_id offset 0) d
    where r.licence_no <> m.licence_no
    group by r.licence_no
) o on true
cross join lateral (select ellipsoidal_area_m2(polygons_of(intersection_or_gridded(m.geom, o.geom))) as area_m2 offset 0) i
where m.run_id = @run_id and i.area_m2 >= @min_area_m2
order by m.licence_no, o.licence_no
