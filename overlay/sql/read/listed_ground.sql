-- listed_ground: the ground of a run that enters no mine's account, patch by
-- patch, with the township it lies in for the greater part.
-- @run_id
select g.dataset_id, g.row_no, d.patch_no, d.kind, d.imaged_on, p.county_code, coalesce(t.name, '') as township,
       coalesce(p.licence_no, '') as licence_no, p.attributed_by, coalesce(d.ownership, '') as ownership, p.restored,
       coalesce(g.rule_code, '') as rule_code, g.ellipsoidal_area_m2, d.ellipsoidal_area_m2 as patch_ellipsoidal_area_m2,
       g.forest_m2, g.grassland_m2, g.forest_or_grassland_m2, f.name as file_name, encode(f.sha256, 'hex') as file_sha256,
       d.source_row, g.geom
from listed_ground g
join run_patch p using (run_id, dataset_id, row_no)
join disturbance d using (dataset_id, row_no)
join dataset_file f on f.dataset_id = g.dataset_id and f.file_no = d.file_no
left join lateral (
    select v.name
    from division v
    join run_dataset r on r.run_id = g.run_id and r.dataset_id = v.dataset_id
    where v.geom && g.geom and not v.held and v.code !~ '^([0-9]{6}|[0-9]{12})$'
    order by st_area(intersection_or_gridded(v.geom, g.geom)) desc, v.code
    limit 1
) t on true
where g.run_id = @run_id
order by p.county_code, d.patch_no, d.imaged_on, g.dataset_id, g.row_no
