-- ground_image: the disturbed ground of one mine, kept apart by the image that
-- decides it. An older image counts only where no newer one looked, and a patch,
-- whose ever, is proof that its image looked there whatever footprint was
-- declared.
-- @run_id, @licence_no  the mine
insert into ground_image (run_id, licence_no, imaged_on, geom, ellipsoidal_area_m2)
with seen as materialized (
    select d.imaged_on, case when count(*) = 1 then (array_agg(d.geom))[1] else st_union(d.geom order by d.geom) end as geom
    from run_patch p
    join near_disturbance d using (dataset_id, row_no)
    where p.run_id = @run_id and p.licence_no = @licence_no and p.confirmed
      and d.kind <> 'abandoned_pit' and d.ownership is distinct from 'ownerless'
    group by d.imaged_on
),
footprint_of as materialized (
    select f.imaged_on, f.geom
    from run_mine m
    join run u on u.id = m.run_id
    join run_dataset r on r.run_id = m.run_id
    join dataset d on d.id = r.dataset_id
    join footprint f on f.dataset_id = d.id and f.imaged_on <= u.as_of
    where m.run_id = @run_id and m.licence_no = @licence_no
      and (d.county_code = m.county_code or f.geom is not null)
),
-- Older images decide nothing where one looked everywhere.
recent as materialized (
    select s.imaged_on, s.geom
    from seen s
    where s.imaged_on >= coalesce((select max(imaged_on) from footprint_of where geom is null), s.imaged_on)
),
-- The barriers of OFFSET have it search by place and then ask of the few found,
-- however many rows the planner thinks a new run has.
looked as materialized (
    select imaged_on, st_union(geom order by st_xmin(geom), st_ymin(geom), st_xmax(geom), st_ymax(geom)) as geom
    from (
        select f.imaged_on, clipped_near(f.geom, r.geom) as geom
        from footprint_of f, (select st_collect(geom) as geom from recent) r
        where f.geom && r.geom
        union all
        select d.imaged_on, d.geom
        from (select dataset_id, row_no, imaged_on, geom from near_disturbance where geom && (select st_collect(geom) from recent) offset 0) d
        cross join lateral (
            select from run_patch
            where run_id = @run_id and dataset_id = d.dataset_id and row_no = d.row_no and not restored
            offset 0
        ) p
    ) l
    where imaged_on > (select min(imaged_on) from recent)
    group by imaged_on
),
decided as materialized (
    select s.imaged_on, polygons_of(case when later.geom is null then s.geom else st_difference(s.geom, later.geom) end) as geom
    from recent s
    cross join lateral (select st_union(l.geom order by l.imaged_on) as geom from looked l where l.imaged_on > s.imaged_on) later
)
select @run_id::bigint, @licence_no::text, imaged_on, geom, area_m2
from decided
cross join lateral (select ellipsoidal_area_m2(geom) as area_m2 offset 0) m
where area_m2 > 0
order by imaged_on
