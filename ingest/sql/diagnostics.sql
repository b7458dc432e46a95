-- diagnostics: the stored diagnostics of a dataset, in order.
-- @dataset_id;  @after_no  keyset;  @max_rows
select diagnostic_no, code, source_row, field, st_x(at) as lon, st_y(at) as lat, args
from dataset_diagnostic
where dataset_id = @dataset_id and diagnostic_no > @after_no
order by diagnostic_no
limit @max_rows
