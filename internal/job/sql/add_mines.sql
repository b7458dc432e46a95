-- add_mines: makes mines of a job's run its parts, and counts them.
-- @job_id;  @counties  codes, empty for all;  @licence_nos  numbers, empty for all
with added as (
    insert into job_part (job_id, licence_no)
    select j.id, m.licence_no
    from job j
    join run_mine m on m.run_id = j.run_id
    where j.id = @job_id
      and (cardinality(@counties::text[]) = 0 or m.county_code = any (@counties))
      and (cardinality(@licence_nos::text[]) = 0 or m.licence_no = any (@licence_nos))
    returning licence_no
)
update job set total = (select count(*) from added) where id = @job_id
returning total
