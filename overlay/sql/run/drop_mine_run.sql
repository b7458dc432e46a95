-- drop_mine_run: deletes a run of some mines that came to nothing.
-- @run_id
delete from run where id = @run_id and licence_nos <> '{}' and status <> 'complete'
