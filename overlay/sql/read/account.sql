-- account: the ground account of one mine.
-- @run_id, @licence_no
select ground_m2, approved_m2, expired_m2, over_occupied_m2, displaced_m2, unapproved_m2, unapproved_construction_m2,
       within_tolerance_m2, late_approval_m2, inside_other_approval_m2
from run_ground_account
where run_id = @run_id and licence_no = @licence_no
