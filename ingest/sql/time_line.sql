-- time_line: the accepted versions of a county with the days on which each is in
-- force: from its vintage until the day before that of the next of its layer and
-- source. One that another of the same vintage replaced is in force on none.
-- @county_code;  @layer  null for all
with version as (
    select d.id, d.layer, d.source, d.vintage, d.mode, d.rows_loaded, d.accepted_at, d.accepted_by,
           lead(d.id) over line as superseded_by, lead(d.vintage) over line as next_vintage
    from dataset d
    where d.status = 'accepted' and d.county_code = @county_code and (@layer::text is null or d.layer = @layer)
    window line as (partition by d.layer, d.source order by d.vintage, d.id)
)
select v.id, v.layer, v.source, v.vintage, v.mode, v.rows_loaded, v.accepted_at, coalesce(v.accepted_by, '') as accepted_by, v.superseded_by,
       case when v.next_vintage is distinct from v.vintage then v.vintage end as in_force_from,
       case when v.next_vintage > v.vintage then v.next_vintage - 1 end as in_force_until,
       coalesce((select f.name from dataset_file f where f.dataset_id = v.id order by f.file_no desc limit 1), '') as file_name
from version v
order by v.layer, v.source, v.vintage desc, v.id desc
