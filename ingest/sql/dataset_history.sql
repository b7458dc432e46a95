-- dataset_history: what was done with a dataset and when, the earliest first; by whom
-- where that was noted. Of the runs that read it the first and the last.
-- @dataset_id
with this as (
    select * from dataset where id = @dataset_id
),
superseding as (
    select o.id, o.accepted_at, o.accepted_by
    from this d
    join dataset o on o.county_code = d.county_code and o.layer = d.layer and o.source = d.source
    where d.status = 'accepted' and o.status = 'accepted' and (o.vintage, o.id) > (d.vintage, d.id)
    order by o.vintage, o.id
    limit 1
),
reading as (
    select r.id, r.created_at, row_number() over (order by r.id) as first, row_number() over (order by r.id desc) as last
    from run_dataset u
    join run r on r.id = u.run_id
    where u.dataset_id = @dataset_id and r.what_if = '{}'
)
select e.at, e.what, coalesce(e.by, '') as by, e.run_id, e.dataset_id
from (
    select created_at as at, 1 as step, 'uploaded' as what, null::text as by, null::bigint as run_id, null::bigint as dataset_id from this
    union all
    select loaded_at, 2, 'loaded', null, null, null from this where loaded_at is not null
    union all
    select null, 2, status, null, null, null from this where status in ('refused', 'failed')
    union all
    select r.created_at, 3, 'tried', null, r.id, null from run r where @dataset_id = any(r.what_if)
    union all
    select accepted_at, 4, 'accepted', accepted_by, null, null from this where accepted_at is not null
    union all
    select created_at, 5, 'first_read', null, id, null from reading where first = 1
    union all
    select created_at, 6, 'last_read', null, id, null from reading where last = 1 and first > 1
    union all
    select o.created_at, 5, 'continued', null, null, o.id from dataset o where o.base_id = @dataset_id
    union all
    select accepted_at, 5, 'superseded', accepted_by, null, id from superseding
) e
order by e.at nulls last, e.step, e.run_id, e.dataset_id
