-- certainty: a finding is certain when something of it lies farther than the
-- position error of its patches from every line that decides it, measured in the
-- mine's own 3° plane: it stays when the boundary is moved by as much. One whose
-- patches do not all state an error stays unknown, one that no line decides is
-- certain.
-- @run_id, @licence_no  the mine
-- @boundaries  jsonb: rule code to {licence: bool, approvals: [kind], layer: name}
with stated as (
    select c.rule_code, max(d.position_error_m) as error_m
    from finding_citation c
    join disturbance d using (dataset_id, row_no)
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
deciding as (
    select q.rule_code, st_collect(st_boundary(b.geom)) as lines
    from questioned q
    cross join lateral (
        select polygons_of(st_clipbybox2d(q.licence, q.around)) as geom
        where (q.lines ->> 'licence')::boolean
        union all
        select st_union(polygons_of(st_clipbybox2d(l.geom, q.around)) order by l.geom)
        from run_approval a
        join land_approval l using (dataset_id, row_no)
        where a.run_id = @run_id and a.licence_no = @licence_no and q.lines -> 'approvals' ? l.kind and l.geom && q.around
          and exists (
              select from ground_image g
              where g.run_id = @run_id and g.licence_no = @licence_no
                and (greatest(l.approved_on, l.valid_from) <= g.imaged_on or l.valid_to < g.imaged_on)
                and (l.returned_on is null or l.returned_on > g.imaged_on))
        union all
        select st_union(polygons_of(st_clipbybox2d(r.geom, q.around)) order by r.geom)
        from restricting_ground r
        join run_dataset u on u.run_id = @run_id and u.dataset_id = r.dataset_id
        where r.layer = q.lines ->> 'layer' and r.geom && q.around
    ) b
    group by q.rule_code
),
moved as (
    select q.rule_code, q.error_m,
           st_area(case when d.lines is null then st_transform(q.geom, q.plane)
                        else st_difference(st_transform(q.geom, q.plane), st_buffer(st_transform(d.lines, q.plane), q.error_m, 'quad_segs=32')) end) as stays_m2
    from questioned q
    left join deciding d using (rule_code)
    where q.plane between 4513 and 4533
)
update finding f
set position_error_m = m.error_m, certainty = case when m.stays_m2 > 0.01 then 'certain' else 'boundary_dependent' end
from moved m
where f.run_id = @run_id and f.licence_no = @licence_no and f.rule_code = m.rule_code
