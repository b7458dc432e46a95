-- drop_superseded: deletes the copies of versions that count no more.
delete from generalised
where dataset_id not in (select id from versions_in_force('infinity'))
