-- progress: counts one mine as done or failed.
-- @run_id;  @done, @failed  how many more
update run
set mines_done = mines_done + @done, mines_failed = mines_failed + @failed
where id = @run_id
