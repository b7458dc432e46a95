-- lock_county: one county, which nobody else changes until the transaction ends.
-- @code  six digits
select code, name, st_xmin(extent) as west, st_ymin(extent) as south, st_xmax(extent) as east, st_ymax(extent) as north
from county
where code = @code
for update
