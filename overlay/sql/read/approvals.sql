-- approvals: the approvals that count for one mine, with their state where they
-- are temporary land.
-- @run_id, @licence_no
select l.approval_no, l.kind, r.attributed_by, coalesce(l.purpose, '') as purpose, l.approved_on, l.valid_from, l.valid_to,
       coalesce(a.reclaim_by, l.reclaim_by) as reclaim_by, l.reclaimed_on, l.returned_on, l.ellipsoidal_area_m2,
       l.approved_area_m2, l.max_elevation_m, coalesce(a.state, '') as state, a.still_disturbed_m2, l.geom
from run_approval r
join land_approval l using (dataset_id, row_no)
left join run_approval_account a on a.run_id = r.run_id and a.licence_no = r.licence_no
    and a.dataset_id = r.dataset_id and a.row_no = r.row_no
where r.run_id = @run_id and r.licence_no = @licence_no
order by l.approval_no, l.geom, l.kind, l.approved_on, l.valid_from, l.valid_to, l.reclaimed_on, l.returned_on, l.dataset_id, l.row_no
