-- mines: the mines of a run with their digests.
-- @run_id
select licence_no, status, coalesce(encode(digest, 'hex'), '') as digest from run_mine where run_id = @run_id
order by licence_no
