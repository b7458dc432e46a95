-- counties_of_mine: the counties in which runs found a mine.
-- @key  its licence number
select array_agg(distinct county_code) from run_mine where licence_no = @key
having count(*) > 0
order by 1
