-- approval_account: each temporary-land approval on the as-of date, with what is
-- still seen disturbed of it.
-- @as_of
insert into naive.approval_account
select a.licence_no, a.dataset_id, a.row_no,
       case when a.begins_on > @as_of then 'not_begun' when a.returned_on <= @as_of then 'closed' when a.valid_to >= @as_of then 'in_term'
            when a.reclaimed_on <= @as_of then 'return_overdue' when a.reclaim_by >= @as_of then 'reclamation_term'
            else 'reclamation_overdue' end,
       a.area_m2,
       coalesce((select sum(st_area(st_intersection(g.geom, a.geom)::geography)) from naive.ground g
                 where g.licence_no = a.licence_no and st_intersects(g.geom, a.geom)), 0)
from naive.approval a
where a.kind = 'temporary_land'
