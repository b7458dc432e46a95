-- create_run: a run that is about to start.
-- @as_of, @counties;  @rule_set, @rule_set_sha256  the rules, whole;  @owner  the
-- program's presence
insert into run (as_of, counties, rule_set, rule_set_sha256, owner)
values (@as_of, @counties, @rule_set, @rule_set_sha256, @owner)
returning id
