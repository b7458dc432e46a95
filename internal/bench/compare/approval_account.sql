-- approval_account: the approvals accounts of a run beside the naive ones; a
-- state that differs counts as ground that is missing.
-- @run_id
select coalesce(o.licence_no, n.licence_no) || ' ' || coalesce(o.state, n.state) || ' ' || f.what as what,
       coalesce(f.ours, 0) as ours, coalesce(f.naive, 0) as naive
from (select * from run_approval_account where run_id = @run_id) o
full join naive.approval_account n using (licence_no, dataset_id, row_no, state)
cross join lateral (values
    ('approved', o.ellipsoidal_area_m2, n.area_m2), ('still_disturbed', o.still_disturbed_m2, n.still_disturbed_m2)
) as f(what, ours, naive)
order by 1
