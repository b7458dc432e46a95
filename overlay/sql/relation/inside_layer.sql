-- inside_layer: the part of a mine's ground, approvals or licence plane that
-- lies inside a restricting layer, each square metre once, less what permits in
-- force on the date of the image allow.
-- @run_id, @licence_no  the mine;  @rule_code  the rule, whose hits are held
-- @permit_kind  the approval kind that permits, or null
-- @min_width_m, @min_area_m2  tolerance
insert into finding_part (run_id, licence_no, rule_code, part_no, within_tolerance, geom, ellipsoidal_area_m2)
with ground as materialized (
    select imaged_on, polygons_of(st_union(decides order by decides)) as geom
    from restricting_hit
    where licence_no = @licence_no and rule_code = @rule_code and decides is not null
    group by imaged_on
),
permitted as (
    select g.imaged_on, case when p.geom is null then g.geom else polygons_of(st_difference(g.geom, p.geom)) end as geom
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
from (select connected_parts(array_agg(geom order by imaged_on)) as parts from permitted) u
cross join lateral unnest(u.parts) with ordinality as p(geom, part_no)
cross join lateral st_dump(p.geom) d
where ellipsoidal_area_m2(d.geom) > 0
