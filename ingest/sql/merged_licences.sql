-- merged_licences: the licence numbers that several rows of a dataset carry.
-- @dataset_id
select licence_no, min(source_row) as source_row, count(*) as rows
from mining_right
where dataset_id = @dataset_id
group by licence_no
having count(*) > 1
order by licence_no
