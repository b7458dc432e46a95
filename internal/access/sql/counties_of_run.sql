-- counties_of_run: the counties of a run.
-- @key
select counties from run where id = @key
order by id
