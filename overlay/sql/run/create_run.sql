-- create_run: a run that is about to start. It is later than what it reads was
-- accepted, though the clock may have been put back since.
-- @as_of, @counties;  @rule_set, @rule_set_sha256  the rules, whole;  @owner  the
-- program's presence;  @partial  whether mines that no change can touch are
-- carried over from the run before;  @what_if  staged datasets taken as accepted;
-- @licence_nos  the mines it is of, none for all
insert into run (as_of, counties, rule_set, rule_set_sha256, owner, partial, what_if, licence_nos, created_at)
values (@as_of, @counties, @rule_set, @rule_set_sha256, @owner, @partial, @what_if, @licence_nos,
        greatest(now(), (select max(accepted_at) from dataset)))
returning id
