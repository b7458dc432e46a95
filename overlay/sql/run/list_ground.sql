-- list_ground: what the newest image still shows of each patch that enters no
-- mine's account: patches of no mine, abandoned pits of whoever, ownerless
-- ground. A restored pit is listed whole. A patch, whose ever, is proof that its
-- image looked.
-- @run_id, @as_of  the run;  @rules  jsonb: kind to the rule it is listed under
insert into listed_ground (run_id, dataset_id, row_no, rule_code, geom, ellipsoidal_area_m2,
                           forest_m2, grassland_m2, forest_or_grassland_m2)
with footprint_of as materialized (
    select f.imaged_on, d.county_code, f.geom
    from run_dataset r
    join dataset d on d.id = r.dataset_id
    join footprint f on f.dataset_id = d.id and f.imaged_on <= @as_of
    where r.run_id = @run_id
),
patch as materialized (
    select p.dataset_id, p.row_no, p.county_code, p.restored, d.imaged_on, d.geom,
           case when p.licence_no is null or d.kind = 'abandoned_pit' then @rules::jsonb ->> d.kind end as rule_code
    from run_patch p
    join disturbance d using (dataset_id, row_no)
    where p.run_id = @run_id and (p.licence_no is null or d.kind = 'abandoned_pit' or d.ownership = 'ownerless')
),
still as materialized (
    select p.*, polygons_of(case when p.restored or later.geom is null then p.geom else difference_or_gridded(p.geom, later.geom) end) as seen
    from patch p
    cross join lateral (
        select st_union(l.geom order by l.imaged_on, st_xmin(l.geom), st_ymin(l.geom), st_xmax(l.geom), st_ymax(l.geom)) as geom
        from (
            select f.imaged_on, clipped_near(f.geom, p.geom) as geom from footprint_of f
            where not p.restored and f.imaged_on > p.imaged_on and f.geom && p.geom
            union all
            select d.imaged_on, d.geom
            -- The barriers of OFFSET have it search by place and then ask of the few
            -- found, however many rows the planner thinks a new run has.
            from (select dataset_id, row_no, imaged_on, geom from disturbance where geom && p.geom offset 0) d
            cross join lateral (
                select from run_patch
                where run_id = @run_id and dataset_id = d.dataset_id and row_no = d.row_no and not restored
                offset 0
            ) q
            where not p.restored and d.imaged_on > p.imaged_on
        ) l
    ) later
    where p.restored or not exists (
        select from footprint_of f where f.geom is null and f.county_code = p.county_code and f.imaged_on > p.imaged_on)
),
filed as (
    select s.county_code, s.layer
    from run_dataset r join dataset s on s.id = r.dataset_id
    where r.run_id = @run_id
    group by s.county_code, s.layer
)
select @run_id::bigint, s.dataset_id, s.row_no, s.rule_code, s.seen, ellipsoidal_area_m2(s.seen),
       case when f.has then coalesce(ellipsoidal_area_m2(v.forest), 0) end,
       case when g.has then coalesce(ellipsoidal_area_m2(v.grassland), 0) end,
       case when f.has and g.has then coalesce(ellipsoidal_area_m2(polygons_of(st_union(array[v.forest, v.grassland]))), 0) end
from still s
cross join lateral (select s.rule_code is not null and exists (select from filed where county_code = s.county_code and layer = 'forest') as has) f
cross join lateral (select s.rule_code is not null and exists (select from filed where county_code = s.county_code and layer = 'grassland') as has) g
cross join lateral (
    select case when f.has then inside_restricting_layer(@run_id, s.county_code, 'forest', s.seen) end as forest,
           case when g.has then inside_restricting_layer(@run_id, s.county_code, 'grassland', s.seen) end as grassland
    offset 0
) v
where ellipsoidal_area_m2(s.seen) > 1e-6
order by s.dataset_id, s.row_no
