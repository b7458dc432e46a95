-- certainty: a finding is certain when something of it lies farther than the
-- position error of its patches from every line that decides it, measured in the
-- mine's own 3° plane: it stays when the boundary is moved by as much. One whose
-- patches do not all state an error stays unknown, one that no line decides is
-- certain. A point of it that is plainly far enough from all of them, with some
-- ground around, settles it; only where none is found is the boundary moved.
-- @run_id, @licence_no  the mine
-- @boundaries  jsonb: rule code to {licence: bool, approvals: [kind], layer: name}
with stated as (
    select c.rule_code, max(d.position_error_m) as error_m
    from finding_citation c
    join near_disturbance d using (dataset_id, row_no)
    where c.run_id = @run_id and c.licence_no = @licence_no and c.role = 'patch'
    group by c.rule_code
    having bool_and(d.position_error_m is not null)
),
-- Ground that decides is looked at twice as far as the error and no farther;
-- a degree is nowhere in the country less than 50 km.
questioned as materialized (
    select f.rule_code, f.geom, s.error_m, @boundaries::jsonb -> f.rule_code as lines, m.geom as licence,
           st_expand(f.geom, 2 * s.error_m / 50000 + 1e-5)::box2d as around,
           4488 + round(((st_xmin(m.geom) + st_xmax(m.geom)) / 2 / 3)::numeric)::integer as plane
    from finding f
    join stated s using (rule_code)
    join run_mine m using (run_id, licence_no)
    where f.run_id = @run_id and f.licence_no = @licence_no and @boundaries::jsonb ? f.rule_code
),
-- At 50 km a degree these reach at least as far as the error and 0.1 m more: a
-- disc of 0.1 m is more ground than the 0.01 m² asked of below.
point as materialized (
    select q.rule_code, w.point, r.reach, st_buffer(w.point, r.reach, 'quad_segs=8') as around
    from questioned q
    cross join lateral (select 1.05 * (q.error_m + 0.1) / 50000 as reach) r
    cross join lateral (
        select d.geom, st_pointonsurface(d.geom) as point from st_dump(q.geom) d order by st_area(d.geom) desc, d.path limit 5
    ) w
    where not st_dwithin(w.point, st_boundary(w.geom), 2.1e-6)
),
sure as materialized (
    select distinct q.rule_code
    from questioned q
    join point w using (rule_code)
    where not ((q.lines ->> 'licence')::boolean and st_dwithin(w.point, st_boundary(q.licence), w.reach))
      and not exists (
          select from run_approval a
          join near_land_approval l using (dataset_id, row_no)
          where a.run_id = @run_id and a.licence_no = @licence_no and q.lines -> 'approvals' ? l.kind
            and l.geom && w.around and st_dwithin(w.point, st_boundary(l.geom), w.reach))
      and (q.lines ->> 'layer' is null or coalesce((
          select st_covers(st_union(polygons_of(clipped_near(g.geom, w.around)) order by g.dataset_id, g.row_no), w.around)
          from run_dataset u
          join dataset d on d.id = u.dataset_id and d.layer = q.lines ->> 'layer'
          cross join lateral (
              select dataset_id, row_no, geom from near_restricting_ground
              where layer = q.lines ->> 'layer' and dataset_id = d.id and geom && w.around
              offset 0
          ) g
          where u.run_id = @run_id), false))
),
deciding as (
    select q.rule_code, st_collect(st_boundary(b.geom)) as lines
    from (select * from questioned where rule_code not in (select rule_code from sure)) q
    cross join lateral (
        select polygons_of(st_clipbybox2d(q.licence, q.around)) as geom
        where (q.lines ->> 'licence')::boolean
        union all
        select st_union(polygons_of(st_clipbybox2d(l.geom, q.around)) order by l.geom)
        from run_approval a
        join near_land_approval l using (dataset_id, row_no)
        where a.run_id = @run_id and a.licence_no = @licence_no and q.lines -> 'approvals' ? l.kind and l.geom && q.around
          and exists (
              select from ground_image g
              where g.run_id = @run_id and g.licence_no = @licence_no
                and (greatest(l.approved_on, l.valid_from) <= g.imaged_on or l.valid_to < g.imaged_on)
                and (l.returned_on is null or l.returned_on > g.imaged_on))
        union all
        select st_union(polygons_of(st_clipbybox2d(g.geom, q.around)) order by g.geom)
        from run_dataset u
        join dataset d on d.id = u.dataset_id and d.layer = q.lines ->> 'layer'
        cross join lateral (
            select geom from near_restricting_ground
            where layer = q.lines ->> 'layer' and dataset_id = d.id and geom && q.around
            offset 0
        ) g
        where u.run_id = @run_id
    ) b
    group by q.rule_code
),
moved as (
    select rule_code, error_m, true as stays from questioned join sure using (rule_code)
    where plane between 4513 and 4533
    union all
    select q.rule_code, q.error_m,
           st_area(case when d.lines is null then st_transform(q.geom, q.plane)
                        else st_difference(st_transform(q.geom, q.plane), st_buffer(st_transform(d.lines, q.plane), q.error_m, 'quad_segs=32')) end) > 0.01
    from questioned q
    left join deciding d using (rule_code)
    where q.plane between 4513 and 4533 and q.rule_code not in (select rule_code from sure)
)
update finding f
set position_error_m = m.error_m, certainty = case when m.stays then 'certain' else 'boundary_dependent' end
from moved m
where f.run_id = @run_id and f.licence_no = @licence_no and f.rule_code = m.rule_code
