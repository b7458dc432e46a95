-- begin_dataset: a dataset that is about to be loaded.
-- @county_code, @layer, @source, @vintage  what it is;  @constants  jsonb
-- @coverage  EWKB or null;  @mode, @base_id  the version an addition builds on, or null;  @owner  the program's presence
insert into dataset (county_code, layer, source, vintage, constants, coverage, mode, base_id, owner)
values (@county_code, @layer, @source, @vintage, @constants, @coverage, @mode, @base_id, @owner)
returning id
