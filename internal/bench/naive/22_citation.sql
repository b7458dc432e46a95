-- citation: how much of each row lies in the findings it is cited by.
-- @roles  jsonb: rule code to the roles it cites
insert into naive.citation
select licence_no, rule_code, role, dataset_id, row_no, area_m2
from (
    select f.licence_no, f.rule_code, 'patch' as role, p.dataset_id, p.row_no, st_area(st_intersection(f.geom, p.geom)::geography) as area_m2
    from naive.finding f
    join naive.patch p on p.licence_no = f.licence_no and p.confirmed and not p.restored and st_intersects(f.geom, p.geom)
    where @roles::jsonb -> f.rule_code ? 'patch'
    union all
    select f.licence_no, f.rule_code, 'licence', m.dataset_id, m.row_no, st_area(st_intersection(f.geom, m.geom)::geography)
    from naive.finding f
    join mining_right m on m.licence_no = f.licence_no and not m.held and st_intersects(f.geom, m.geom)
    where @roles::jsonb -> f.rule_code ? 'licence'
    union all
    select f.licence_no, f.rule_code, 'approval', a.dataset_id, a.row_no, st_area(st_intersection(f.geom, a.geom)::geography)
    from naive.finding f
    join naive.approval a on a.licence_no = f.licence_no and st_intersects(f.geom, a.geom)
    where @roles::jsonb -> f.rule_code ? 'approval'
    union all
    select f.licence_no, f.rule_code, 'other_licence', m.dataset_id, m.row_no, st_area(st_intersection(f.geom, m.geom)::geography)
    from naive.finding f
    join mining_right m on m.licence_no <> f.licence_no and not m.held and st_intersects(f.geom, m.geom)
    where @roles::jsonb -> f.rule_code ? 'other_licence'
    union all
    select f.licence_no, f.rule_code, 'other_approval', a.dataset_id, a.row_no, st_area(st_intersection(f.geom, a.geom)::geography)
    from naive.finding f
    join land_approval a on a.kind in ('temporary_land', 'construction_land') and not a.held and st_intersects(f.geom, a.geom)
    where @roles::jsonb -> f.rule_code ? 'other_approval'
      and not exists (select from naive.approval o where o.licence_no = f.licence_no and o.dataset_id = a.dataset_id and o.row_no = a.row_no)
    union all
    select f.licence_no, f.rule_code, 'restricting_ground', h.dataset_id, h.row_no, sum(st_area(st_intersection(f.geom, h.geom)::geography))
    from naive.finding f
    join naive.hit h using (licence_no, rule_code)
    group by f.licence_no, f.rule_code, h.dataset_id, h.row_no
    offset 0
) cited
where area_m2 >= 0.005
