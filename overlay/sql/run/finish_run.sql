-- finish_run: closes a run of which no mine is pending, once; its digest is over
-- the digests of its mines in the order of licence numbers, a failed mine standing
-- as empty, and over the ground that is in no mine's. It ends later than every run
-- before, though the clock may have been put back since.
-- @run_id
update run
set status = 'complete', finished_at = greatest(now(), created_at, (select max(finished_at) + interval '1 microsecond' from run where status = 'complete')),
    digest = (
        select sha256(coalesce(string_agg(convert_to(licence_no, 'UTF8') || coalesce(digest, ''), '' order by licence_no), '')
                      || convert_to(coalesce((
                             select string_agg(
                                 jsonb_build_array(p.county_code, d.patch_no, d.imaged_on, d.kind, p.licence_no, d.ownership, p.restored,
                                                   g.rule_code, g.ellipsoidal_area_m2, g.forest_m2, g.grassland_m2, g.forest_or_grassland_m2)::text,
                                 '' order by p.county_code, d.patch_no, d.imaged_on, g.ellipsoidal_area_m2, g.dataset_id, g.row_no)
                             from listed_ground g
                             join run_patch p using (run_id, dataset_id, row_no)
                             join disturbance d using (dataset_id, row_no)
                             where g.run_id = @run_id), ''), 'UTF8'))
        from run_mine where run_id = @run_id)
where id = @run_id and status = 'running'
  and not exists (select from run_mine where run_id = @run_id and status = 'pending')
