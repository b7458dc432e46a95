-- ground_facts: what one mine's ground is made of, and what its patches state,
-- by which rules that can find nothing are not asked.
-- @run_id, @licence_no  the mine
select coalesce((select array_agg(distinct kind order by kind) from ground_piece
                 where run_id = @run_id and licence_no = @licence_no), '{}') as kinds,
       coalesce(bool_or(d.kind = 'abandoned_pit'), false) as abandoned_pits,
       coalesce(bool_or(d.top_elevation_m is not null or d.bottom_elevation_m is not null), false) as elevations,
       coalesce(bool_or(d.position_error_m is not null), false) as position_errors
from run_patch p
join near_disturbance d using (dataset_id, row_no)
where p.run_id = @run_id and p.licence_no = @licence_no and p.confirmed and not p.restored
