-- unknown_mines: which of some licence numbers a run has no mine of.
-- @run_id;  @licence_nos
select no from unnest(@licence_nos::text[]) as no
where not exists (select from run_mine where run_id = @run_id and licence_no = no)
