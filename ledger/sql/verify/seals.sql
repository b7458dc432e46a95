-- seals: the tables in which a complete run is not what it was when it was
-- complete; of one without seals, none.
-- @run_id
select coalesce(s.relation, '') as relation
from run r
left join run_seal s on s.run_id = r.id
left join lateral hash_of_run(s.run_id, s.relation, s.columns) h on s.relation is not null
where r.id = @run_id and (s.relation is null or (h.row_count, h.sha256) is distinct from (s.row_count, s.sha256))
order by s.relation
