-- begin_dataset: a dataset that is about to be loaded.
-- @county_code, @layer, @source, @vintage  what it is;  @constants  jsonb
-- @coverage  EWKB or null
insert into dataset (county_code, layer, source, vintage, constants, coverage)
values (@county_code, @layer, @source, @vintage, @constants, @coverage)
returning id
