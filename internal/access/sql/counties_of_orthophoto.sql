-- counties_of_orthophoto: the county of an orthophoto.
-- @key
select array[county_code] from orthophoto where id = @key
order by id
