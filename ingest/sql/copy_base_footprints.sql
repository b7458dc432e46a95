-- copy_base_footprints: joins the footprints of the version an addition builds
-- on to its own; a date that both interpreted has the ground of both.
-- @dataset_id;  @base_id
insert into footprint (dataset_id, imaged_on, geom)
select @dataset_id::bigint, b.imaged_on, b.geom
from footprint b
where b.dataset_id = @base_id
on conflict (dataset_id, imaged_on) do update
set geom = case when footprint.geom is null or excluded.geom is null then null
                else polygons_of(st_union(footprint.geom, excluded.geom)) end
