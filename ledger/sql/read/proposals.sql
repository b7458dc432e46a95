-- proposals: the proposals to close an item, the newest last.
-- @item_id
select event_no, cycle, close_as, proposed_by, settled_on, evidence, measured_run, base_imaged_on, newest_imaged_on, ground_m2, rectified_m2, remaining_m2,
       not_observed_m2, grown_m2, moved_m2
from ledger_proposal where item_id = @item_id
order by event_no
