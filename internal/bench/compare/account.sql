-- account: the ground accounts of a run beside the naive ones.
-- @run_id
select o.licence_no || ' ' || f.what as what, f.ours as ours, f.naive as naive
from run_ground_account o
join naive.account n using (licence_no)
cross join lateral (values
    ('ground', o.ground_m2, n.ground_m2), ('approved', o.approved_m2, n.approved_m2), ('expired', o.expired_m2, n.expired_m2),
    ('over_occupied', o.over_occupied_m2, n.over_occupied_m2), ('displaced', o.displaced_m2, n.displaced_m2),
    ('unapproved', o.unapproved_m2, n.unapproved_m2), ('unapproved_construction', o.unapproved_construction_m2, n.unapproved_construction_m2),
    ('late_approval', o.late_approval_m2, n.late_approval_m2), ('inside_other_approval', o.inside_other_approval_m2, n.inside_other_approval_m2)
) as f(what, ours, naive)
where o.run_id = @run_id
order by 1
