-- put_shapes: copies of the rows of very many corners, for each level with the
-- corners that are a quarter of a pixel away from a line through the others. What
-- is too small for that is a square of a pixel. Where a copy would have more than
-- half of the corners there is none.
-- @layer;  @dataset_id;  @after, @upto  the numbers of the rows;  @corners  that are
-- very many;  @levels, @tolerances_degrees  beside each other
insert into generalised_shape (dataset_id, row_no, level, geom)
select @dataset_id, r.row_no, l.level, copy.geom
from classed_ground r
cross join unnest(@levels::integer[], @tolerances_degrees::double precision[]) as l(level, tolerance)
cross join lateral (select st_simplify(r.geom, l.tolerance, true) as geom) s
cross join lateral (select polygons_of(case when st_isvalid(s.geom) then s.geom else st_makevalid(s.geom, 'method=structure') end) as geom) v
cross join lateral (
    select case when not st_isempty(v.geom) then v.geom else st_multi(st_expand(st_pointonsurface(r.geom), l.tolerance * 2)) end as geom
) copy
where r.layer = @layer and r.dataset_id = @dataset_id and r.row_no > @after and r.row_no <= @upto
  and st_npoints(r.geom) > @corners and st_npoints(copy.geom) * 2 <= st_npoints(r.geom)
