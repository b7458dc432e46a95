-- leftover_versions: the versions that a measurement made.
-- @by
select d.id from dataset d join dataset_file f on f.dataset_id = d.id and f.name = @by order by d.id
