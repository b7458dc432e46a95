-- create_run: a run that is about to start.
-- @as_of, @counties;  @rule_set, @rule_set_sha256  the rules, whole
insert into run (as_of, counties, rule_set, rule_set_sha256)
values (@as_of, @counties, @rule_set, @rule_set_sha256)
returning id
