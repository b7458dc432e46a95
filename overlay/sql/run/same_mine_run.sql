-- same_mine_run: the newest complete run of one mine that was asked the same, read
-- the versions that would be read now, and was computed by this program and database.
-- @licence_no, @as_of, @counties;  @rule_set_sha256;  @program  SHA-256 of the program's statements
with now as (
    select v.id from versions_read(@as_of::date, @counties::text[], '{}') as v(id)
)
select r.id
from run r
where r.licence_nos = array[@licence_no::text] and r.as_of = @as_of and r.counties = @counties and r.rule_set_sha256 = @rule_set_sha256
  and r.status = 'complete' and r.mines_failed = 0 and r.what_if = '{}'
  and r.engine = concat_ws(' ', @program::text, (select max(version_id) from goose_db_version), version(), postgis_full_version())
  and not exists (select from now full join (select dataset_id from run_dataset where run_id = r.id) u on u.dataset_id = now.id
                  where u.dataset_id is null or now.id is null)
order by r.id desc
limit 1
