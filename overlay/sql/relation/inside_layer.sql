-- inside_layer: the part of a mine's ground, approvals or licence plane that
-- lies inside a restricting layer, each square metre once, less what permits in
-- force on the date of the image allow. Forestry decides where it has coverage;
-- the land survey fills the rest.
-- @run_id, @licence_no  the mine;  @rule_code  the rule;  @as_of  the date
-- @subject  ground, approval or licence;  @against  the layer
-- @permit_kind  the approval kind that permits, or null
-- @min_width_m, @min_area_m2  tolerance
insert into finding_part (run_id, licence_no, rule_code, part_no, within_tolerance, geom, ellipsoidal_area_m2)
with mine as (
    select county_code, geom from run_mine where run_id = @run_id and licence_no = @licence_no
),
subject as materialized (
    select g.imaged_on, d.geom
    from ground_image g cross join lateral st_dump(g.geom) d
    where @subject = 'ground' and g.run_id = @run_id and g.licence_no = @licence_no
    union all
    select @as_of::date, d.geom
    from (select st_union(l.geom order by l.geom) as geom
          from run_approval a join land_approval l using (dataset_id, row_no)
          where @subject = 'approval' and a.run_id = @run_id and a.licence_no = @licence_no and l.kind = 'temporary_land'
            and greatest(l.approved_on, l.valid_from) <= @as_of and l.valid_to >= @as_of
            and (l.returned_on is null or l.returned_on > @as_of)) u
    cross join lateral st_dump(u.geom) d
    union all
    select @as_of::date, d.geom from mine cross join lateral st_dump(mine.geom) d where @subject = 'licence'
),
layer as materialized (
    select s.id, s.source, s.county_code, s.coverage
    from run_dataset r join dataset s on s.id = r.dataset_id
    where r.run_id = @run_id and s.layer = @against
),
forestry as materialized (
    select coalesce(bool_or(l.coverage is null and l.county_code = mine.county_code), false) as everywhere,
           st_union(l.coverage order by l.id) as geom
    from layer l, mine where l.source = 'forestry'
),
hit as (
    select s.imaged_on, r.dataset_id, r.row_no,
           case when l.source = 'land_survey' and f.geom is not null then st_difference(i.geom, f.geom) else i.geom end as geom
    from subject s
    join restricting_ground r on r.layer = @against and r.geom && s.geom
    join layer l on l.id = r.dataset_id
    cross join forestry f
    cross join lateral (
        select case when st_covers(s.geom, r.geom) then r.geom
                    else st_intersection(clipped_near(r.geom, s.geom), s.geom) end as geom
        where st_intersects(s.geom, r.geom)
    ) i
    where l.source <> 'land_survey' or not f.everywhere
),
ground as (
    select imaged_on, st_union(polygons_of(geom) order by geom) as geom from hit group by imaged_on
),
permitted as (
    select g.imaged_on, case when p.geom is null then g.geom else st_difference(g.geom, p.geom) end as geom
    from ground g
    cross join lateral (
        select st_union(l.geom order by l.geom) as geom
        from run_approval a join land_approval l using (dataset_id, row_no)
        where a.run_id = @run_id and a.licence_no = @licence_no and l.kind = @permit_kind and l.geom && g.geom
          and greatest(l.approved_on, l.valid_from) <= g.imaged_on and (l.valid_to is null or l.valid_to >= g.imaged_on)
          and (l.returned_on is null or l.returned_on > g.imaged_on)
    ) p
)
select @run_id::bigint, @licence_no::text, @rule_code::text, row_number() over (order by p.part_no, d.path),
       ellipsoidal_area_m2(p.geom) < @min_area_m2 or is_narrow(p.geom, @min_width_m),
       d.geom, ellipsoidal_area_m2(d.geom)
from (select connected_parts(array_agg(polygons_of(geom) order by imaged_on)) as parts from permitted) u
cross join lateral unnest(u.parts) with ordinality as p(geom, part_no)
cross join lateral st_dump(p.geom) d
where ellipsoidal_area_m2(d.geom) > 0
