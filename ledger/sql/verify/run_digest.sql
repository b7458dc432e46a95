-- run_digest: the digest of a run, taken anew as when it was complete.
-- @run_id
select encode(sha256(coalesce(string_agg(convert_to(licence_no, 'UTF8') || coalesce(digest, ''), '' order by licence_no), '')
              || convert_to(coalesce((
                     select string_agg(
                         jsonb_build_array(p.county_code, d.patch_no, d.imaged_on, d.kind, p.licence_no, d.ownership, p.restored,
                                           g.rule_code, g.ellipsoidal_area_m2, g.forest_m2, g.grassland_m2, g.forest_or_grassland_m2)::text,
                         '' order by p.county_code, d.patch_no, d.imaged_on, g.ellipsoidal_area_m2, g.dataset_id, g.row_no)
                     from listed_ground g
                     join run_patch p using (run_id, dataset_id, row_no)
                     join disturbance d using (dataset_id, row_no)
                     where g.run_id = @run_id), ''), 'UTF8')), 'hex')
from run_mine where run_id = @run_id
