-- try_mine: counts that a mine is begun, outside the transaction that computes
-- it; how often it was by now.
-- @run_id, @licence_no
insert into run_mine_try (run_id, licence_no, tries)
values (@run_id, @licence_no, 1)
on conflict (run_id, licence_no) do update set tries = run_mine_try.tries + 1
returning tries
