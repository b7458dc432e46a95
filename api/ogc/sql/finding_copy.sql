-- finding_copy: none; findings have no copies.
-- @copied;  @copy_level  as of layers
select null::geometry as geom
where false and @copy_level::integer = any(@copied::bigint[])
