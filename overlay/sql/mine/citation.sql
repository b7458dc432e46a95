-- citation: the rows of data each finding of one mine rests on, with the area
-- of each that lies in the finding.
-- @run_id, @licence_no  the mine
-- @roles  jsonb: rule code to the roles it cites;  @against  jsonb: rule code to its layer
insert into finding_citation (run_id, licence_no, rule_code, role, dataset_id, row_no, ellipsoidal_area_m2)
select run_id, licence_no, rule_code, role, dataset_id, row_no, area_m2
from (
    select f.run_id, f.licence_no, f.rule_code, c.role, c.dataset_id, c.row_no,
           ellipsoidal_area_m2(polygons_of(st_intersection(clipped_near(f.geom, c.geom), clipped_near(c.geom, f.geom)))) as area_m2
    from finding f
    join run_mine m using (run_id, licence_no)
    cross join lateral (
        select 'patch' as role, d.dataset_id, d.row_no, d.geom
        from run_patch p join disturbance d using (dataset_id, row_no)
        where @roles::jsonb -> f.rule_code ? 'patch' and p.run_id = f.run_id and p.licence_no = f.licence_no and p.confirmed and not p.restored and d.geom && f.geom
        union all
        select 'licence', o.dataset_id, o.row_no, o.geom
        from run_licence l join mining_right o using (dataset_id, row_no)
        where @roles::jsonb -> f.rule_code ? 'licence' and l.run_id = f.run_id and l.licence_no = f.licence_no and o.geom && f.geom
        union all
        select 'approval', l.dataset_id, l.row_no, l.geom
        from run_approval a join land_approval l using (dataset_id, row_no)
        where @roles::jsonb -> f.rule_code ? 'approval' and a.run_id = f.run_id and a.licence_no = f.licence_no and l.geom && f.geom
        union all
        select 'restricting_ground', r.dataset_id, r.row_no, r.geom
        from restricting_ground r join run_dataset u on u.run_id = f.run_id and u.dataset_id = r.dataset_id
        where r.layer = @against::jsonb ->> f.rule_code and r.geom && f.geom
        union all
        select 'other_licence', o.dataset_id, o.row_no, o.geom
        from mining_right o join run_dataset u on u.run_id = f.run_id and u.dataset_id = o.dataset_id
        where @roles::jsonb -> f.rule_code ? 'other_licence' and o.licence_no <> f.licence_no and not o.held and o.geom && f.geom
        union all
        select 'other_approval', l.dataset_id, l.row_no, l.geom
        from land_approval l join run_dataset u on u.run_id = f.run_id and u.dataset_id = l.dataset_id
        where @roles::jsonb -> f.rule_code ? 'other_approval' and l.kind in ('temporary_land', 'construction_land') and not l.held and l.geom && f.geom
          and not exists (select from run_approval a where a.run_id = f.run_id and a.licence_no = f.licence_no
                            and a.dataset_id = l.dataset_id and a.row_no = l.row_no)
    ) c
    where f.run_id = @run_id and f.licence_no = @licence_no and st_intersects(f.geom, c.geom)
) cited
where area_m2 >= 0.005
order by rule_code, role, dataset_id, row_no
