-- count_finished: how many accepted datasets were drawn by the same.
-- @drawn  SHA-256
select count(*)
from dataset d
join dataset_file f on f.dataset_id = d.id
where d.status = 'accepted' and f.sha256 = @drawn
