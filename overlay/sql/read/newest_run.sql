-- newest_run: the newest complete run of whole counties that has a mine.
-- @licence_no
select r.id
from run r
join run_mine m on m.run_id = r.id
where m.licence_no = @licence_no and r.status = 'complete' and r.what_if = '{}' and r.licence_nos = '{}'
order by r.id desc
limit 1
