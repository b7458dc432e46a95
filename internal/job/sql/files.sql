-- files: what a job made, in the order of the licence numbers, and the parts that
-- failed, which have a row without a file.
-- @job_id
select coalesce(f.licence_no, p.licence_no) as licence_no, coalesce(f.no, 0) as no, coalesce(f.name, '') as name, coalesce(f.bytes, 0) as bytes,
       coalesce(f.crc32, 0) as crc32, coalesce(encode(f.sha256, 'hex'), '') as sha256, coalesce(m.mine_name, '') as mine_name,
       coalesce(m.enterprise, '') as enterprise, coalesce(m.county_code, '') as county_code, coalesce(p.error, '') as error
from (select * from job_file where job_id = @job_id) f
full join (select * from job_part where job_id = @job_id) p on p.licence_no = f.licence_no
join job j on j.id = @job_id
left join run_mine m on m.run_id = j.run_id and m.licence_no = coalesce(f.licence_no, p.licence_no)
where f.no is not null or p.status = 'failed'
order by coalesce(f.licence_no, p.licence_no) collate "C", coalesce(f.no, 0)
