-- approval: whose each approval is: of the mine it names, else of all mines of
-- the enterprise it names.
insert into naive.approval
select m.licence_no, a.dataset_id, a.row_no, a.kind, a.approval_no, a.approved_on, greatest(a.approved_on, a.valid_from),
       a.valid_to, a.returned_on, a.reclaimed_on, coalesce(a.reclaim_by, (a.valid_to + interval '1 year')::date),
       a.max_elevation_m, a.geom, st_area(a.geom::geography)
from land_approval a
join naive.mine m on m.licence_no = a.licence_no or a.licence_no is null and m.enterprise = a.enterprise
where not a.held
