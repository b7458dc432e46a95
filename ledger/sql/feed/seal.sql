-- seal: one hash over the seals of a run's tables.
-- @run_id
select coalesce(encode(sha256(string_agg(convert_to(relation || ' ' || row_count || ' ', 'UTF8') || sha256, '' order by relation)), 'hex'), '')
from run_seal where run_id = @run_id
