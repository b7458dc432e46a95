-- rule_sets: the rule sets by which runs were computed, the last used first.
select encode(rule_set_sha256, 'hex') as rule_set_sha256, count(*)::integer as runs, min(id) as first_run_id, max(id) as last_run_id,
       min(created_at) as first_used_at, max(created_at) as last_used_at
from run
group by rule_set_sha256
order by last_run_id desc
