-- create_run: a run that is about to start.
-- @as_of, @counties;  @rule_set, @rule_set_sha256  the rules, whole;  @owner  the
-- program's presence;  @partial  whether mines that no change can touch are
-- carried over from the run before;  @what_if  staged datasets taken as accepted
insert into run (as_of, counties, rule_set, rule_set_sha256, owner, partial, what_if)
values (@as_of, @counties, @rule_set, @rule_set_sha256, @owner, @partial, @what_if)
returning id
