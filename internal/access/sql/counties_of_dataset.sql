-- counties_of_dataset: the county of a dataset.
-- @key
select array[county_code] from dataset where id = @key
order by id
