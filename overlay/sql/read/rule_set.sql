-- rule_set: the text of a rule set that a run was computed by.
-- @rule_set_sha256  in hex
select rule_set
from run
where rule_set_sha256 = decode(@rule_set_sha256, 'hex')
order by id
limit 1
