-- run_diagnostics: what a person should know of a run, or of one of its mines.
-- @run_id;  @licence_no  or null for all
select code, args
from run_note
where run_id = @run_id and (@licence_no::text is null or licence_no = @licence_no)
order by code, args
