-- ground_image: the disturbed ground of one mine, kept apart by the image that
-- decides it. An older image counts only where no newer one looked.
-- @run_id, @licence_no  the mine
insert into ground_image (run_id, licence_no, imaged_on, geom, ellipsoidal_area_m2)
with seen as materialized (
    select d.imaged_on, st_union(d.geom order by d.dataset_id, d.row_no) as geom
    from run_patch p
    join disturbance d using (dataset_id, row_no)
    where p.run_id = @run_id and p.licence_no = @licence_no and p.confirmed
      and d.kind <> 'abandoned_pit' and d.ownership is distinct from 'ownerless'
    group by d.imaged_on
),
looked as materialized (
    select f.imaged_on, bool_or(f.geom is null) as everywhere, st_union(f.geom order by f.dataset_id) as geom
    from run_mine m
    join run u on u.id = m.run_id
    join run_dataset r on r.run_id = m.run_id
    join dataset d on d.id = r.dataset_id
    join footprint f on f.dataset_id = d.id and f.imaged_on <= u.as_of
    where m.run_id = @run_id and m.licence_no = @licence_no
      and (d.county_code = m.county_code or f.geom is not null)
    group by f.imaged_on
),
decided as (
    select s.imaged_on,
           case when later.everywhere then null
                when later.geom is null then s.geom
                else st_difference(s.geom, later.geom) end as geom
    from seen s
    cross join lateral (
        select bool_or(n.everywhere) as everywhere, st_union(n.geom) as geom
        from (select everywhere, geom from looked where imaged_on > s.imaged_on
              union all
              select false, geom from seen where imaged_on > s.imaged_on) n
    ) later
)
select @run_id::bigint, @licence_no::text, imaged_on, polygons_of(geom), ellipsoidal_area_m2(polygons_of(geom))
from decided
where ellipsoidal_area_m2(polygons_of(geom)) > 0
order by imaged_on
