-- changes: what acceptance would add, change and remove, key by key; a key on
-- several rows changes when any of them does. Held rows count as they would if
-- they were accepted. A key is shown without the brackets of its row.
-- Written for layer_table, the layer's own table.
-- @dataset_id;  @base_id  the version it follows;  @examples  keys shown of each
with signed as (
    select t.dataset_id = @dataset_id as is_new, substr(layer_key(t)::text, 2, length(layer_key(t)::text) - 2) as key,
           md5(row(layer_fields(t), t.extra, md5(st_asbinary(t.geom)))::text) as signature
    from layer_table t
    where t.dataset_id = @dataset_id or t.dataset_id = @base_id and not t.held
),
keyed as (
    select is_new, key, string_agg(signature, ',' order by signature) as signature
    from signed group by is_new, key
),
compared as (
    select key, case when o.key is null then 'added' when n.key is null then 'removed'
                     when o.signature <> n.signature then 'changed' else 'same' end as change
    from (select * from keyed where is_new) n
    full join (select * from keyed where not is_new) o using (key)
)
select count(*) filter (where change = 'added') as added, count(*) filter (where change = 'changed') as changed,
       count(*) filter (where change = 'removed') as removed, count(*) filter (where change = 'same') as same,
       coalesce((array_agg(key order by key) filter (where change = 'added'))[1:@examples::int], '{}') as added_keys,
       coalesce((array_agg(key order by key) filter (where change = 'changed'))[1:@examples::int], '{}') as changed_keys,
       coalesce((array_agg(key order by key) filter (where change = 'removed'))[1:@examples::int], '{}') as removed_keys
from compared
