-- image_dates: the newest image dates that runs of the same counties and rules were
-- the first to have, each with the newest such run up to this one.
-- @run_id;  @county_code  whose images, null for any;  @max_rows
with newest as (
    select r.id, r.as_of, (select max(f.imaged_on)
                           from run_dataset u
                           join dataset d on d.id = u.dataset_id and d.layer = 'disturbance'
                           join footprint f on f.dataset_id = d.id and f.imaged_on <= r.as_of
                           where u.run_id = r.id and (@county_code::text is null or d.county_code = @county_code)) as imaged_on
    from run n
    join run r on r.counties = n.counties and r.rule_set_sha256 = n.rule_set_sha256 and r.id <= n.id
    where n.id = @run_id and (r.id = n.id or r.status = 'complete' and r.what_if = '{}' and r.licence_nos = '{}')
)
select * from (
    select distinct on (imaged_on) id, as_of, imaged_on
    from newest
    where imaged_on is not null
    order by imaged_on desc, id desc
    limit @max_rows
) shown
order by imaged_on
