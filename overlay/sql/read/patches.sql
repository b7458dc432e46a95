-- patches: the patches of one mine, or with a null licence number those of no
-- mine, with the reason.
-- @run_id;  @licence_no  or null
select d.patch_no, d.kind, d.imaged_on, p.county_code, p.attributed_by, p.confirmed, coalesce(d.ownership, '') as ownership,
       coalesce(d.licence_no, '') as named_licence_no, p.distance_m, p.overlap_m2, d.ellipsoidal_area_m2,
       d.top_elevation_m, d.bottom_elevation_m, d.position_error_m,
       f.name as file_name, encode(f.sha256, 'hex') as file_sha256, d.source_row, d.geom
from run_patch p
join disturbance d using (dataset_id, row_no)
join dataset_file f on f.dataset_id = p.dataset_id and f.file_no = d.file_no
where p.run_id = @run_id and not p.restored and p.licence_no is not distinct from @licence_no::text
order by d.patch_no, d.imaged_on, d.geom, d.kind, p.dataset_id, p.row_no
