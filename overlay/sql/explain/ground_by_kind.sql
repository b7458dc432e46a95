-- ground_by_kind: the ground of one mine by kind and deciding image.
-- @run_id, @licence_no
select kind, imaged_on, min(first_seen_on) as first_seen_on, sum(ellipsoidal_area_m2 order by piece_no) as ellipsoidal_area_m2
from run_ground_piece
where run_id = @run_id and licence_no = @licence_no
group by kind, imaged_on
order by kind, imaged_on
