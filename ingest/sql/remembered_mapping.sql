-- remembered_mapping: the mapping of the newest accepted file of the same
-- columns, where a person had chosen it.
-- @county_code, @layer;  @column_shape  the columns
select d.mapping -> 'chosen' as chosen
from dataset d
where d.status = 'accepted' and d.county_code = @county_code and d.layer = @layer and d.column_shape = @column_shape
  and d.mapping -> 'chosen' <> '{}'::jsonb
order by d.id desc
limit 1
