-- citation: the rows of data each finding of one mine rests on, with the area
-- of each that lies in the finding, part by part of it. What rests on images lies
-- in the patches: where no other patch has ground in a part, all of it is in the
-- one it seems to lie in, and most neighbours only touch it. Rows of a restricting layer
-- are those the rule's hits name; where the hits that decide come to as much as
-- the finding (see restricting_ground), a row that decides wholly lies in it with
-- all its hit.
-- @run_id, @licence_no  the mine
-- @roles  jsonb: rule code to the roles it cites
insert into finding_citation (run_id, licence_no, rule_code, role, dataset_id, row_no, ellipsoidal_area_m2)
with found as materialized (
    select f.rule_code, f.geom, f.ellipsoidal_area_m2, @roles::jsonb -> f.rule_code as roles,
           (select sum(h.decides_ellipsoidal_area_m2) from restricting_hit h
            where h.run_id = f.run_id and h.licence_no = f.licence_no and h.rule_code = f.rule_code) <= f.ellipsoidal_area_m2 * (1 + 1e-10) + 1e-5 as by_sum
    from finding f
    where f.run_id = @run_id and f.licence_no = @licence_no
),
part as materialized (
    select f.rule_code, p.part_no, p.geom, p.ellipsoidal_area_m2
    from found f
    join finding_part p using (rule_code)
    where p.run_id = @run_id and p.licence_no = @licence_no and not p.within_tolerance
),
named as materialized (
    select f.rule_code, c.*
    from found f
    cross join lateral (
        select 'patch' as role, d.dataset_id, d.row_no, d.geom, d.ellipsoidal_area_m2
        from run_patch p join disturbance d using (dataset_id, row_no)
        where f.roles ? 'patch' and p.run_id = @run_id and p.licence_no = @licence_no and p.confirmed and not p.restored and d.geom && f.geom
        union all
        select 'licence', o.dataset_id, o.row_no, o.geom, o.ellipsoidal_area_m2
        from run_licence l join mining_right o using (dataset_id, row_no)
        where f.roles ? 'licence' and l.run_id = @run_id and l.licence_no = @licence_no and o.geom && f.geom
        union all
        select 'approval', l.dataset_id, l.row_no, l.geom, l.ellipsoidal_area_m2
        from run_approval a join land_approval l using (dataset_id, row_no)
        where f.roles ? 'approval' and a.run_id = @run_id and a.licence_no = @licence_no and l.geom && f.geom
        union all
        select 'other_licence', o.dataset_id, o.row_no, o.geom, o.ellipsoidal_area_m2
        from mining_right o join run_dataset u on u.run_id = @run_id and u.dataset_id = o.dataset_id
        where f.roles ? 'other_licence' and o.licence_no <> @licence_no and not o.held and o.geom && f.geom
        union all
        select 'other_approval', l.dataset_id, l.row_no, l.geom, l.ellipsoidal_area_m2
        from land_approval l join run_dataset u on u.run_id = @run_id and u.dataset_id = l.dataset_id
        where f.roles ? 'other_approval' and l.kind in ('temporary_land', 'construction_land') and not l.held and l.geom && f.geom
          and not exists (select from run_approval a where a.run_id = @run_id and a.licence_no = @licence_no
                            and a.dataset_id = l.dataset_id and a.row_no = l.row_no)
    ) c
),
meeting as materialized (
    select n.*, p.part_no, p.geom as part, p.ellipsoidal_area_m2 as part_m2,
           n.role = 'patch' and row_number() over (
               partition by n.rule_code, n.role, p.part_no
               order by (least(st_xmax(n.geom), st_xmax(p.geom)) - greatest(st_xmin(n.geom), st_xmin(p.geom)))
                        * (least(st_ymax(n.geom), st_ymax(p.geom)) - greatest(st_ymin(n.geom), st_ymin(p.geom))) desc,
                        n.dataset_id, n.row_no) = 1 as seems_in
    from named n
    cross join lateral (select part_no, geom, ellipsoidal_area_m2 from part where rule_code = n.rule_code and geom && n.geom offset 0) p
),
beside as materialized (
    select m.rule_code, m.role, m.dataset_id, m.row_no, m.part_no,
           ellipsoidal_area_m2(polygons_of(st_intersection(clipped_near(m.part, m.geom), clipped_near(m.geom, m.part)))) as area_m2
    from meeting m
    where not m.seems_in
),
overlap as (
    select rule_code, role, dataset_id, row_no, part_no, area_m2 from beside
    union all
    select m.rule_code, m.role, m.dataset_id, m.row_no, m.part_no,
           case when coalesce((select sum(b.area_m2) from beside b where b.rule_code = m.rule_code and b.role = m.role and b.part_no = m.part_no), 0) < 1e-6
                then m.part_m2
                else ellipsoidal_area_m2(polygons_of(st_intersection(clipped_near(m.part, m.geom), clipped_near(m.geom, m.part)))) end
    from meeting m
    where m.seems_in
    union all
    select h.rule_code, 'restricting_ground', h.dataset_id, h.row_no, 0, h.decides_ellipsoidal_area_m2
    from found f
    join restricting_hit h on h.run_id = @run_id and h.licence_no = @licence_no and h.rule_code = f.rule_code
    where f.by_sum and (h.source <> 'land_survey' or h.decides_ellipsoidal_area_m2 = h.ellipsoidal_area_m2)
      and h.decides is not null
    union all
    select p.rule_code, 'restricting_ground', h.dataset_id, h.row_no, p.part_no, i.area_m2
    from found f
    join part p using (rule_code)
    cross join lateral (
        select dataset_id, row_no, geom, ellipsoidal_area_m2 from restricting_hit
        where run_id = @run_id and licence_no = @licence_no and rule_code = p.rule_code and geom && p.geom
          and not (coalesce(f.by_sum, false)
                   and (source <> 'land_survey' or coalesce(decides_ellipsoidal_area_m2 = ellipsoidal_area_m2, false)))
        offset 0
    ) h
    cross join lateral (
        select case when st_covers(c.near, h.geom) then h.ellipsoidal_area_m2
                    when st_intersects(c.near, h.geom) then ellipsoidal_area_m2(polygons_of(st_intersection(c.near, h.geom))) end as area_m2
        from (select clipped_near(p.geom, h.geom) as near offset 0) c
    ) i
)
select @run_id::bigint, @licence_no::text, rule_code, role, dataset_id, row_no, sum(area_m2 order by part_no, area_m2)
from overlap
group by rule_code, role, dataset_id, row_no
having sum(area_m2) >= 0.005
order by rule_code, role, dataset_id, row_no
