-- touched_pairs: the mines of a run, and the forest and grassland parcels that
-- their findings touch, each parcel once for each mine.
-- @run_id
select (select count(*) from run_mine where run_id = @run_id) as mines,
       (select count(distinct (licence_no, dataset_id, row_no)) from run_finding_citation
        where run_id = @run_id and role = 'restricting_ground' and rule_code in ('forest_encroached', 'grassland_encroached')) as pairs
