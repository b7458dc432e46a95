-- approval_account: each temporary-land approval of one mine, judged on the
-- as-of date whether its ground is disturbed or not.
-- @run_id, @licence_no  the mine;  @as_of  the date
insert into approval_account (run_id, licence_no, dataset_id, row_no, state, reclaim_by, ellipsoidal_area_m2, still_disturbed_m2)
select r.run_id, r.licence_no, r.dataset_id, r.row_no,
       case when greatest(a.approved_on, a.valid_from) > @as_of then 'not_begun'
            when a.returned_on <= @as_of then 'closed'
            when a.valid_to >= @as_of then 'in_term'
            when a.reclaimed_on <= @as_of then 'return_overdue'
            when due.reclaim_by >= @as_of then 'reclamation_term'
            else 'reclamation_overdue' end,
       due.reclaim_by, a.ellipsoidal_area_m2,
       coalesce((select sum(ellipsoidal_area_m2(polygons_of(st_intersection(g.geom, a.geom))) order by g.imaged_on)
                 from ground_image g
                 where g.run_id = r.run_id and g.licence_no = r.licence_no and g.geom && a.geom), 0)
from run_approval r
join near_land_approval a using (dataset_id, row_no)
cross join lateral (select coalesce(a.reclaim_by, (a.valid_to + interval '1 year')::date) as reclaim_by) due
where r.run_id = @run_id and r.licence_no = @licence_no and a.kind = 'temporary_land'
order by r.dataset_id, r.row_no
