-- try_part: counts that a part is begun, outside the transaction that does it; how
-- often it was by now.
-- @job_id, @licence_no
insert into job_part_try (job_id, licence_no, tries)
values (@job_id, @licence_no, 1)
on conflict (job_id, licence_no) do update set tries = job_part_try.tries + 1
returning tries
