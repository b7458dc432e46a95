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
    from mining_right r
    join run_dataset d on d.run_id = @run_id and d.dataset_id = r.dataset_id
    where r.licence_no <> m.licence_no and not r.held and r.geom && m.geom
    group by r.licence_no
) o on true
cross join lateral (select ellipsoidal_area_m2(polygons_of(intersection_or_gridded(m.geom, o.geom))) as area_m2 offset 0) i
where m.run_id = @run_id and i.area_m2 >= @min_area_m2
order by m.licence_no, o.licence_no
