-- not_evaluated: a rule that cannot be asked in a county, and the layers it
-- misses.
-- @run_id, @county_code, @rule_code, @missing_layers
insert into run_not_evaluated (run_id, county_code, rule_code, missing_layers)
values (@run_id, @county_code, @rule_code, @missing_layers)
