-- divisions: the county of a mine and its townships as a small map shows them.
-- @run_id;  @county_code;  @detail_deg  what the map cannot show
with layer as materialized (
    select d.id from run_dataset r join dataset d on d.id = r.dataset_id where r.run_id = @run_id and d.layer = 'division'
),
shown as (
    select v.code, v.name, st_collectionextract(st_simplify(v.geom, @detail_deg::float8), 3) as geom
    from layer l
    cross join lateral (
        select code, name, geom
        from division
        where dataset_id = l.id and not held and length(code) in (6, 9) and left(code, 6) = @county_code
        offset 0
    ) v
)
select code, name, geom
from shown
where not st_isempty(geom)
order by code, name, geom
