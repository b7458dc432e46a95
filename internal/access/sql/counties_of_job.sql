-- counties_of_job: the counties of the run that a job is of.
-- @key
select r.counties from job j join run r on r.id = j.run_id where j.id = @key
order by j.id
