-- outside_permit: the ground of some kinds outside the permits of a kind that
-- were in force on the date of its image, judged by connected piece: one that
-- touches such permits is out of their bounds where it leaves them, one that
-- does not is without permit.
-- @run_id, @licence_no  the mine;  @kinds  of disturbance;  @permit_kind  of approval
-- @rules  jsonb: rule code to the class it asks for, out_of_bounds or unapproved
-- @touch_ratio  share of the piece, or of the permits it meets
-- @min_width_m, @min_area_m2  tolerance
insert into finding_part (run_id, licence_no, rule_code, part_no, within_tolerance, geom, ellipsoidal_area_m2)
with permit as materialized (
    select l.dataset_id, l.row_no, greatest(l.approved_on, l.valid_from) as begins_on, l.valid_to, l.returned_on, l.geom
    from run_approval a
    join near_land_approval l using (dataset_id, row_no)
    where a.run_id = @run_id and a.licence_no = @licence_no and l.kind = @permit_kind
),
piece as materialized (
    select p.piece_no, p.imaged_on, p.geom, f.geom as in_force
    from ground_piece p
    cross join lateral (
        select st_union(l.geom order by l.geom) as geom
        from permit l
        where l.geom && p.geom and l.begins_on <= p.imaged_on and (l.valid_to is null or l.valid_to >= p.imaged_on)
          and (l.returned_on is null or l.returned_on > p.imaged_on)
    ) f
    where p.run_id = @run_id and p.licence_no = @licence_no and p.kind = any(@kinds::text[])
),
component as materialized (
    select c.component_no, c.geom
    from (select connected_parts(array_agg(geom order by piece_no)) as parts from piece) u
    cross join lateral unnest(u.parts) with ordinality as c(geom, component_no)
),
-- A square millimetre is what rounding leaves along a common edge.
split as materialized (
    select p.piece_no, p.imaged_on, s.permitted, d.path, d.geom, ellipsoidal_area_m2(d.geom) as area_m2, c.component_no
    from piece p
    cross join lateral (values
        (true, st_intersection(p.geom, p.in_force)),
        (false, coalesce(st_difference(p.geom, p.in_force), p.geom))
    ) as s(permitted, geom)
    cross join lateral st_dump(polygons_of(s.geom)) d
    cross join lateral (
        select component_no from component
        where geom && d.geom
        order by st_distance(geom, st_pointonsurface(d.geom)), component_no
        limit 1
    ) c
    where ellipsoidal_area_m2(d.geom) > 1e-6
),
judged as (
    select component_no,
           c.permitted_m2 >= 0.005 and (c.permitted_m2 >= @touch_ratio * c.area_m2 or c.permitted_m2 >= @touch_ratio * coalesce(met.area_m2, 0)) as touches
    from (select component_no, sum(area_m2) as area_m2, coalesce(sum(area_m2) filter (where permitted), 0) as permitted_m2
          from split group by component_no) c
    left join lateral (
        select ellipsoidal_area_m2(polygons_of(st_union(l.geom order by l.geom))) as area_m2
        from permit l
        where exists (
            select from split s
            where s.component_no = c.component_no and s.permitted and s.geom && l.geom
              and l.begins_on <= s.imaged_on and (l.valid_to is null or l.valid_to >= s.imaged_on)
              and (l.returned_on is null or l.returned_on > s.imaged_on)
              and ellipsoidal_area_m2(polygons_of(st_intersection(s.geom, l.geom))) >= 0.005)
    ) met on true
)
select @run_id::bigint, @licence_no::text, r.rule_code, p.part_no, p.within_tolerance, p.geom, p.ellipsoidal_area_m2
from (select case when j.touches then 'out_of_bounds' else 'unapproved' end as class, array_agg(s.geom order by s.piece_no, s.path) as grounds
      from split s join judged j using (component_no)
      where not s.permitted
      group by 1) u
join jsonb_each_text(@rules::jsonb) as r(rule_code, class) using (class)
cross join lateral measured_parts(u.grounds, @min_width_m, @min_area_m2) p
