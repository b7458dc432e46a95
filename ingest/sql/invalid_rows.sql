-- invalid_rows: the rows of the last copied batch whose polygons are not valid.
-- Written for loading_table, the dataset's own table.
-- @dataset_id;  @after, @to  the batch's row numbers: after the one, up to the other
select row_no
from loading_table
where dataset_id = @dataset_id and row_no > @after and row_no <= @to and not st_isvalid(geom)
order by row_no
